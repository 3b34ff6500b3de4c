"""What was counted towards quotas of hours and days, kept so that a plane goes on where the last one ended.

It lies in the file of the evidence, which is written each second, beside all requests and by none of them.
Of each place and pool the newest count stands, with the window that it was of: whoever reads it knows by that
whether the window is over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS quotas (
    place TEXT, pool TEXT, window_s INTEGER, slot INTEGER, used INTEGER,
    PRIMARY KEY (place, pool, window_s)) WITHOUT ROWID;
"""
_WRITE = """
INSERT INTO quotas VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET slot = excluded.slot, used = excluded.used
"""
_READ = "SELECT place, pool, window_s, slot, used FROM quotas"


class Spent(NamedTuple):
    """So many units of a pool that were used up at a place, in the ``slot``-th window of its length."""

    place: str
    pool: str
    window_s: int
    slot: int
    used: int


def write_spent(connection: sqlite3.Connection, spent: Iterable[Spent]) -> None:
    """Keep what was counted, in a transaction that is the caller's."""
    connection.executemany(_WRITE, spent)


def read_spent(connection: sqlite3.Connection) -> Iterator[Spent]:
    """All that was kept."""
    return (Spent(*row) for row in connection.execute(_READ))
