"""Evidence on disk: a SQLite file of its own, so that counting never disturbs the store's readers.

What is recorded lies in the tables of ``rows``; beside them are imported logs (``imports``), how fast each
thing was asked for at most (``peaks``), and what was refused at a limit (``throttling``). What was counted
towards quotas (``quotas``) is no evidence; it lies here because it is written in the same way.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import msgspec

from keyless.evidence import imports, peaks, quotas, rows, selections, throttling
from keyless.evidence.quotas import Spent
from keyless.evidence.recorder import CellKey, SelectionKey, SignInKey, ThrottledKey, WantKey
from keyless.model.evidence import (
    LaterReads,
    LogImport,
    Observation,
    Peak,
    Run,
    RunRead,
    Selection,
    SignIn,
    Throttling,
    UnmappedOperation,
)

SECONDS_PER_DAY = 24 * 60 * 60
SECONDS_KEPT = 7 * SECONDS_PER_DAY

_COUNTED = ("seconds", "days", "lines", "wants", "sign_ins", "runs", "run_reads")
_OURS = (*_COUNTED, peaks.TABLE, throttling.TABLE, selections.TABLE)


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
        self._peaks = peaks.Peaks()
        with _explained(file), ExitStack() as opened:
            self._connection = opened.enter_context(closing(_connect(file)))
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(
                rows.SCHEMA
                + rows.SIGN_INS_TABLE
                + imports.SCHEMA
                + throttling.SCHEMA
                + quotas.SCHEMA
                + selections.SCHEMA
            )
            self._know_hosts()
            self._know_columns()
            self._know_peaks()
            opened.pop_all()

    def _know_hosts(self) -> None:
        """Take over sign-ins from before hosts were noted."""
        if any(row[1] == "host" for row in self._connection.execute("PRAGMA table_info(sign_ins)")):
            return
        with self._transaction():
            for statement in rows.HOSTS:
                self._connection.execute(statement)

    def _know_columns(self) -> None:
        """Give tables from before the columns that came later; another process may be about it, too."""
        if self._unknown_columns():
            with self._transaction():
                for table, column, kind in self._unknown_columns():
                    self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")

    def _unknown_columns(self) -> list[tuple[str, str, str]]:
        """The columns that tables from before do not have: table, name, and what each holds."""
        return [
            (table, column, kind)
            for table, column, kind in rows.ADDED_COLUMNS
            if all(row[1] != column for row in self._connection.execute(f"PRAGMA table_info({table})"))
        ]

    def _know_peaks(self) -> None:
        """Make peaks of what was counted before they were kept."""
        if not self._connection.execute("PRAGMA table_info(peaks)").fetchall():
            with self._transaction():
                peaks.prepare(self._connection)

    def write(
        self,
        second: int,
        counts: list[tuple[CellKey, int]],
        wants: list[tuple[WantKey, int]],
        sign_ins: Sequence[tuple[SignInKey, int]] = (),
        throttled: Sequence[tuple[ThrottledKey, int]] = (),
        checks: Sequence[tuple[CellKey, int]] = (),
    ) -> None:
        """Add counts in one transaction."""
        tracked, self._peaks = self._peaks, peaks.Peaks()  # what fails is counted again, and not twice here
        self._write(second, counts, wants, sign_ins, throttled, checks, tracked.seen(second, counts))
        self._peaks = tracked

    def _write(
        self,
        second: int,
        counts: list[tuple[CellKey, int]],
        wants: list[tuple[WantKey, int]],
        sign_ins: Sequence[tuple[SignInKey, int]],
        throttled: Sequence[tuple[ThrottledKey, int]],
        checks: Sequence[tuple[CellKey, int]],
        higher: Sequence[Peak],
    ) -> None:
        execute = self._connection.execute
        with _explained(self._file), self._transaction():
            for key, count in counts:
                (line,) = execute(rows.LINE, (*key, count, second, second)).fetchone()
                execute(rows.SECOND, (second, line, count))
                execute(rows.DAY, (line, second // SECONDS_PER_DAY, count))
            for key, count in checks:
                execute(rows.CHECKS, (count, *key))
            for want, count in wants:
                execute(rows.WANT, (*want, count, second))
            for sign_in, count in sign_ins:
                execute(rows.SIGN_IN, (*sign_in, count, second, second))
            throttling.write_throttled(self._connection, second, throttled)
            peaks.write_peaks(self._connection, higher)

    def write_spent(self, spent: Sequence[Spent]) -> None:
        """Keep what was counted towards quotas that outlast a process."""
        with _explained(self._file), self._transaction():
            quotas.write_spent(self._connection, spent)

    def spent(self) -> list[Spent]:
        """What earlier processes counted towards such quotas."""
        with _explained(self._file):
            return list(quotas.read_spent(self._connection))

    def write_selections(self, second: int, selected: Sequence[SelectionKey]) -> None:
        """Add what was selected."""
        with _explained(self._file), self._transaction():
            selections.write_selections(self._connection, second, selected)

    def selections(self) -> list[Selection]:
        """What was selected where something was listed, ordered by principal and scope."""
        with _explained(self._file):
            return list(selections.read_selections(self._connection))

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
            return [rows.observation(row) for row in self._connection.execute(rows.READ)]

    def wants(self) -> list[WantKey]:
        """What was asked for and not found, ordered by container and name."""
        with _explained(self._file):
            return [WantKey(*row) for row in self._connection.execute(rows.READ_WANTS)]

    def sign_ins(self) -> list[SignIn]:
        """Who signed in with what, or tried to, ordered by principal, method and target."""
        with _explained(self._file):
            return [rows.sign_in(row) for row in self._connection.execute(rows.READ_SIGN_INS)]

    def write_run(self, run: Run, reads: Iterable[RunRead] = ()) -> None:
        """Add a run that has ended, and what it read after its start."""
        workload, who, *rest = msgspec.structs.astuple(run)
        with _explained(self._file), self._transaction():
            number = self._connection.execute(rows.RUN, (workload, " ".join(who), *rest)).lastrowid
            read = ((number, *msgspec.structs.astuple(one)) for one in reads)
            self._connection.executemany(rows.RUN_READ, read)

    def runs(self) -> list[Run]:
        """Which workloads ran, in the order in which they began."""
        with _explained(self._file):
            return [rows.run(row) for row in self._connection.execute(rows.READ_RUNS)]

    def peaks(self) -> list[Peak]:
        """How fast each principal asked for each thing at most, ordered by principal, scope and action."""
        with _explained(self._file):
            return list(peaks.read_peaks(self._connection))

    def later_reads(self) -> list[LaterReads]:
        """What each principal read after the starts of its runs, ordered by principal and scope."""
        with _explained(self._file):
            return [LaterReads(*row) for row in self._connection.execute(rows.READ_LATER)]

    def read_later(self) -> list[tuple[str, str, int]]:
        """The same of runs whose starts nobody looked at: both ids, and how often."""
        with _explained(self._file):
            return list(peaks.read_later(self._connection))

    def throttled(self) -> list[Throttling]:
        """What was refused because a limit was reached, ordered by principal and scope."""
        with _explained(self._file):
            return list(throttling.read_throttled(self._connection))

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
            self._peaks = peaks.Peaks()
            for table in (*_OURS, *imports.TABLES):
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608  # the names are ours

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


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
