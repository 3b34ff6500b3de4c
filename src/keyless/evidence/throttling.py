"""Requests that were refused because a limit was reached: whose, at what, towards which limit, how often."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from keyless.evidence.recorder import ThrottledKey
from keyless.model.evidence import Throttling

TABLE = "throttled"
SCHEMA = """
CREATE TABLE IF NOT EXISTS throttled (
    principal_id TEXT, operation TEXT, scope TEXT, pool TEXT, units INTEGER, window_s INTEGER,
    of_subscription INTEGER, count INTEGER, first_seen INTEGER, last_seen INTEGER,
    PRIMARY KEY (principal_id, operation, scope, pool, units, of_subscription)) WITHOUT ROWID;
"""
_WRITE = """
INSERT INTO throttled VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET count = count + excluded.count, last_seen = excluded.last_seen
"""
_READ = "SELECT * FROM throttled ORDER BY principal_id, scope, operation, pool, units, of_subscription"


def write_throttled(
    connection: sqlite3.Connection, second: int, counts: Iterable[tuple[ThrottledKey, int]]
) -> None:
    """Add counts, in a transaction that is the caller's."""
    connection.executemany(_WRITE, ((*key, count, second, second) for key, count in counts))


def read_throttled(connection: sqlite3.Connection) -> Iterator[Throttling]:
    """Everything that was refused so, by principal and scope."""
    for row in connection.execute(_READ):
        who, operation, scope, pool, units, window_s, of_subscription, *rest = row
        yield Throttling(who, operation, scope, pool, units, window_s, bool(of_subscription), *rest)
