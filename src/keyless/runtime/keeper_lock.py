"""One process keeps a project's vaults at a time; the lock goes with the process that holds it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from keyless.runtime.project import Project


@contextmanager
def keeping(project: Project, *, wait: bool) -> Iterator[bool]:
    """Be the one who keeps; whether one is, which without ``wait`` may not be."""
    lock = os.open(project.keeper_lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _taken(lock, wait=wait)
    finally:
        os.close(lock)


def _taken(lock: int, *, wait: bool) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
