"""A command's processes, and the sockets that they hold.

Rules:
- a process belongs to the command while the way up from parent to parent leads to it: one that its starter
  has left behind (a daemon) is nobody's any more;
- processes that may not be looked at hold nothing, as far as is known here.

Source: proc_pid_stat(5), proc_pid_fd(5).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

_PARENT = 1  # counted after the command's name, which may hold anything
_SOCKET = "socket:["


def descendants(pid: int, proc: Path = Path("/proc")) -> list[int]:
    """A process and all that come from it."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir(proc):
        if entry.isdecimal():
            with contextlib.suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
                stat = (proc / entry / "stat").read_bytes().rpartition(b")")[2].split()
                children.setdefault(int(stat[_PARENT]), []).append(int(entry))
    found = [pid]
    for one in found:
        found.extend(children.get(one, ()))
    return found


def held_by(pid: int, proc: Path = Path("/proc")) -> set[int]:
    """The inodes of the sockets that a process holds."""
    folder = f"{proc}/{pid}/fd"
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            with contextlib.suppress(OSError, ValueError):  # closed meanwhile
                target = os.readlink(f"{folder}/{name}")
                if target.startswith(_SOCKET):
                    found.add(int(target[len(_SOCKET) : -1]))
    return found


def held_by_any(pids: Iterable[int], proc: Path = Path("/proc")) -> set[int]:
    """The inodes of the sockets that any of these processes hold."""
    return set().union(*(held_by(pid, proc) for pid in pids))
