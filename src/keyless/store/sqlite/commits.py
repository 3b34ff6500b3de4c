"""Noticing that anybody has committed, for the price of looking at 48 bytes.

The header of the WAL-index changes with every commit, by any process: SQLite itself compares it to decide
whether a new read must look again. While it is the header last seen, nothing is new; once it differs,
`PRAGMA data_version` is asked, and is what counts. Where the file cannot be mapped, that is always asked.

A mapping is shared by all watches of a file, and given up with the last of them, once this process has
closed its connections: SQLite holds POSIX locks on the same file, and closing any descriptor of a file gives
up all of the process's locks on it.

Source: https://www.sqlite.org/walformat.html#the_wal_index_header and
https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
"""

from __future__ import annotations

import mmap
import os
import sqlite3
import struct
from dataclasses import dataclass
from pathlib import Path

_HEADER_BYTES = 48
_FORMAT_VERSION = 3007000
_IS_INITIALISED_AT = 12

_Identity = tuple[int, int]


@dataclass(slots=True)
class _Mapping:
    """A mapped header; ``holders`` counts the watches that look at it."""

    descriptor: int
    header: mmap.mmap
    holders: int = 0

    def close(self) -> None:
        self.header.close()
        os.close(self.descriptor)


_MAPPED: dict[_Identity, _Mapping] = {}
"""Every mapping that this process has, by the file's device and inode."""


class CommitWatch:
    """Watches one database in WAL mode, through a connection that has read from it."""

    __slots__ = ("_cursor", "_header", "_held", "_seen", "_version")

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self._cursor = connection.cursor()
        self._version = self._ask()
        index = file.with_name(file.name + "-shm")
        self._header = mapped_header(index)
        self._held = None if self._header is None else _identity(index)
        if self._held is not None:
            _MAPPED[self._held].holders += 1
        self._seen = b""

    def version(self) -> int:
        """A number that changes whenever another connection has committed."""
        if self._header is None:
            return self._ask()
        header = self._header[:_HEADER_BYTES]
        if header != self._seen:
            self._version = self._ask()
            self._seen = header  # as it was before asking: a commit in between is noticed next time
        return self._version

    def close(self) -> None:
        """Stop watching; call this when the connections to the database are closed."""
        held, self._held, self._header = self._held, None, None
        if held is not None:
            _MAPPED[held].holders -= 1
            if not _MAPPED[held].holders:
                _MAPPED.pop(held).close()

    def _ask(self) -> int:
        version: int = self._cursor.execute("PRAGMA data_version").fetchone()[0]
        return version


def mapped_header(file: Path) -> mmap.mmap | None:
    """A WAL-index's header, as it changes; none where it is not there or not of the form that is known."""
    try:
        identity = _identity(file)
        if identity not in _MAPPED:
            descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
            _MAPPED[identity] = _Mapping(
                descriptor, mmap.mmap(descriptor, _HEADER_BYTES, access=mmap.ACCESS_READ)
            )
    except (OSError, ValueError):
        return None
    header = _MAPPED[identity].header
    known = struct.unpack_from("=I", header)[0] == _FORMAT_VERSION and header[_IS_INITIALISED_AT] == 1
    return header if known else None


def _identity(file: Path) -> _Identity:
    found = file.stat()
    return found.st_dev, found.st_ino
