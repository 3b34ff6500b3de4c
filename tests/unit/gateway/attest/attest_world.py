"""Real connections of real processes, and a table of processes that a test writes itself."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from keyless.gateway.attest.addresses import Connection, connection_between
from keyless.gateway.attest.processes import Process, Processes

CLIENT = """
import encodings.idna, os, socket, sys
kind, port = sys.argv[1], int(sys.argv[2])
for user in map(int, sys.argv[3:]):
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
if kind == "inet6":
    made = socket.socket(socket.AF_INET6)
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    made.connect(("::ffff:127.0.0.1", port))
else:
    made = socket.create_connection(("127.0.0.1", port))
print(os.fstat(made.fileno()).st_ino, flush=True)
sys.stdin.read()
"""


def connection_of(accepted: socket.socket) -> Connection:
    """The connection that a server has accepted."""
    client, server = accepted.getpeername(), accepted.getsockname()
    found = connection_between(f"{client[0]}:{client[1]}", f"{server[0]}:{server[1]}")
    assert found is not None
    return found


@dataclass
class Caller:
    """A process that has connected. ``inode`` is its socket's, as it knows it itself."""

    popen: subprocess.Popen[bytes]
    connection: Connection
    accepted: socket.socket
    inode: int

    @property
    def process(self) -> Process:
        return Processes().process(self.popen.pid)


@contextlib.contextmanager
def caller(kind: str = "inet", user: int | None = None, code: str = CLIENT) -> Iterator[Caller]:
    """A process that connects, and holds the connection until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        becomes = [str(user)] if user is not None else []
        command = [sys.executable, "-I", "-c", code, kind, str(server.getsockname()[1]), *becomes]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as popen:
            assert popen.stdin is not None
            assert popen.stdout is not None
            accepted, _ = server.accept()
            with accepted:
                yield Caller(popen, connection_of(accepted), accepted, int(popen.stdout.readline()))
                popen.stdin.close()
                popen.wait(20)


@dataclass
class Row:
    """A process of a written table. ``sockets`` are inodes by descriptor."""

    parent: int = 1
    started: int = 100
    uids: tuple[int, int, int, int] = (1000, 1000, 1000, 1000)
    gids: tuple[int, int, int, int] = (1000, 1000, 1000, 1000)
    groups: tuple[int, ...] = ()
    sockets: tuple[tuple[int, int], ...] = ()
    cgroup: str = "0::/\n"
    name: str = "app"
    ended: bool = False


class WrittenProcesses(Processes):
    """Processes in a directory that looks like /proc. What is asked for is told to ``asked`` first."""

    def __init__(self, folder: Path, rows: dict[int, Row]) -> None:
        super().__init__(folder)
        self.rows = rows
        self.changes: list[tuple[str, int, Row | None]] = []
        (folder / "self").mkdir()
        (folder / "self" / "uid_map").write_text("0 0 4294967295")
        for pid, row in rows.items():
            self.write(pid, row)

    def write(self, pid: int, row: Row) -> None:
        """Write what /proc has of a process."""
        self.rows[pid] = row
        folder = self.proc / str(pid)
        (folder / "fd").mkdir(parents=True, exist_ok=True)
        for old in (folder / "fd").iterdir():
            old.unlink()
        for descriptor, inode in row.sockets:
            (folder / "fd" / str(descriptor)).symlink_to(f"socket:[{inode}]")
        after = " ".join(["0"] * 17)
        (folder / "stat").write_text(f"{pid} ({row.name}) S {row.parent} {after} {row.started} 0 0")
        lines = {"Name": row.name, "Uid": row.uids, "Gid": row.gids, "Groups": row.groups}
        text = "".join(f"{name}:\t{_words(value)}\n" for name, value in lines.items())
        (folder / "status").write_text(text)
        (folder / "cgroup").write_text(row.cgroup)

    def after(self, what: str, pid: int, row: Row) -> None:
        """Have a process be another one as soon as it has been asked for something."""
        self.changes.append((what, pid, row))

    def _changed(self, what: str, pid: int) -> None:
        for change in [one for one in self.changes if one[:2] == (what, pid)]:
            self.changes.remove(change)
            assert change[2] is not None
            self.write(pid, change[2])

    def process(self, pid: int) -> Process:
        found = super().process(pid)
        self._changed("process", pid)
        return found

    def parent(self, pid: int) -> int:
        found = super().parent(pid)
        self._changed("parent", pid)
        return found

    def holders(self, inode: int) -> dict[int, int]:
        found = super().holders(inode)
        for pid in found:
            self._changed("holders", pid)
        return found

    @contextlib.contextmanager
    def held(self, pid: int) -> Iterator[None]:
        from keyless.gateway.attest.processes import Unreadable

        yield
        if self.rows[pid].ended:
            raise Unreadable(f"process {pid} has ended")


def _words(value: object) -> str:
    return "\t".join(map(str, value)) if isinstance(value, tuple) else str(value)


def is_root() -> bool:
    """Whether this process may become another user, and look at every process."""
    return os.geteuid() == 0
