"""Evidence on disk: a SQLite file of its own, so that counting never disturbs the store's readers.

Three tables of counts: in total per line, per day, and per second (kept for a week), from which reads per
second are judged. A fourth lists what apps asked for and did not find, a fifth who signed in with what, a
sixth which workloads ran. Imported logs are beside them (``keyless.evidence.imports``).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from keyless.evidence import imports
from keyless.evidence.recorder import CellKey, SignInKey, WantKey
from keyless.model.actions import ActionPlane
from keyless.model.evidence import (
    LogImport,
    Observation,
    Outcome,
    Run,
    SignIn,
    SignInMethod,
    SignInOutcome,
    UnmappedOperation,
)

SECONDS_PER_DAY = 24 * 60 * 60
SECONDS_KEPT = 7 * SECONDS_PER_DAY

_SCHEMA = """
CREATE TABLE IF NOT EXISTS lines (
    id INTEGER PRIMARY KEY, principal_id TEXT, operation TEXT, plane TEXT, action TEXT, scope TEXT,
    outcome TEXT, assignment_id TEXT, count INTEGER, first_seen INTEGER, last_seen INTEGER,
    UNIQUE (principal_id, operation, plane, action, scope, outcome, assignment_id));
CREATE TABLE IF NOT EXISTS seconds (
    second INTEGER, line INTEGER, count INTEGER, PRIMARY KEY (second, line)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS days (
    line INTEGER, day INTEGER, count INTEGER, PRIMARY KEY (line, day)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wants (
    principal_id TEXT, kind TEXT, container TEXT, name TEXT, label TEXT, count INTEGER, last_seen INTEGER,
    PRIMARY KEY (principal_id, kind, container, name, label)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, workload TEXT, principal_ids TEXT, learning INTEGER, program TEXT,
    started INTEGER, ended INTEGER, exit_code INTEGER);
"""
_SIGN_INS_TABLE = """
CREATE TABLE IF NOT EXISTS sign_ins (
    principal_id TEXT, client_id TEXT, method TEXT, by_what TEXT, target TEXT, outcome TEXT, error TEXT,
    host TEXT, count INTEGER, first_seen INTEGER, last_seen INTEGER,
    PRIMARY KEY (principal_id, client_id, method, by_what, target, outcome, error, host)) WITHOUT ROWID;
"""
_HOSTS = (
    "ALTER TABLE sign_ins RENAME TO sign_ins_before",
    _SIGN_INS_TABLE,
    """INSERT INTO sign_ins SELECT principal_id, client_id, method, by_what, target, outcome, error, '',
       count, first_seen, last_seen FROM sign_ins_before""",
    "DROP TABLE sign_ins_before",
)
_LINE = """
INSERT INTO lines (principal_id, operation, plane, action, scope, outcome, assignment_id,
                   count, first_seen, last_seen)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (principal_id, operation, plane, action, scope, outcome, assignment_id)
DO UPDATE SET count = count + excluded.count, last_seen = excluded.last_seen RETURNING id
"""
_SECOND = "INSERT INTO seconds VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
_DAY = "INSERT INTO days VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
_WANT = """
INSERT INTO wants VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET count = count + excluded.count, last_seen = excluded.last_seen
"""
_SIGN_IN = """
INSERT INTO sign_ins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET count = count + excluded.count, last_seen = excluded.last_seen
"""
_RUN = """
INSERT INTO runs (workload, principal_ids, learning, program, started, ended, exit_code)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_READ = """
SELECT principal_id, operation, plane, action, scope, outcome, assignment_id, count, first_seen, last_seen,
       (SELECT group_concat(day || ' ' || count) FROM days WHERE line = id)
FROM lines ORDER BY principal_id, scope, action, outcome, assignment_id
"""
_READ_WANTS = "SELECT principal_id, kind, container, name, label FROM wants ORDER BY 2, 3, 4, 5, 1"
_READ_SIGN_INS = """
SELECT principal_id, client_id, method, by_what, target, outcome, error,
       sum(count), min(first_seen), max(last_seen), host
FROM (SELECT principal_id, client_id, method, by_what, target, outcome, error,
             count, first_seen, last_seen, host FROM sign_ins
      UNION ALL SELECT *, '' FROM imported_sign_ins)
GROUP BY principal_id, client_id, method, by_what, target, outcome, error, host
ORDER BY principal_id, method, target, outcome, by_what, error, host
"""
_READ_RUNS = """
SELECT workload, principal_ids, learning, program, started, ended, exit_code
FROM runs ORDER BY started, ended, id
"""
_READ_PEAKS = """
SELECT principal_id, scope, max(number) FROM (
    SELECT principal_id, scope, second, sum(seconds.count) AS number FROM seconds JOIN lines ON id = line
    WHERE outcome <> 'denied' AND lower(action) = 'microsoft.keyvault/vaults/secrets/getsecret/action'
    GROUP BY principal_id, scope, second)
GROUP BY principal_id, scope ORDER BY principal_id, scope
"""


class EvidenceError(Exception):
    """Evidence that cannot be read or written; the message says what to do."""


class EvidenceDatabase:
    """The evidence of one project. A ``Sink`` for the recorder, and what plans read."""

    def __init__(self, file: Path) -> None:
        """Open or create the file, readable by its owner alone.

        Raises:
            EvidenceError: it is not a readable database.
        """
        if not file.exists():
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
        self._file = file
        with _explained(file), ExitStack() as opened:
            self._connection = opened.enter_context(closing(_connect(file)))
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA + _SIGN_INS_TABLE + imports.SCHEMA)
            self._know_hosts()
            opened.pop_all()

    def _know_hosts(self) -> None:
        """Take over sign-ins from before hosts were noted."""
        if any(row[1] == "host" for row in self._connection.execute("PRAGMA table_info(sign_ins)")):
            return
        with self._transaction():
            for statement in _HOSTS:
                self._connection.execute(statement)

    def write(
        self,
        second: int,
        counts: list[tuple[CellKey, int]],
        wants: list[tuple[WantKey, int]],
        sign_ins: Sequence[tuple[SignInKey, int]] = (),
    ) -> None:
        """Add counts in one transaction."""
        execute = self._connection.execute
        with _explained(self._file), self._transaction():
            for key, count in counts:
                (line,) = execute(_LINE, (*key, count, second, second)).fetchone()
                execute(_SECOND, (second, line, count))
                execute(_DAY, (line, second // SECONDS_PER_DAY, count))
            for want, count in wants:
                execute(_WANT, (*want, count, second))
            for sign_in, count in sign_ins:
                execute(_SIGN_IN, (*sign_in, count, second, second))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def observations(self) -> list[Observation]:
        """Every line, ordered by principal, scope and action."""
        with _explained(self._file):
            return [_observation(row) for row in self._connection.execute(_READ)]

    def wants(self) -> list[WantKey]:
        """What was asked for and not found, ordered by container and name."""
        with _explained(self._file):
            return [WantKey(*row) for row in self._connection.execute(_READ_WANTS)]

    def sign_ins(self) -> list[SignIn]:
        """Who signed in with what, or tried to, ordered by principal, method and target."""
        with _explained(self._file):
            return [_sign_in(row) for row in self._connection.execute(_READ_SIGN_INS)]

    def write_run(self, run: Run) -> None:
        """Add a run that has ended."""
        who = " ".join(run.principal_ids)
        row = (run.workload, who, run.learning, run.program, run.started, run.ended, run.exit_code)
        with _explained(self._file), self._transaction():
            self._connection.execute(_RUN, row)

    def runs(self) -> list[Run]:
        """Which workloads ran, in the order in which they began."""
        with _explained(self._file):
            return [_run(row) for row in self._connection.execute(_READ_RUNS)]

    def peaks_of_reading(self) -> list[tuple[str, str, int]]:
        """How often one principal read one secret within a single second at most: both ids, and the number.

        Seconds are kept for a week, so that this is about the last one.
        """
        with _explained(self._file):
            return [(who, scope, int(most)) for who, scope, most in self._connection.execute(_READ_PEAKS)]

    def write_import(self, imported: imports.Imported) -> None:
        """Add what an import brings, whole or not at all."""
        with _explained(self._file), self._transaction():
            imports.write_import(self._connection, imported)

    def imports(self) -> list[LogImport]:
        """Which logs were imported, by category, in the order in which they were."""
        with _explained(self._file):
            return list(imports.read_imports(self._connection))

    def unmapped(self) -> list[UnmappedOperation]:
        """What was in imported logs and no action is known for, most frequent first."""
        with _explained(self._file):
            return list(imports.read_unmapped(self._connection))

    def imported_files(self) -> set[str]:
        """The digests of the files that were imported."""
        with _explained(self._file):
            return imports.known_files(self._connection)

    def prune(self, now: int) -> None:
        """Drop per-second counts older than a week; totals stay."""
        with _explained(self._file):
            self._connection.execute("DELETE FROM seconds WHERE second < ?", (now - SECONDS_KEPT,))

    def clear_imported(self) -> None:
        """Forget what was imported; what was recorded stays."""
        with _explained(self._file), self._transaction():
            imports.clear_imported(self._connection)

    def clear(self) -> None:
        """Forget everything."""
        with _explained(self._file), self._transaction():
            for table in ("seconds", "days", "lines", "wants", "sign_ins", "runs", *imports.TABLES):
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608  # the names are ours

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _observation(row: tuple[Any, ...]) -> Observation:
    who, operation, plane, action, scope, outcome, assignment_id, count, first, last, by_day = row
    days, counts = _by_day(by_day or "")
    return Observation(
        who,
        operation,
        ActionPlane(plane),
        action,
        scope,
        Outcome(outcome),
        assignment_id,
        count,
        first,
        last,
        days,
        counts,
    )


def _by_day(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The days and the counts of `day count,day count`, by day; the same numbers are kept once."""
    pairs = sorted(_day_and_count(one) for one in text.split(",") if one)
    return tuple(day for day, _ in pairs), tuple(count for _, count in pairs)


@lru_cache(maxsize=65536)
def _day_and_count(text: str) -> tuple[int, int]:
    day, _, count = text.partition(" ")
    return int(day), int(count)


def _run(row: tuple[Any, ...]) -> Run:
    workload, who, learning, program, started, ended, exit_code = row
    return Run(workload, tuple(who.split()), bool(learning), program, started, ended, exit_code)


def _sign_in(row: tuple[Any, ...]) -> SignIn:
    principal_id, client_id, method, by, target, outcome, error, *numbers = row
    return SignIn(
        principal_id,
        client_id,
        SignInMethod(method),
        by,
        target,
        SignInOutcome(outcome),
        error,
        *numbers,
    )


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=10, isolation_level=None, check_same_thread=False)


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise EvidenceError(f"the evidence `{file}` cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # its other subclasses are mistakes of ours
            raise
        raise EvidenceError(
            f"the evidence `{file}` is damaged ({error}): move it away (`mv {file} {file}.damaged`) and "
            "run again; the store is not touched by this"
        ) from error
