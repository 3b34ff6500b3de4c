"""The adapters that the suite is run on, and what it must be able to do behind a store's back.

An adapter joins by naming a `Backend` in `ADAPTERS`; the tests speak to the ports alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest

from keyless.store.keys import encode_key
from keyless.store.ports import Collection, Key, Store
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore


class Note(msgspec.Struct, frozen=True):
    """A record with a text and tags."""

    text: str
    tags: tuple[str, ...] = ()


class Backend(Protocol):
    """One database, empty at first."""

    def open(self, root_key: RootKey) -> Store:
        """Another store object on it."""
        ...

    def at_rest(self) -> bytes:
        """Everything that lies on the disk."""
        ...

    def stored(self, collection: Collection[Any], key: Key) -> bytes:
        """What is stored under a key, as it is."""
        ...

    def overwrite(self, collection: Collection[Any], key: Key, value: bytes) -> None:
        """Put bytes under a key, past the store."""
        ...


class SqliteBackend:
    """A SQLite file in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "store.db"

    def open(self, root_key: RootKey) -> SqliteStore:
        return SqliteStore(self._file, root_key)

    def at_rest(self) -> bytes:
        return b"".join(file.read_bytes() for file in sorted(self._file.parent.iterdir()))

    def stored(self, collection: Collection[Any], key: Key) -> bytes:
        with closing(sqlite3.connect(self._file)) as connection:
            where = (collection.name, encode_key(key))
            rows = connection.execute("SELECT value FROM records WHERE collection = ? AND key = ?", where)
            return bytes(rows.fetchone()[0])

    def overwrite(self, collection: Collection[Any], key: Key, value: bytes) -> None:
        with closing(sqlite3.connect(self._file)) as connection, connection:
            where = (collection.name, encode_key(key))
            connection.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (*where, value))


ADAPTERS: dict[str, Callable[[Path], Backend]] = {"sqlite": SqliteBackend}


@pytest.fixture(params=sorted(ADAPTERS))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    """An empty database of each adapter."""
    directory = tmp_path / "database"
    directory.mkdir()
    return ADAPTERS[request.param](directory)


@pytest.fixture
def open_store(backend: Backend, root_key: RootKey) -> Iterator[Callable[[], Store]]:
    """Opens store objects on the one database, and closes them at the end."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(backend.open(root_key)))


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    """One store."""
    return open_store()


@pytest.fixture
def other(open_store: Callable[[], Store], store: Store) -> Store:
    """A second store object on the same database, as another process has it."""
    return open_store()


@pytest.fixture
def notes() -> Collection[Note]:
    """Records that lie in clear."""
    return Collection("notes", Note)


@pytest.fixture
def secrets() -> Collection[Note]:
    """Records that are sealed."""
    return Collection("secrets", Note, sealed=True)


@pytest.fixture
def note() -> type[Note]:
    """How to make a record."""
    return Note
