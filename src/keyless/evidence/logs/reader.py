"""Reads files into ``staged``, whatever their form, and says of each what could not be read.

Rules:
- files of JSON Lines are read many at a time, and so are Parquet files with the same columns; where one of
  them cannot be read, the others still are;
- lines that cannot be read together (a gzip file is damaged, a line has no end) are read one by one, so that
  what comes before the damage, and the other lines, still count;
- what has to be taken apart or unpacked first goes, piece by piece, through a file in the import's directory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from keyless.evidence.logs.category import Category
from keyless.evidence.logs.duck import Links
from keyless.evidence.logs.files import HEAD_BYTES, Form, LogFile, unzipped
from keyless.evidence.logs.rows import insert_query, kinds_query
from keyless.evidence.logs.sources import JsonLines, Source, Table
from keyless.evidence.logs.tables import REJECTS, csv_table, parquet_columns, parquet_table
from keyless.evidence.logs.unwrap import Unwrapped, decoded, unwrap

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH_BYTES = 256 * 1024 * 1024
_BATCH_FILES = 500
_SMALL_BYTES = 4 * 1024 * 1024
_CHUNK = 1024 * 1024

Progress = Callable[[int, int], None]
"""Told how many bytes of the files were read by now, and how many events were in them."""


@dataclass(slots=True)
class Read:
    """What became of the files: how much was read, and the reasons why some were not, or not whole."""

    size: int = 0
    events: int = 0
    malformed: int = 0
    unread: list[tuple[Path, str]] = field(default_factory=list)
    broken: list[tuple[Path, str]] = field(default_factory=list)


class Reader:
    """Reads into the tables of one connection."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        directory: Path,
        categories: Sequence[Category],
        progress: Progress,
    ) -> None:
        self._connection = connection
        self._directory = directory
        self._links = Links(directory)
        self._categories = categories
        self._progress = progress
        self.done = Read()

    def read(self, files: Iterable[LogFile]) -> None:
        """Read them all."""
        lines: list[LogFile] = []
        tables: dict[object, tuple[Table, list[LogFile]]] = {}
        for one in files:
            if one.form is Form.LINES:
                lines.append(one)
            elif one.form is Form.PARQUET and not one.zipped:
                self._with_alike(one, tables)
            elif one.form in {Form.NONE, Form.EMPTY}:
                self._unread(one, one.why)
            else:
                self._alone(one)
        for zipped in (False, True):
            for batch in _batches([one for one in lines if one.zipped is zipped]):
                self._together(JsonLines("gzip" if zipped else "none"), batch)
        for table, alike in tables.values():
            for batch in _batches(alike):
                self._together(table, batch)

    def _with_alike(self, one: LogFile, tables: dict[object, tuple[Table, list[LogFile]]]) -> None:
        """Put a Parquet file to those that have the same columns."""
        try:
            columns = parquet_columns(self._connection, self._links.to(one.path))
        except _failures() as error:
            self._unread(one, _why(error))
        else:
            tables.setdefault(columns, (parquet_table(columns, self._categories), []))[1].append(one)

    def _alone(self, one: LogFile) -> None:
        try:
            {Form.DOCUMENT: self._document, Form.TABLE: self._table, Form.PARQUET: self._parquet}[one.form](
                one
            )
        except _failures() as error:
            self._unread(one, _why(error))
        else:
            self._advance(one.size)

    def _together(self, source: Source, batch: Sequence[LogFile]) -> None:
        """Read a batch; where that fails, its halves, so that one bad file stands alone in the end."""
        try:
            self._insert(source, [self._links.to(one.path) for one in batch])
        except _failures() as error:
            if len(batch) > 1:
                self._together(source, batch[: len(batch) // 2])
                self._together(source, batch[len(batch) // 2 :])
            elif isinstance(source, JsonLines):
                self._alone(replace(batch[0], form=Form.DOCUMENT))
            else:
                self._unread(batch[0], _why(error))
        else:
            self._advance(sum(one.size for one in batch))

    def _document(self, one: LogFile) -> None:
        told, damaged = Unwrapped(), list[Path]()
        parts = unzipped(one.path, damaged=damaged) if one.zipped else _parts(one.path)
        texts = decoded(parts)
        with self._unpacked(f"{line}\n".encode("utf-8", "replace") for line in unwrap(texts, told)) as name:
            if told.objects:
                self._insert(JsonLines("none"), [name])
        self.done.malformed += told.malformed
        if damaged:
            self.done.broken.append((one.path, "only its beginning could be read: it is cut off or damaged"))
        elif told.broken:
            self.done.broken.append((one.path, "it breaks off in the middle"))

    def _table(self, one: LogFile) -> None:
        with one.path.open("rb") as opened:
            start = next(unzipped(one.path, HEAD_BYTES), b"") if one.zipped else opened.read(HEAD_BYTES)
        source = csv_table(start.decode("utf-8-sig", "replace"), "gzip" if one.zipped else "none")
        if source is None:
            self._unread(one, "its first line is no row of names")
            return
        self._insert(source, [self._links.to(one.path)])
        (rejected,) = self._connection.execute(REJECTS).fetchall()[0]
        self._connection.execute("DELETE FROM reject_errors; DELETE FROM reject_scans")
        self.done.malformed += rejected

    def _parquet(self, one: LogFile) -> None:
        """Read a Parquet file that was put into gzip."""
        with self._unpacked(unzipped(one.path)) as name:
            columns = parquet_columns(self._connection, name)
            self._insert(parquet_table(columns, self._categories), [name])

    def _insert(self, source: Source, names: Sequence[str]) -> None:
        """Add the rows of some files, or none of them where one cannot be read."""
        query = insert_query(source, self._categories, self._present(source, names))
        ((events,),) = self._connection.execute(query, [names]).fetchall()
        self.done.events += events

    def _present(self, source: Source, names: Sequence[str]) -> set[int] | None:
        """Which categories are in some files: a statement for these alone is shorter, and faster.

        It is not worth looking where the files are large, and not tables, of which few columns tell it.
        """
        if not isinstance(source, Table) and sum(os.stat(name).st_size for name in names) > _SMALL_BYTES:
            return None
        query = kinds_query(source, self._categories)
        return {kind for (kind,) in self._connection.execute(query, [names]).fetchall()}

    def _unpacked(self, parts: Iterable[bytes]) -> _Unpacked:
        return _Unpacked(self._directory / "unpacked", parts)

    def _unread(self, one: LogFile, why: str) -> None:
        self.done.unread.append((one.path, why))
        self._advance(one.size)

    def _advance(self, size: int) -> None:
        self.done.size += size
        self._progress(self.done.size, self.done.events)


class _Unpacked:
    """A file that is there for as long as it is read."""

    def __init__(self, path: Path, parts: Iterable[bytes]) -> None:
        self._path = path
        self._parts = parts

    def __enter__(self) -> str:
        with self._path.open("wb") as opened:
            opened.writelines(self._parts)
        return str(self._path)

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while part := opened.read(_CHUNK):
            yield part


def _batches(files: Sequence[LogFile]) -> Iterator[list[LogFile]]:
    """Files in batches of a bounded size, so that progress can be told."""
    batch: list[LogFile] = []
    for one in files:
        if batch and (len(batch) == _BATCH_FILES or sum(f.size for f in batch) + one.size > _BATCH_BYTES):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _failures() -> tuple[type[Exception], ...]:
    import duckdb

    return (duckdb.Error, OSError)


def _why(error: Exception) -> str:
    """The first line of what went wrong, without the name that the import gave the file."""
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return text.partition(": /")[0].rstrip(' "')[:200]
