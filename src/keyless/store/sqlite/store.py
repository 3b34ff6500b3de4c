"""The SQLite adapter: one connection that writes, one that reads, and records remembered by revision.

Durability: WAL with `synchronous=FULL`, so that an acknowledged commit is on the disk.
Source: https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html#pragma_data_version
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from keyless.store.keys import encode_key
from keyless.store.ports import Collection, DamagedStore, Key, StoreError, Transaction, WrongRootKey
from keyless.store.sealing import RootKey, Sealer, new_data_key
from keyless.store.sqlite.commits import CommitWatch
from keyless.store.sqlite.journal import Journal
from keyless.store.sqlite.records import GET, Codec, ConnectionReader, ConnectionTransaction, StillSealed
from keyless.store.sqlite.schema import check_ours, migrate

T = TypeVar("T")

_PATIENCE_S = 10.0
_RETRY_S = 0.005
_REMEMBERED_RECORDS = 50_000
_LONGEST_ABSENT = 2048
_CHECKED_BYTES = 32 * 1024 * 1024
_BUMP = "INSERT INTO revisions VALUES (?, 1) ON CONFLICT DO UPDATE SET revision = revision + 1"
_REVISION = "SELECT revision FROM revisions WHERE collection = ?"
_MISSING = object()


class SqliteStore:
    """A store in one file; see ``keyless.store.ports`` for what it promises."""

    def __init__(self, file: Path, root_key: RootKey) -> None:
        """Open or create the file.

        Raises:
            StoreError: it is damaged, of a later version, or sealed under another root key.
        """
        self._file = file
        with _explained(file), ExitStack() as opened:
            self._writer = opened.enter_context(closing(_connect(file)))
            check_ours(self._writer, str(file))
            _check_pages(self._writer, file)
            _configure(self._writer)
            migrate(self._writer)
            codec = Codec(Sealer(_data_key(self._writer, root_key, file)))
            self._reader = opened.enter_context(closing(_connect(file)))
            _configure(self._reader)
            opened.pop_all()
        self._commits = CommitWatch(self._reader, file)
        self._read = ConnectionReader(self._reader, codec)
        self._codec = codec
        self._lock = asyncio.Lock()
        self._revisions: dict[str, int] = {}
        self._remembered: dict[str, dict[Key, object]] = {}
        self._journal = Journal()
        self._data_version = -1
        self.refresh()

    def refresh(self) -> int:
        """Notice commits; what is remembered of a collection that changed is forgotten."""
        version = self._commits.version()
        if version != self._data_version:
            revisions = dict(self._reader.execute("SELECT collection, revision FROM revisions"))
            for name, revision in revisions.items():
                if self._revisions.get(name) != revision:
                    self._remembered.pop(name, None)
            self._revisions = revisions
            self._data_version = version
        return version

    def revision(self, collection: Collection[Any]) -> int:
        """The collection's revision as of the last refresh."""
        return self._revisions.get(collection.name, 0)

    def changed_since(self, collection: Collection[Any], revision: int) -> frozenset[Key] | None:
        """The keys that were touched since a revision; none where another process may have touched some."""
        return self._journal.changed(collection.name, revision, self.revision(collection))

    async def get(self, collection: Collection[T], key: Key) -> T | None:
        """The record under a key, or none; remembered until the collection changes.

        A sealed record is remembered sealed: its plain text lives no longer than the call. That there is none
        is not remembered under a long key, since whoever asks makes it up.
        """
        remembered = self._remembered.get(collection.name)
        if remembered is None or len(remembered) > _REMEMBERED_RECORDS:
            remembered = self._remembered[collection.name] = {}
        found = remembered.get(key, _MISSING)
        if found is _MISSING:
            found = self._load(collection, key)
            if found is not None or sum(map(len, key)) <= _LONGEST_ABSENT:
                remembered[key] = found
        if isinstance(found, StillSealed):
            return self._codec.open(collection, found)
        return found  # type: ignore[return-value]  # what was remembered came from this collection

    def _load(self, collection: Collection[Any], key: Key) -> object:
        raw = encode_key(key)
        with _explained(self._file):
            row = self._reader.execute(GET, (collection.name, raw)).fetchone()
        if row is None:
            return None
        return self._codec.decode_later(collection, raw, row[0])

    async def scan(
        self,
        collection: Collection[T],
        prefix: Key = (),
        *,
        starting: str = "",
        after: Key | None = None,
        limit: int | None = None,
    ) -> Sequence[tuple[Key, T]]:
        """Records under a prefix, in key order, as committed."""
        with _explained(self._file):
            return await self._read.scan(collection, prefix, starting=starting, after=after, limit=limit)

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction; one at a time in this process, and in the others on this file."""
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Transaction]:
        async with self._lock:
            with _explained(self._file), self._step() as transaction:
                yield transaction
        self.refresh()

    @contextmanager
    def _step(self) -> Iterator[ConnectionTransaction]:
        """One atomic step of the writing connection: committed at its end, rolled back on an error."""
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            transaction = ConnectionTransaction(self._writer, self._codec)
            yield transaction
            self._writer.executemany(_BUMP, [(name,) for name in sorted(transaction.touched)])
            made = {
                name: self._writer.execute(_REVISION, (name,)).fetchone()[0] for name in transaction.touched
            }
            self._writer.execute("COMMIT")
            for name, keys in transaction.touched.items():
                self._journal.write(name, made[name], keys)
        finally:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")

    def backup_to(self, file: Path) -> None:
        """Copy the committed state into a new file, readable by its owner alone."""
        _create_owner_only(file)
        with _explained(file):
            target = sqlite3.connect(file)
            try:
                self._reader.backup(target)
            finally:
                target.close()

    def close(self) -> None:
        """Close both connections."""
        self._reader.close()
        self._writer.close()
        self._commits.close()


def _connect(file: Path) -> sqlite3.Connection:
    _create_owner_only(file)
    return sqlite3.connect(file, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False)


def _configure(connection: sqlite3.Connection) -> None:
    """Switch to WAL and full durability.

    SQLite does not wait for others that are switching the same new file at the same time, so we do.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_S)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA trusted_schema=OFF")


