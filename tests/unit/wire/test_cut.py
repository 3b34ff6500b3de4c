"""Cutting a connection: the right one of all that a process has, and nothing is left open by it."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from keyless.wire.cut import cut


def open_descriptors() -> int:
    """How many this process has."""
    return len(os.listdir("/dev/fd"))


def text(connection: socket.socket) -> str:
    """A connection's own end."""
    return "{}:{}".format(*connection.getsockname())


def test_the_connection_between_two_ends_is_cut_and_no_other() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        where = listening.getsockname()
        with socket.create_connection(where, 5) as one, socket.create_connection(where, 5) as other:
            accepted = [listening.accept()[0] for _ in range(2)]
            cut(text(one), text(listening))
            assert one.recv(1) == b""
            other.setblocking(False)
            with pytest.raises(BlockingIOError):
                other.recv(1)
            for connection in accepted:
                connection.close()


def test_locks_on_files_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "locked"
    tried = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    with file.open("w") as opened:
        fcntl.lockf(opened, fcntl.LOCK_EX)
        cut("127.0.0.1:1", "127.0.0.1:2")
        ran = subprocess.run([sys.executable, "-c", tried, str(file)], capture_output=True, check=False)
        assert b"BlockingIOError" in ran.stderr


def test_nothing_stays_open_however_often_something_is_cut() -> None:
    before = open_descriptors()
    for _ in range(20):
        cut("127.0.0.1:1", "127.0.0.1:2")
    assert open_descriptors() == before
