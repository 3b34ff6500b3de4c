"""What was read, row by row, brought down to counts: copies taken out, steps of one call made one.

Rules:
- a row with the same event id (or, without one, with the same fields), about the same, is a copy: counted
  once;
- of the steps of one call the last counts; where the last is not there, one of the others;
- what is left is counted by day (UTC): who, what, where, how it ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.evidence.logs.rows import STAGED

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SECONDS_PER_DAY = 24 * 60 * 60
_STEPS = """
CREATE TABLE steps AS SELECT rowid AS row FROM staged
WHERE NOT final AND call IN (SELECT call FROM staged WHERE final AND call IS NOT NULL)
"""
# Of the steps of one call that never ended one is kept: the call stands for the event.
_SAME = "coalesce(CASE WHEN final THEN event ELSE call END, event)"
_DOUBLES = f"""
CREATE TABLE doubles AS SELECT {_SAME} AS same FROM staged GROUP BY same HAVING count(*) > 1
"""  # noqa: S608  # a constant of ours
_COPIES = f"""
CREATE TABLE copies AS SELECT row FROM (
    SELECT rowid AS row, row_number() OVER (PARTITION BY {_SAME}, kind, who, operation, scope,
        CASE WHEN final THEN outcome END, CASE WHEN final THEN first END ORDER BY outcome DESC) AS number
    FROM staged WHERE {_SAME} IN (SELECT same FROM doubles) AND rowid NOT IN (SELECT row FROM steps))
WHERE number > 1
"""  # noqa: S608  # a constant of ours
_COUNTED = f"""
CREATE TABLE counted AS
SELECT kind, log, who, operation, action, scope, outcome, person, by_what, error,
       first // {_SECONDS_PER_DAY} AS day, CAST(sum(number) AS BIGINT) AS number,
       min(first) AS first, max(greatest(first, coalesce(last, first))) AS last
FROM staged
WHERE rowid NOT IN (SELECT row FROM steps) AND rowid NOT IN (SELECT row FROM copies)
GROUP BY ALL
"""  # noqa: S608  # a constant of ours
_LEFT_OUT = """
SELECT log, count(*) FILTER (WHERE final), count(*) FILTER (WHERE NOT final) FROM staged
WHERE rowid IN (SELECT row FROM copies) OR rowid IN (SELECT row FROM steps) GROUP BY log
"""


def prepare(connection: DuckDBPyConnection) -> None:
    """Make room for the rows."""
    connection.execute(STAGED)


def count(connection: DuckDBPyConnection) -> None:
    """Make ``counted`` from the rows, and ``steps`` and ``copies``, which are left out of it."""
    for statement in (_STEPS, _DOUBLES, _COPIES, _COUNTED):
        connection.execute(statement)


def left_out(connection: DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Of each category, how many rows were copies, and how many were steps of calls that count once."""
    rows = connection.execute(_LEFT_OUT).fetchall()
    return {log: (copies, steps) for log, copies, steps in rows}
