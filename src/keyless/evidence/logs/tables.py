"""Logs as tables: CSV as the portal and Log Analytics export it, and Parquet.

Rules:
- the columns of CSV are read by their places, those of Parquet by the names that categories ask for: no
  name that a file gives becomes part of a statement;
- the portal puts the zone behind a time's name (`TimeGenerated [UTC]`): it is not part of the name;
- a line of CSV that cannot be split into its columns is counted, and left out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from keyless.evidence.logs.category import Category
from keyless.evidence.logs.places import Place
from keyless.evidence.logs.rows import HEADS
from keyless.evidence.logs.sources import Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

REJECTS = """
SELECT count(DISTINCT line) FROM reject_errors WHERE scan_id = (SELECT max(scan_id) FROM reject_scans)
"""
_ZONE = re.compile(r"\s*\[[^\]]*\]$")
_NESTED = ("STRUCT", "MAP", "JSON", "LIST", "VARIANT")
_MOST_COLUMNS = 2000

Columns = tuple[tuple[str, str], ...]
"""The names and types of a table's columns, in their order."""


def csv_table(head: str, compression: str) -> Table | None:
    """The table in a CSV file that begins like this; none where its first line is no row of names."""
    try:
        names = next(csv.reader(head.splitlines()[:1]))
    except (StopIteration, csv.Error):
        return None
    if not names or len(names) > _MOST_COLUMNS:
        return None
    given = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(names)))
    how = (
        f"auto_detect = false, header = true, columns = {{{given}}}, "
        "delim = ',', quote = '\"', escape = '\"', "
        f"null_padding = true, parallel = false, store_rejects = true, compression = '{compression}'"
    )
    columns = {_ZONE.sub("", name).strip().casefold(): f"nullif(c{at}, '')" for at, name in enumerate(names)}
    return Table(f"read_csv(?, {how})", columns)


def parquet_columns(connection: DuckDBPyConnection, file: str) -> Columns:
    """The names and types of the columns in a Parquet file."""
    described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file]).fetchall()
    return tuple((str(name), str(kind)) for name, kind, *_ in described)


def parquet_table(given: Columns, categories: Iterable[Category]) -> Table:
    """The table in Parquet files with these columns: those that the categories ask for."""
    types: Mapping[str, str] = {name.casefold(): kind for name, kind in given}
    columns = {
        name.casefold(): _text(name, types[name.casefold()])
        for name in asked_for(categories)
        if name.casefold() in types
    }
    return Table("read_parquet(?)", columns)


def asked_for(categories: Iterable[Category]) -> Sequence[str]:
    """The columns that any category looks at."""
    texts = [
        *HEADS,
        *(text for one in categories for texts in one.fields.values() for text in texts),
        *(mark for one in categories for mark in one.marks),
    ]
    return list(dict.fromkeys(Place.parse(text).keys[0] for text in texts))


def _text(name: str, kind: str) -> str:
    """A column as text; what is nested, as JSON."""
    column = f'"{name}"'
    nested = kind.startswith(_NESTED) or kind.endswith("]")
    return f"CAST(to_json({column}) AS VARCHAR)" if nested else f"CAST({column} AS VARCHAR)"
