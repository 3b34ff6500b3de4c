"""Files that their owner alone may read, and that are never seen half written.

Rules:
- a directory is 0700, a file 0600; one that others may enter or read is refused, not silently repaired,
  because what it held may have been read already;
- a file is written beside its place, flushed to disk and then renamed into it;
- who changes a directory holds its lock meanwhile, so that two processes make no two truths.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class UnsafeFile(Exception):
    """A file or directory that others have access to, or that is not ours; the message says what to do."""


def make_owner_only(directory: Path) -> None:
    """Make a directory for its owner alone, or see that it is one.

    Raises:
        UnsafeFile: it belongs to someone else, or others may enter it.
        OSError: it cannot be made.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check(directory, directory.stat(), remedy=f"`chmod 700 {directory}`")


def read_owner_only(path: Path) -> bytes | None:
    """The content of a file that only its owner may read; none where it is absent.

    Raises:
        UnsafeFile: others may read it, it belongs to someone else, or it is not a plain file.
        OSError: it cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise UnsafeFile(f"`{path}` is not a plain file: remove it")
        _check(path, found, remedy=f"remove it to have a new one made, or `chmod 600 {path}` if nobody did")
        return file.read()


def write_owner_only(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, whole or not at all.

    Raises:
        OSError: it cannot be written; the old content is then still there.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold a directory's lock; waits for whoever holds it, and is given back when a holder dies."""
    descriptor = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _check(path: Path, found: os.stat_result, *, remedy: str) -> None:
    if found.st_uid != os.geteuid():
        raise UnsafeFile(f"`{path}` belongs to another user: use another project directory")
    if found.st_mode & _OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        raise UnsafeFile(f"`{path}` is open to other users (mode {mode:o}): {remedy}")
