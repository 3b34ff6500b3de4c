"""An import from beginning to end: files, rows, counts, meaning, and what is written to the evidence.

Rules:
- a file that was imported before (by what is in it) is left out, and said so;
- every event ends in one place: in a line of evidence, among the people's, out of time, or in the list of
  what could not be mapped, with the reason;
- an event before 2010, or more than a day ahead of now, is out of time: a clock was wrong, or the log is
  none;
- nothing is written before all is read, and then in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from keyless.evidence.database import EvidenceDatabase
from keyless.evidence.imports import PREFIX, Imported, LineOfDay
from keyless.evidence.logs.categories import CATEGORIES
from keyless.evidence.logs.category import Category, RowKind
from keyless.evidence.logs.duck import opened
from keyless.evidence.logs.files import Form, LogFile, digest, find_files
from keyless.evidence.logs.key_holders import address_of
from keyless.evidence.logs.meaning import MOST_LOGS, NO_SCOPE, TOO_MANY, Meaning, plain, target
from keyless.evidence.logs.paces import read_paces
from keyless.evidence.logs.reader import Progress, Read, Reader
from keyless.evidence.logs.rows import MALFORMED, UNKNOWN
from keyless.evidence.logs.staged import count, left_out, prepare
from keyless.evidence.logs.workplace import workplace
from keyless.model.access_keys import KEY_PREFIX, store_and_key
from keyless.model.evidence import LogImport, Outcome, SignIn, SignInMethod, SignInOutcome, UnmappedOperation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EARLIEST = 1_262_304_000
"""2010 began then: Azure's first year."""
AHEAD_S = 24 * 60 * 60
NO_TIME = "it has no readable time"
NOT_TOLD = "its result does not show whether it was allowed"
NO_CATEGORY = "this category of log is not known"
OTHERS = "others"
_PERSON, _OUT_OF_TIME, _MALFORMED = "person", "out of time", "malformed"
_FETCHED = 20_000

_TOLD = f"""
CREATE TABLE logs AS
SELECT log FROM counted GROUP BY log ORDER BY sum(number) DESC, log LIMIT {MOST_LOGS};
CREATE TABLE told AS
SELECT c.* REPLACE (CASE WHEN c.log IN (SELECT log FROM logs) THEN c.log ELSE '{OTHERS}' END AS log),
    o.id AS operation_id, o.named, coalesce(o.shown, '') AS shown, k.principal_id, k.client_id,
s.spelled,
    CASE WHEN c.kind = {MALFORMED} THEN '{_MALFORMED}'
         WHEN c.kind = {UNKNOWN} THEN $no_category
         WHEN c.first IS NULL THEN $no_time
         WHEN c.first < $earliest OR c.last > $latest THEN '{_OUT_OF_TIME}'
         WHEN c.person THEN '{_PERSON}'
         WHEN o.id IS NULL OR k.who IS NULL OR s.scope IS NULL THEN $too_many
         WHEN o.why <> '' THEN o.why
         WHEN k.why <> '' THEN k.why
         WHEN c.outcome = '' THEN $not_told
         WHEN s.spelled = '' AND c.kind NOT IN (SELECT unnest($sign_ins::BIGINT[])) THEN $no_scope
         ELSE '' END AS why
FROM counted c
LEFT JOIN operations o USING (kind, log, operation, action)
LEFT JOIN callers k USING (who) LEFT JOIN scopes s USING (kind, scope)
"""  # noqa: S608  # constants of ours
_SUMMARY = f"""
SELECT log, sum(number), coalesce(sum(number) FILTER (why = ''), 0),
       coalesce(sum(number) FILTER (why = '{_MALFORMED}'), 0),
       coalesce(min(first) FILTER (why = ''), 0), coalesce(max(last) FILTER (why = ''), 0),
       coalesce(sum(number) FILTER (why = '{_PERSON}'), 0),
       coalesce(sum(number) FILTER (why = '{_OUT_OF_TIME}'), 0)
FROM told GROUP BY log ORDER BY log
"""  # noqa: S608  # constants of ours
_UNMAPPED = f"""
SELECT log, shown, sum(number), why FROM told
WHERE why NOT IN ('', '{_PERSON}', '{_OUT_OF_TIME}', '{_MALFORMED}')
GROUP BY log, shown, why ORDER BY sum(number) DESC, log, shown, why
"""  # noqa: S608  # constants of ours
_LINES = """
SELECT principal_id, $prefix || named || '.' || shown, plane, needed, spelled, outcome, day,
       CAST(sum(number) AS BIGINT), min(first), max(last)
FROM told JOIN needs ON operation_id = needs.id
WHERE why = '' GROUP BY ALL ORDER BY ALL
"""
_SIGN_INS = """
SELECT principal_id, client_id, operation, by_what, scope, outcome, error,
       CAST(sum(number) AS BIGINT), min(first), max(last)
FROM told WHERE why = '' AND kind IN (SELECT unnest($sign_ins::BIGINT[])) GROUP BY ALL ORDER BY ALL
"""
# Whoever comes with an access key holds a stored credential, whatever was done with it.
_KEY_HOLDERS = f"""
SELECT principal_id, spelled, outcome, CAST(sum(number) AS BIGINT), min(first), max(last) FROM told
WHERE starts_with(principal_id, '{KEY_PREFIX}') AND outcome <> '' AND spelled <> ''
  AND first IS NOT NULL AND why NOT IN ('{_PERSON}', '{_OUT_OF_TIME}')
GROUP BY ALL ORDER BY ALL
"""  # noqa: S608  # constants of ours


