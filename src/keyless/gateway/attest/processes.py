"""What /proc says of processes, and nothing that a process says of itself.

A process id is a number that is given out again. What is read of one is true of one process only while a
process descriptor, opened before the reading, says after it that the process has not ended; the time at which
it was started tells it later from any other that got the number.

Source: proc_pid_stat(5), proc_pid_fd(5), proc_pid_status(5), pidfd_open(2), user_namespaces(7).
"""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PARENT, _STARTED = 1, 19  # counted after the command's name, which may hold anything
_OVERFLOW = 65534


class Unreadable(Exception):
    """A process that is gone, or that may not be looked at."""


class Process(NamedTuple):
    """One process; ``started`` is in clock ticks since the machine started."""

    pid: int
    started: int


class Credentials(NamedTuple):
    """Whom a process runs as: its user, its group, and all its groups with that one among them."""

    uid: int
    gid: int
    groups: frozenset[int]


class Processes:
    """The processes of this machine, as far as this process may see them. ``proc`` is where /proc is."""

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self.proc = proc

    def process(self, pid: int) -> Process:
        """The process that has an id now; raises Unreadable where there is none."""
        return Process(pid, int(self._stat(pid)[_STARTED]))

    def parent(self, pid: int) -> int:
        """The id of a process's parent; raises Unreadable where the process is gone."""
        return int(self._stat(pid)[_PARENT])

    def _stat(self, pid: int) -> list[bytes]:
        with readable(pid):
            return (self.proc / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()

    def credentials(self, pid: int) -> Credentials:
        """Whom a process runs as.

        Raises:
            Unreadable: it is gone; it is between two users or groups, as a set-uid program is; or it runs as
                a user that this user namespace has no number for.
        """
        with readable(pid):
            lines = (self.proc / str(pid) / "status").read_text("utf-8", "replace").splitlines()
            fields = {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}
            uids, gids = set(map(int, fields["Uid"])), set(map(int, fields["Gid"]))
            groups = frozenset(map(int, fields["Groups"]))
        if len(uids) != 1 or len(gids) != 1:
            raise Unreadable(f"process {pid} runs as two users or groups at once")
        uid, gid = uids.pop(), gids.pop()
        if uid == _OVERFLOW and not self._knows_every_user():
            raise Unreadable(f"process {pid} runs as a user of another user namespace")
        return Credentials(uid, gid, groups | {gid})

    def _knows_every_user(self) -> bool:
        """Whether we are where user numbers come from: elsewhere, unknown ones all look like `nobody`."""
        try:
            return (self.proc / "self" / "uid_map").read_text("ascii").split() == ["0", "0", "4294967295"]
        except OSError:
            return False

    def holders(self, inode: int) -> dict[int, int]:
        """The ids of the processes that hold a socket, each with a descriptor that is it.

        Processes that may not be looked at are passed over.
        """
        wanted = socket_name(inode)
        found: dict[int, int] = {}
        for entry in os.listdir(self.proc):
            if entry.isdecimal():
                descriptor = self._descriptor(int(entry), wanted)
                if descriptor is not None:
                    found[int(entry)] = descriptor
        return found

    def _descriptor(self, pid: int, wanted: str) -> int | None:
        folder = f"{self.proc}/{pid}/fd"
        with contextlib.suppress(OSError):
            for name in os.listdir(folder):
                with contextlib.suppress(OSError):  # closed meanwhile
                    if os.readlink(f"{folder}/{name}") == wanted:
                        return int(name)
        return None

    def holds(self, pid: int, descriptor: int, inode: int) -> bool:
        """Whether a descriptor of a process is a socket."""
        try:
            return os.readlink(f"{self.proc}/{pid}/fd/{descriptor}") == socket_name(inode)
        except OSError:
            return False

    @contextlib.contextmanager
    def held(self, pid: int) -> Iterator[None]:
        """See to it that a process id means one process inside the block.

        Raises:
            Unreadable: there is no such process, it ended meanwhile, or the system cannot say.
        """
        with readable(pid):
            descriptor = os.pidfd_open(pid)
        try:
            yield
            ended, _, _ = select.select([descriptor], [], [], 0)
        finally:
            os.close(descriptor)
        if ended:
            raise Unreadable(f"process {pid} has ended")


def socket_name(inode: int) -> str:
    """What /proc calls a socket."""
    return f"socket:[{inode}]"


@contextlib.contextmanager
def readable(pid: int) -> Iterator[None]:
    """Turn whatever goes wrong with reading about a process into Unreadable."""
    try:
        yield
    except (OSError, ValueError, IndexError, AttributeError) as error:
        raise Unreadable(f"process {pid} cannot be looked at: {error}") from error
