"""How fast each caller read each thing at most, as the times in logs tell it.

Rules:
- a row is one read at its second; rows that a query has counted already (``number``) tell no seconds, and are
  left out, as are copies, steps of calls, people, and what was denied;
- the peaks are those of recorded evidence: within one second, and within ten that begin with a whole one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.evidence.imports import PREFIX
from keyless.evidence.peaks import WINDOW_S
from keyless.model.evidence import Outcome, Peak
from keyless.model.reading import READS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_READING = "SELECT id FROM needs WHERE lower(needed) IN (SELECT unnest($reads::VARCHAR[]))"
_PEAKS = f"""
WITH reads AS (
    SELECT principal_id, $prefix || named || '.' || shown AS named, needed, spelled, first,
           count(*) AS number
    FROM staged JOIN operations USING (kind, log, operation, action) JOIN needs USING (id)
    JOIN callers USING (who) JOIN scopes USING (kind, scope)
    WHERE operations.id IN ({_READING}) AND lower(needed) IN (SELECT unnest($reads::VARCHAR[]))
      AND operations.why = '' AND callers.why = '' AND spelled <> '' AND NOT person
      AND outcome NOT IN ('', $denied) AND staged.number = 1 AND first BETWEEN $earliest AND $latest
      AND staged.rowid NOT IN (SELECT row FROM steps) AND staged.rowid NOT IN (SELECT row FROM copies)
    GROUP BY ALL),
lately AS (
    SELECT *, CAST(sum(number) OVER (PARTITION BY principal_id, named, needed, spelled ORDER BY first
        RANGE BETWEEN {WINDOW_S - 1} PRECEDING AND CURRENT ROW) AS BIGINT) AS of_ten
    FROM reads)
SELECT principal_id, named, needed, spelled, max(number), max(of_ten), arg_max(first, of_ten)
FROM lately GROUP BY ALL ORDER BY ALL
"""  # noqa: S608  # constants of ours


def read_paces(connection: DuckDBPyConnection, earliest: int, latest: int) -> list[Peak]:
    """The peaks of all reads of rows from between two times, in epoch seconds."""
    reads = sorted(READS)
    if not connection.execute(_READING, {"reads": reads}).fetchall():
        return []
    terms = {
        "prefix": PREFIX,
        "reads": reads,
        "denied": Outcome.DENIED.value,
        "earliest": earliest,
        "latest": latest,
    }
    return [Peak(*row) for row in connection.execute(_PEAKS, terms).fetchall()]
