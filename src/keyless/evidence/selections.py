"""What callers select where they list: which filters, and whether they said that they follow references.

A list is decided on, and counted, at what is listed. By what it selects one knows which of the things there a
caller asks for. Filters are names and patterns of names, and no values.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from keyless.evidence.recorder import SelectionKey
from keyless.model.evidence import Selection

TABLE = "selections"
SCHEMA = """
CREATE TABLE IF NOT EXISTS selections (
    principal_id TEXT, scope TEXT, keys TEXT, labels TEXT, tags TEXT, snapshot TEXT, follows INTEGER,
    first_seen INTEGER, last_seen INTEGER,
    PRIMARY KEY (principal_id, scope, keys, labels, tags, snapshot, follows)) WITHOUT ROWID;
"""
_WRITE = """
INSERT INTO selections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen
"""
_READ = "SELECT * FROM selections ORDER BY 1, 2, 3, 4, 5, 6, 7"


def write_selections(connection: sqlite3.Connection, second: int, selections: Iterable[SelectionKey]) -> None:
    """Add what was selected, in a transaction that is the caller's."""
    connection.executemany(_WRITE, (_row(one, second) for one in selections))


def _row(one: SelectionKey, second: int) -> tuple[object, ...]:
    tags = msgspec.json.encode(one.tags).decode()
    return (
        one.principal_id, one.scope, one.keys, one.labels, tags, one.snapshot, one.follows, second, second
    )  # fmt: skip


def read_selections(connection: sqlite3.Connection) -> Iterator[Selection]:
    """Everything that was selected, by principal and scope."""
    for row in connection.execute(_READ):
        who, scope, keys, labels, tags, snapshot, follows, first, last = row
        read = msgspec.json.decode(tags, type=tuple[str, ...])
        yield Selection(who, scope, keys, labels, read, snapshot, bool(follows), first, last)