@dataclass(slots=True)
class Report:
    """What became of an import: ``known`` are files that were imported before."""

    read: Read
    imports: list[LogImport] = field(default_factory=list)
    unmapped: list[UnmappedOperation] = field(default_factory=list)
    known: list[Path] = field(default_factory=list)
    files: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether everything that was there could be read."""
        malformed = self.read.malformed or any(one.malformed for one in self.imports)
        return not (malformed or self.read.unread or self.read.broken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to import: ``now`` in epoch seconds, ``directory`` for what is only there for as long as it lasts,
    ``known`` principals by client id and resource id (both in lower case)."""

    now: int
    directory: Path
    known: Mapping[str, str] = field(default_factory=dict)
    categories: Sequence[Category] = CATEGORIES
    threads: int | None = None
    begin: Callable[[int], None] = lambda size: None
    progress: Progress = lambda size, events: None


def import_logs(paths: Sequence[str], evidence: EvidenceDatabase, settings: Settings) -> Report:
    """Import the logs that the paths mean into the evidence.

    Raises:
        LogError: a path means nothing, or DuckDB is not installed.
        EvidenceError: the evidence cannot be written.
    """
    files, digests, known = _new(find_files(paths), evidence.imported_files())
    settings.begin(sum(one.size for one in files))
    with workplace(settings.directory) as directory:
        connection = opened(directory, [one.path for one in files], settings.threads)
        with connection:
            report = _imported(connection, directory, files, settings, ", ".join(paths))
            report.known, report.files = known, len(files)
            unread = {path for path, _ in report.read.unread}
            kept = [(digests[path], path.name) for path in digests if path not in unread]
            evidence.write_import(_brought(connection, report, kept, settings))
    return report


def _new(files: Iterable[LogFile], imported: set[str]) -> tuple[list[LogFile], dict[Path, str], list[Path]]:
    """The files that were not imported before, their digests, and those that were; copies count as one."""
    new, digests, known = [], {}, []
    seen = set(imported)
    for one in files:
        if one.form in {Form.NONE, Form.EMPTY}:
            new.append(one)
        elif (told := digest(one.path)) in seen:
            known.append(one.path)
        else:
            seen.add(told)
            digests[one.path] = told
            new.append(one)
    return new, digests, known


