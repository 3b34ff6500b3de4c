"""The socket at the far end of a connection: its inode, and the user who made it, as the kernel knows them.

Rules:
- the very pair of addresses and ports is asked for, in the direction that the client has it; a socket of this
  machine's (network namespace's) is found or none: who connects from elsewhere has none here;
- only an established one counts: a look-up may also find a socket that merely listens on the client's port;
- a cookie that the kernel gives to no second socket says later whether it is still the same one;
- where the kernel has no socket diagnosis, its table in /proc is read: the same facts, slower, no cookie.

Source: sock_diag(7); the kernel's `include/uapi/linux/inet_diag.h` and `net/ipv4/inet_diag.c`; proc_net_tcp.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple, Protocol

from keyless.gateway.attest.addresses import Connection, End, IPAddress

_ESTABLISHED = 1
_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLMSG_ERROR = 2
_NLM_F_REQUEST = 1
_NO_COOKIE = b"\xff" * 8
_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBBBI")
_ID = struct.Struct("!HH16s16s4s8s")
_STATE = struct.Struct("=BBBB")
_NUMBERS = struct.Struct("=IIIII")
_REPLY_BYTES = 8192
_PATIENCE_S = 2


class FarSocket(NamedTuple):
    """A socket of this machine. ``uid`` is its maker's; ``cookie`` is 0 where it is not known."""

    inode: int
    uid: int
    cookie: int


class SocketTable(Protocol):
    """The kernel's table of TCP sockets."""

    def find(self, connection: Connection) -> FarSocket | None:
        """The client's socket of a connection; none where this machine has no such one."""
        ...


class CannotAsk(Exception):
    """The kernel does not answer questions about sockets in this way."""


class SocketDiagnosis:
    """Asks over netlink: one question, one socket."""

    def find(self, connection: Connection) -> FarSocket | None:
        """The client's socket of a connection.

        Raises:
            CannotAsk: the kernel has no such diagnosis, or does not let us ask.
        """
        try:
            reply = _ask(connection)
        except OSError as error:
            raise CannotAsk(str(error)) from error
        length, kind, *_ = _HEADER.unpack_from(reply)
        if kind == _NLMSG_ERROR:
            number = -struct.unpack_from("=i", reply, _HEADER.size)[0]
            if number == errno.ENOENT:
                return None
            raise CannotAsk(os.strerror(number))
        if kind != _SOCK_DIAG_BY_FAMILY or length > len(reply):
            raise CannotAsk("the kernel's answer is not one about a socket")
        return _read_reply(reply[_HEADER.size :], connection)


def _ask(connection: Connection) -> bytes:
    family = socket.AF_INET if connection.client.address.version == 4 else socket.AF_INET6
    asked = _REQUEST.pack(family, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF) + _ID.pack(
        connection.client.port,
        connection.server.port,
        connection.client.address.packed.ljust(16, b"\0"),
        connection.server.address.packed.ljust(16, b"\0"),
        bytes(4),
        _NO_COOKIE,
    )
    header = _HEADER.pack(_HEADER.size + len(asked), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 1, 0)
    with socket.socket(
        socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_SOCK_DIAG
    ) as kernel:
        kernel.settimeout(_PATIENCE_S)
        kernel.sendto(header + asked, (0, 0))
        return kernel.recv(_REPLY_BYTES)


def _read_reply(reply: bytes, connection: Connection) -> FarSocket | None:
    family, state, _, _ = _STATE.unpack_from(reply)
    client_port, server_port, client, server, _, cookie = _ID.unpack_from(reply, _STATE.size)
    *_, uid, inode = _NUMBERS.unpack_from(reply, _STATE.size + _ID.size)
    found = Connection(End(_address(client, family), client_port), End(_address(server, family), server_port))
    if state != _ESTABLISHED or found != connection or not inode:
        return None
    return FarSocket(inode, uid, struct.unpack("=Q", cookie)[0])


def _address(packed: bytes, family: int) -> IPAddress:
    address = ip_address(packed[:4] if family == socket.AF_INET else packed)
    mapped = None if address.version == 4 else address.ipv4_mapped
    return mapped or address


class ProcessTable:
    """Reads `/proc/net/tcp` and `/proc/net/tcp6`. ``proc`` is where /proc is."""

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._files = (proc / "net" / "tcp", proc / "net" / "tcp6")

    def find(self, connection: Connection) -> FarSocket | None:
        """The client's socket of a connection; raises CannotAsk where neither table can be read."""
        lines = self._lines()
        for line in lines:
            columns = line.split()
            if len(columns) < 10 or columns[3] != f"{_ESTABLISHED:02X}":
                continue
            if Connection(_hex_end(columns[1]), _hex_end(columns[2])) == connection and int(columns[9]):
                return FarSocket(int(columns[9]), int(columns[7]), 0)
        return None

    def _lines(self) -> list[str]:
        lines: list[str] = []
        read = 0
        for file in self._files:
            with contextlib.suppress(OSError):  # a machine without IPv6 has no second table
                lines += file.read_text("ascii").splitlines()[1:]
                read += 1
        if not read:
            raise CannotAsk("the kernel's table of sockets cannot be read")
        return lines


def _hex_end(text: str) -> End:
    """`0100007F:1F90`: words of an address in the machine's own order of bytes, the port as a number."""
    words, _, port = text.partition(":")
    packed = b"".join(struct.pack("=I", int(words[at : at + 8], 16)) for at in range(0, len(words), 8))
    return End(_address(packed, socket.AF_INET if len(packed) == 4 else socket.AF_INET6), int(port, 16))


def socket_table() -> SocketTable:
    """The better of the two tables that this kernel has, found out with a connection of our own."""
    diagnosis = SocketDiagnosis()
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            socket.create_connection(server.getsockname()) as client,
        ):
            ends = (
                End(ip_address("127.0.0.1"), client.getsockname()[1]),
                End(ip_address("127.0.0.1"), server.getsockname()[1]),
            )
            found = diagnosis.find(Connection(*ends))
            if found is not None and found.inode == os.fstat(client.fileno()).st_ino:
                return diagnosis
    except (CannotAsk, AttributeError):  # a system without netlink has no such family of addresses
        pass
    return ProcessTable()
