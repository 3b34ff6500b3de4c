"""The messages of the kernel's socket diagnosis.

Source: sock_diag(7); the kernel's `include/uapi/linux/inet_diag.h`, `include/uapi/linux/netlink.h`.
"""

from __future__ import annotations

import socket
import struct
from ipaddress import ip_address
from typing import NamedTuple

from keyless.gateway.attest.addresses import End, IPAddress

SOCK_DIAG_BY_FAMILY = 20
NLMSG_ERROR = 2
NLMSG_DONE = 3
NLM_F_REQUEST = 1
NLM_F_DUMP = 0x300
EVERY_STATE = 0xFFFFFFFF
NO_COOKIE = b"\xff" * 8
HEADER = struct.Struct("=IHHII")
_NETLINK_SOCK_DIAG = 4
_REQUEST = struct.Struct("=BBBBI")
_ID = struct.Struct("!HH16s16s4s8s")
_STATE = struct.Struct("=BBBB")
_NUMBERS = struct.Struct("=IIIII")
_PATIENCE_S = 2


class Told(NamedTuple):
    """What the kernel says of a TCP socket; ``local`` and ``remote`` are its two ends."""

    local: End
    remote: End
    state: int
    inode: int
    uid: int
    cookie: int


def opened() -> socket.socket:
    """A socket to the kernel; raises OSError or, on a system without netlink, AttributeError."""
    kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_SOCK_DIAG)
    kernel.settimeout(_PATIENCE_S)
    return kernel


def question(
    family: int, states: int, flags: int, local: bytes, remote: bytes, ports: tuple[int, int]
) -> bytes:
    """A question about sockets of TCP: one between two ends, or all of some states."""
    asked = _REQUEST.pack(family, socket.IPPROTO_TCP, 0, 0, states) + _ID.pack(
        *ports, local.ljust(16, b"\0"), remote.ljust(16, b"\0"), bytes(4), NO_COOKIE
    )
    return HEADER.pack(HEADER.size + len(asked), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | flags, 1, 0) + asked


def told(body: bytes) -> Told:
    """What the body of an answer says."""
    family, state, _, _ = _STATE.unpack_from(body)
    local_port, remote_port, local, remote, _, cookie = _ID.unpack_from(body, _STATE.size)
    *_, uid, inode = _NUMBERS.unpack_from(body, _STATE.size + _ID.size)
    ends = End(address_of(local, family), local_port), End(address_of(remote, family), remote_port)
    return Told(*ends, state, inode, uid, struct.unpack("=Q", cookie)[0])


def address_of(packed: bytes, family: int) -> IPAddress:
    """An address of a family of sockets; IPv4 mapped into IPv6 is IPv4."""
    address = ip_address(packed[:4] if family == socket.AF_INET else packed)
    mapped = None if address.version == 4 else address.ipv4_mapped
    return mapped or address
