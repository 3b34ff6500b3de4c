"""Imported logs in the evidence: their lines beside the recorded ones, and what became of every event.

Rules:
- a line that came from a log has an operation that begins with `Log.`, so that it is told from a recorded
  one and can be forgotten alone; the sign-ins of logs have a table of their own;
- an import is written whole or not at all; the digests of its files go with it, by which a file that was
  imported before is known.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from keyless.evidence import peaks
from keyless.model.evidence import LOG_PREFIX, LogImport, Peak, SignIn, UnmappedOperation

PREFIX = LOG_PREFIX
SCHEMA = """
CREATE TABLE IF NOT EXISTS imports (
    id INTEGER PRIMARY KEY, source TEXT, category TEXT, events INTEGER, mapped INTEGER, malformed INTEGER,
    duplicates INTEGER, first_seen INTEGER, last_seen INTEGER, imported_at INTEGER, steps INTEGER,
    people INTEGER, out_of_time INTEGER);
CREATE TABLE IF NOT EXISTS unmapped (
    category TEXT, operation TEXT, why TEXT, count INTEGER,
    PRIMARY KEY (category, operation, why)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS imported_files (digest TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS imported_sign_ins (
    principal_id TEXT, client_id TEXT, method TEXT, by_what TEXT, target TEXT, outcome TEXT, error TEXT,
    count INTEGER, first_seen INTEGER, last_seen INTEGER,
    PRIMARY KEY (principal_id, client_id, method, by_what, target, outcome, error)) WITHOUT ROWID;
"""
TABLES = ("imports", "unmapped", "imported_files", "imported_sign_ins")
_COUNTS = """
DO UPDATE SET count = count + excluded.count, first_seen = min(first_seen, excluded.first_seen),
              last_seen = max(last_seen, excluded.last_seen)
"""
_LINE = f"""
INSERT INTO lines (principal_id, operation, plane, action, scope, outcome, assignment_id,
                   count, first_seen, last_seen)
VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?)
ON CONFLICT (principal_id, operation, plane, action, scope, outcome, assignment_id) {_COUNTS} RETURNING id
"""  # noqa: S608  # a constant of ours
_SIGN_IN = f"""
INSERT INTO imported_sign_ins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT {_COUNTS}
"""  # noqa: S608  # a constant of ours
_DAY = "INSERT INTO days VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
_UNMAPPED = (
    "INSERT INTO unmapped VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
)
_IMPORT = "INSERT INTO imports VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FILE = "INSERT OR IGNORE INTO imported_files VALUES (?, ?)"

LineOfDay = tuple[str, str, str, str, str, str, int, int, int, int]
"""Principal id, operation, plane, action, scope, outcome; then the day, how often, first and last seen."""
_KEY = slice(0, 6)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brings. ``lines`` come in the order of their keys; ``files`` are digests and names."""

    lines: Iterable[LineOfDay]
    sign_ins: Iterable[SignIn]
    imports: Iterable[LogImport]
    unmapped: Iterable[UnmappedOperation]
    files: Iterable[tuple[str, str]]
    peaks: Iterable[Peak] = ()


def write_import(connection: sqlite3.Connection, imported: Imported) -> None:
    """Add an import, in a transaction that is the caller's."""
    for key, days in groupby(imported.lines, key=lambda line: line[_KEY]):
        _write_line(connection, key, list(days))
    connection.executemany(_SIGN_IN, map(_sign_in_row, imported.sign_ins))
    connection.executemany(
        _UNMAPPED, ((one.category, one.operation, one.why, one.count) for one in imported.unmapped)
    )
    connection.executemany(_IMPORT, map(_import_row, imported.imports))
    connection.executemany(_FILE, imported.files)
    peaks.write_peaks(connection, list(imported.peaks))


def _write_line(connection: sqlite3.Connection, key: tuple[Any, ...], days: list[LineOfDay]) -> None:
    counts = (sum(day[7] for day in days), min(day[8] for day in days), max(day[9] for day in days))
    (line,) = connection.execute(_LINE, (*key, *counts)).fetchone()
    connection.executemany(_DAY, ((line, day[6], day[7]) for day in days))


def _sign_in_row(one: SignIn) -> tuple[Any, ...]:
    who = (
        one.principal_id,
        one.client_id,
        one.method.value,
        one.by,
        one.target,
        one.outcome.value,
        one.error,
    )
    return (*who, one.count, one.first_seen, one.last_seen)


def _import_row(one: LogImport) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in LogImport.__struct_fields__)


def read_imports(connection: sqlite3.Connection) -> Iterator[LogImport]:
    """Every import, by category, in the order in which they were made."""
    columns = ", ".join(LogImport.__struct_fields__)
    query = f"SELECT {columns} FROM imports ORDER BY id"  # noqa: S608  # the names are ours
    return (LogImport(*row) for row in connection.execute(query))


def read_unmapped(connection: sqlite3.Connection) -> Iterator[UnmappedOperation]:
    """What no action is known for, most frequent first."""
    query = "SELECT category, operation, count, why FROM unmapped ORDER BY count DESC, 1, 2, why"
    return (UnmappedOperation(*row) for row in connection.execute(query))


def known_files(connection: sqlite3.Connection) -> set[str]:
    """The digests of all files that were imported."""
    return {digest for (digest,) in connection.execute("SELECT digest FROM imported_files")}


def clear_imported(connection: sqlite3.Connection) -> None:
    """Forget what was imported, in a transaction that is the caller's; what was recorded stays."""
    ours = "SELECT id FROM lines WHERE operation GLOB 'Log.*'"
    connection.execute(f"DELETE FROM days WHERE line IN ({ours})")  # noqa: S608  # a constant of ours
    for table in ("lines", peaks.TABLE):
        connection.execute(f"DELETE FROM {table} WHERE operation GLOB 'Log.*'")  # noqa: S608  # names of ours
    for table in TABLES:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608  # the names are ours
