"""The TCP sockets of this machine, and which connections came to a listening one.

Rules:
- a connection counts when its end at the listening port was accepted, and may be over by now: one that waits
  to be accepted is nobody's yet (it has no inode), one whose client went away before that never was;
- where both ends are on this machine, the client's end may be all that is left of a connection;
- a listening socket that is bound to no address takes connections to all of them;
- where the kernel has no socket diagnosis, its tables in /proc are read: the same facts, slower.

Source: sock_diag(7); the kernel's `Documentation/networking/proc_net_tcp.rst`, `include/net/tcp_states.h`.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from keyless.gateway.attest.addresses import End
from keyless.gateway.attest.diagnosis import (
    EVERY_STATE,
    HEADER,
    NLM_F_DUMP,
    NLMSG_DONE,
    SOCK_DIAG_BY_FAMILY,
    opened,
    question,
    told,
)
from keyless.gateway.attest.sockets import hex_end

_LISTENING = 0x0A
_ESTABLISHED, _CLOSE_WAIT = 0x01, 0x08
_OVER = frozenset({0x04, 0x05, 0x06, 0x09, 0x0B})
_INODE = 9
_ANSWER_BYTES = 65_536
ONLY_LISTENING = 1 << _LISTENING
ALL_OTHERS = EVERY_STATE & ~ONLY_LISTENING


class Socket(NamedTuple):
    """A row of the kernel's table: its own end, the other one, a state and an inode."""

    local: End
    remote: End
    state: int
    inode: int

    @property
    def listens(self) -> bool:
        """Whether it takes connections."""
        return self.state == _LISTENING

    @property
    def was_accepted(self) -> bool:
        """Whether it belongs, or belonged, to a program."""
        return self.state in _OVER or (self.state in {_ESTABLISHED, _CLOSE_WAIT} and self.inode > 0)


def sockets(states: int, proc: Path = Path("/proc")) -> list[Socket]:
    """The TCP sockets of this network namespace that are in some states (a bit for each)."""
    try:
        return [*_dumped(socket.AF_INET, states), *_dumped(socket.AF_INET6, states)]
    except (OSError, AttributeError):
        return [row for row in in_tables(proc) if states & 1 << row.state]


def _dumped(family: int, states: int) -> Iterator[Socket]:
    """Those of one family, as the kernel's socket diagnosis tells of them; raises OSError."""
    with opened() as kernel:
        kernel.sendto(question(family, states, NLM_F_DUMP, b"", b"", (0, 0)), (0, 0))
        while True:
            answer, at = kernel.recv(_ANSWER_BYTES), 0
            while at < len(answer):
                length, kind, *_ = HEADER.unpack_from(answer, at)
                if kind == NLMSG_DONE:
                    return
                if kind != SOCK_DIAG_BY_FAMILY or length < HEADER.size:
                    raise OSError("the kernel's answer is not one about sockets")
                found = told(answer[at + HEADER.size : at + length])
                yield Socket(found.local, found.remote, found.state, found.inode)
                at += length + 3 & ~3


def in_tables(proc: Path) -> list[Socket]:
    """All of them, as the tables in /proc have them; none where those cannot be read."""
    found: list[Socket] = []
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            rows = (proc / "net" / name).read_text("ascii").splitlines()[1:]
            found.extend(_row(row.split()) for row in rows)
    return found


def _row(columns: list[str]) -> Socket:
    return Socket(hex_end(columns[1]), hex_end(columns[2]), int(columns[3], 16), int(columns[_INODE]))


def arrivals(rows: Iterable[Socket], listening: Collection[End]) -> Iterator[Socket]:
    """The connections that came to the sockets that listen at these ends, each as it stands in the table.

    Those that wait to be accepted are among them; of some, only the client's end is left.
    """
    for row in rows:
        if _reaches(row.local, listening) or (row.state in _OVER and _is_here(row.remote, listening)):
            yield row


def _reaches(end: End, listening: Collection[End]) -> bool:
    """Whether a connection to this end is one that a listening socket takes."""
    return any(
        one.port == end.port and (one.address.is_unspecified or one.address == end.address)
        for one in listening
    )


def _is_here(end: End, listening: Collection[End]) -> bool:
    """Whether the far end of a connection is a listening socket of this machine."""
    return (end.address.is_loopback or end in listening) and _reaches(end, listening)