def _create_owner_only(file: Path) -> None:
    if not file.exists():
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))


def _check_pages(connection: sqlite3.Connection, file: Path) -> None:
    if file.stat().st_size > _CHECKED_BYTES:
        return
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise DamagedStore(_damaged(file, verdict))


def _data_key(connection: sqlite3.Connection, root_key: RootKey, file: Path) -> bytes:
    row = connection.execute("SELECT root_key_id, wrapped FROM data_keys ORDER BY id DESC").fetchone()
    if row is None:
        connection.execute(
            "INSERT INTO data_keys (id, root_key_id, wrapped) SELECT 1, ?, ? "
            "WHERE NOT EXISTS (SELECT 1 FROM data_keys)",
            (root_key.id, root_key.wrap(new_data_key())),
        )
        return _data_key(connection, root_key, file)
    if row[0] != root_key.id:
        raise WrongRootKey(
            f"the root key from `{root_key.source}` (id {root_key.id}) does not open `{file}`, "
            f"which is sealed under the root key with id {row[0]}: give the right one in "
            "`KEYLESS_ROOT_KEY`, or put its file back; nothing was changed"
        )
    return root_key.unwrap(row[1])


def _damaged(file: Path, detail: str) -> str:
    return (
        f"the store `{file}` is damaged ({detail}): nothing was changed. Keep the file for a repair "
        f"(`mv {file} {file}.damaged`) and run again: what `keyless.yaml` declares is made anew, "
        "what was written at run time only is in the damaged file"
    )


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreError(f"the store `{file}` cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # its other subclasses are mistakes of ours
            raise
        raise DamagedStore(_damaged(file, str(error))) from error
