"""Whether a command has been asked for something: somebody came to a socket that it listens on.

Rules:
- any connection to a TCP socket that the command or what it has started listens on is a request: a health
  probe's, a test's, and one between two of its own processes too. Only a connection of a process to itself is
  none;
- sockets that were there before the command, and that it inherited, do not count: whoever made them may take
  their connections;
- sockets of files (AF_UNIX) are not looked at: they are how processes talk among themselves.

Who holds what is looked at only when a listening socket is new or somebody has come from this machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from keyless.gateway.attest.addresses import End
from keyless.gateway.serving.connections import ALL_OTHERS, ONLY_LISTENING, Socket, arrivals, sockets
from keyless.gateway.serving.descendants import descendants, held_by, held_by_any

_LOOKS = 3


class Looker:
    """Looks at one command, time after time. ``own`` is this process, from which it inherits.

    ``somebody_waits`` says that there was a connection, at the last look, that the command had not accepted.
    """

    def __init__(self, command: int, own: int | None = None, proc: Path = Path("/proc")) -> None:
        self._command = command
        self._proc = proc
        self._inherited = held_by(own or os.getpid(), proc)
        self._looks: dict[int, int] = {}
        self._listening: dict[int, End] = {}
        self._to_itself: set[frozenset[End]] = set()
        self.somebody_waits = False

    def has_served(self) -> bool:
        """Whether somebody has come, as far as can be seen now."""
        self._find_listening(sockets(ONLY_LISTENING, self._proc))
        if not self._listening:
            return False
        rows = sockets(ALL_OTHERS, self._proc)
        came = [one for one in arrivals(rows, self._listening.values()) if _ends(one) not in self._to_itself]
        self.somebody_waits = any(not one.was_accepted for one in came)
        return any(one.was_accepted and not self._is_to_itself(one, rows) for one in came)

    def _find_listening(self, rows: Iterable[Socket]) -> None:
        there = {row.inode: row.local for row in rows if row.inode not in self._inherited}
        self._listening = {inode: end for inode, end in self._listening.items() if inode in there}
        new = [one for one in there if one not in self._listening and self._looks.get(one, 0) < _LOOKS]
        if not new:
            return
        held = held_by_any(descendants(self._command, self._proc), self._proc)
        for inode in new:
            self._looks[inode] = self._looks.get(inode, 0) + 1
            if inode in held:
                self._listening[inode] = there[inode]

    def _is_to_itself(self, came: Socket, rows: Iterable[Socket]) -> bool:
        """Whether one process holds both ends of a connection; what is over is remembered as what it was."""
        ends = _ends(came)
        inodes = {row.inode for row in rows if row.inode and _ends(row) == ends}
        if len(inodes) < 2:
            return False
        itself = any(inodes <= held_by(pid, self._proc) for pid in descendants(self._command, self._proc))
        if itself:
            self._to_itself.add(ends)
        return itself


def _ends(row: Socket) -> frozenset[End]:
    return frozenset((row.local, row.remote))
