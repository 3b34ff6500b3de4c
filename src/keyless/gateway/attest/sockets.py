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

from keyless.gateway.attest.addresses import Connection, End
from keyless.gateway.attest.diagnosis import (
    EVERY_STATE,
    HEADER,
    NLMSG_ERROR,
    SOCK_DIAG_BY_FAMILY,
    address_of,
    opened,
    question,
    told,
)

_ESTABLISHED = 1
_REPLY_BYTES = 8192


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
        length, kind, *_ = HEADER.unpack_from(reply)
        if kind == NLMSG_ERROR:
            number = -struct.unpack_from("=i", reply, HEADER.size)[0]
            if number == errno.ENOENT:
                return None
            raise CannotAsk(os.strerror(number))
        if kind != SOCK_DIAG_BY_FAMILY or length > len(reply):
            raise CannotAsk("the kernel's answer is not one about a socket")
        return _read_reply(reply[HEADER.size :], connection)


def _ask(connection: Connection) -> bytes:
    client, server = connection
    family = socket.AF_INET if client.address.version == 4 else socket.AF_INET6
    ends = client.address.packed, server.address.packed
    with opened() as kernel:
        kernel.sendto(question(family, EVERY_STATE, 0, *ends, (client.port, server.port)), (0, 0))
        return kernel.recv(_REPLY_BYTES)


def _read_reply(reply: bytes, connection: Connection) -> FarSocket | None:
    found = told(reply)
    if found.state != _ESTABLISHED or Connection(found.local, found.remote) != connection or not found.inode:
        return None
    return FarSocket(found.inode, found.uid, found.cookie)


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
            if Connection(hex_end(columns[1]), hex_end(columns[2])) == connection and int(columns[9]):
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


def hex_end(text: str) -> End:
    """`0100007F:1F90`: words of an address in the machine's own order of bytes, the port as a number."""
    words, _, port = text.partition(":")
    packed = b"".join(struct.pack("=I", int(words[at : at + 8], 16)) for at in range(0, len(words), 8))
    return End(address_of(packed, socket.AF_INET if len(packed) == 4 else socket.AF_INET6), int(port, 16))


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
