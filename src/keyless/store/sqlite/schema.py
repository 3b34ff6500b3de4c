"""The file's schema and the steps from one version of it to the next."""

from __future__ import annotations

import sqlite3

from keyless.store.ports import DamagedStore, StoreTooNew

APPLICATION_ID = 0x4B4C5353

_STEPS: tuple[str, ...] = (
    """
    CREATE TABLE records (
        collection TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (collection, key)
    ) WITHOUT ROWID;
    CREATE TABLE revisions (collection TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE data_keys (id INTEGER PRIMARY KEY, root_key_id TEXT NOT NULL, wrapped BLOB NOT NULL);
    """,
)


def migrate(connection: sqlite3.Connection, file: str) -> None:
    """Bring the file to this version's schema, one step a transaction.

    Raises:
        StoreTooNew: the file has steps that this version does not know.
        DamagedStore: the file is a SQLite file of another application.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if owner not in (0, APPLICATION_ID) or (owner == 0 and _has_tables(connection)):
        raise DamagedStore(f"`{file}` is a SQLite file, but not a Keyless store: move it away and run again")
    if version > len(_STEPS):
        raise StoreTooNew(
            f"`{file}` was written by a later version of Keyless: upgrade with `pip install -U keyless`"
        )
    for step in range(version, len(_STEPS)):
        connection.executescript(
            f"BEGIN IMMEDIATE; {_STEPS[step]} PRAGMA application_id={APPLICATION_ID}; "
            f"PRAGMA user_version={step + 1}; COMMIT;"
        )


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