def _imported(
    connection: DuckDBPyConnection, directory: Path, files: Sequence[LogFile], settings: Settings, source: str
) -> Report:
    """Read the files, and bring what is in them down to counts with a meaning."""
    prepare(connection)
    reader = Reader(connection, directory, settings.categories, settings.progress)
    reader.read(files)
    count(connection)
    Meaning(connection, settings.categories, settings.known).tell()
    connection.execute(_TOLD, _terms(settings))
    report = Report(reader.done)
    report.imports = list(_imports(connection, report.read, settings.now, source))
    report.unmapped = [
        UnmappedOperation(plain(log), shown, int(number), why)
        for log, shown, number, why in connection.execute(_UNMAPPED).fetchall()
    ]
    return report


def _terms(settings: Settings) -> dict[str, object]:
    return {
        "no_category": NO_CATEGORY,
        "no_time": NO_TIME,
        "not_told": NOT_TOLD,
        "no_scope": NO_SCOPE,
        "too_many": TOO_MANY,
        "earliest": EARLIEST,
        "latest": settings.now + AHEAD_S,
        "sign_ins": _sign_in_kinds(settings),
    }


def _sign_in_kinds(settings: Settings) -> list[int]:
    return [number for number, one in enumerate(settings.categories) if one.kind is RowKind.SIGN_IN]


def _imports(connection: DuckDBPyConnection, read: Read, now: int, source: str) -> Iterator[LogImport]:
    """What is said of each category; what no row could be made of is put with the malformed lines."""
    dropped = left_out(connection)
    rows = {log: tuple(map(int, numbers)) for log, *numbers in connection.execute(_SUMMARY).fetchall()}
    if read.malformed:
        events, mapped, malformed, *rest = rows.get("", (0,) * 7)
        rows[""] = (events + read.malformed, mapped, malformed + read.malformed, *rest)
    for log in sorted({*rows, *dropped}):
        events, mapped, malformed, first, last, people, out_of_time = rows.get(log, (0,) * 7)
        copies, steps = dropped.get(log, (0, 0))
        yield LogImport(
            source,
            plain(log),
            events,
            mapped,
            malformed,
            copies,
            first,
            last,
            imported_at=now,
            steps=steps,
            people=people,
            out_of_time=out_of_time,
        )


def _brought(
    connection: DuckDBPyConnection, report: Report, files: Iterable[tuple[str, str]], settings: Settings
) -> Imported:
    sign_ins = connection.execute(_SIGN_INS, {"sign_ins": _sign_in_kinds(settings)}).fetchall()
    return Imported(
        lines=_lines(connection),
        sign_ins=[*(_sign_in(row) for row in sign_ins), *_by_key(connection)],
        imports=report.imports,
        unmapped=report.unmapped,
        files=files,
        peaks=read_paces(connection, EARLIEST, settings.now + AHEAD_S),
    )


def _lines(connection: DuckDBPyConnection) -> Iterator[LineOfDay]:
    """The lines by day, in the order of their keys, as they are fetched."""
    result = connection.execute(_LINES, {"prefix": PREFIX})
    while rows := result.fetchmany(_FETCHED):
        yield from rows


def _by_key(connection: DuckDBPyConnection) -> Iterator[SignIn]:
    """The uses of access keys, as the sign-ins that they are."""
    for who, scope, outcome, number, first, last in connection.execute(_KEY_HOLDERS).fetchall():
        _, key = store_and_key(who) or ("", "")
        allowed = outcome == Outcome.ALLOWED.value
        yield SignIn(
            who,
            "",
            SignInMethod.ACCESS_KEY,
            key,
            address_of(scope),
            SignInOutcome.SUCCEEDED if allowed else SignInOutcome.FAILED,
            "" if allowed else "denied",
            number,
            first,
            last,
        )


def _sign_in(row: tuple[str, str, str, str, str, str, str, int, int, int]) -> SignIn:
    who, client, method, by, scope, outcome, error, number, first, last = row
    return SignIn(
        who,
        client,
        SignInMethod(method),
        plain(by),
        target(scope),
        SignInOutcome(outcome),
        plain(error),
        number,
        first,
        last,
    )
