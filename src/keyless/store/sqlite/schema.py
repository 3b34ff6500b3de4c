"""The file's schema and the steps from one version of it to the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from keyless.store.ports import DamagedStore, StoreTooNew

APPLICATION_ID = 0x4B4C5353

_STEPS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE records (
            collection TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (collection, key)
        ) WITHOUT ROWID
        """,
        "CREATE TABLE revisions (collection TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE data_keys (id INTEGER PRIMARY KEY, root_key_id TEXT NOT NULL, wrapped BLOB NOT NULL)",
    ),
)


def check_ours(connection: sqlite3.Connection, file: str) -> None:
    """Look at the file, without writing to it, before anything else is done with it.

    Raises:
        StoreTooNew: the file has steps that this version does not know.
        DamagedStore: the file is a SQLite file of another application.
    """
    with _transaction(connection, "BEGIN"):
        owner = _pragma(connection, "application_id")
        if owner not in (0, APPLICATION_ID) or (owner == 0 and _has_tables(connection)):
            raise DamagedStore(
                f"`{file}` is a SQLite file, but not a Keyless store: move it away and run again"
            )
        if _pragma(connection, "user_version") > len(_STEPS):
            raise StoreTooNew(
                f"`{file}` was written by a later version of Keyless: use that one; nothing was changed"
            )


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to this version's schema; of several processes that begin at once, one does it."""
    if _pragma(connection, "user_version") == len(_STEPS):
        return
    with _transaction(connection, "BEGIN IMMEDIATE"):
        for statements in _STEPS[_pragma(connection, "user_version") :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={len(_STEPS)}")


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
