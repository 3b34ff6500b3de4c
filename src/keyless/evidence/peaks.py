"""How fast each caller asked for each thing at most: within one second, and within ten.

Rules:
- counts are those of a flush, about one a second: what is asked for pays nothing for them;
- ten seconds are those that vaults' transaction limits count by, here beginning with a whole second;
- what was denied is not in them: it is no use of anything;
- only what is asked for now is in memory. What has been quiet for ten seconds is forgotten here, and its
  peak stays on disk, where the higher one counts;
- a peak that came from a log has an operation that begins with `Log.`, as its line has.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from keyless.evidence.recorder import CellKey
from keyless.model.evidence import Outcome, Peak
from keyless.model.reading import READS, START_UP_S

WINDOW_S = 10
TABLE = "peaks"
SCHEMA = """
CREATE TABLE IF NOT EXISTS peaks (
    principal_id TEXT, operation TEXT, action TEXT, scope TEXT, per_second INTEGER, per_window INTEGER,
    seen INTEGER, PRIMARY KEY (principal_id, operation, action, scope)) WITHOUT ROWID
"""
# What there is of seconds from before peaks were kept. A frame by range counts seconds, whether there are
# rows for them or not.
_FILL = f"""
INSERT OR IGNORE INTO peaks
SELECT principal_id, operation, action, scope, max(number), max(lately), max(second) FROM (
    SELECT *, sum(number) OVER (PARTITION BY principal_id, operation, action, scope ORDER BY second
                                RANGE BETWEEN {WINDOW_S - 1} PRECEDING AND CURRENT ROW) AS lately
    FROM (SELECT principal_id, operation, action, scope, second, sum(seconds.count) AS number
          FROM seconds JOIN lines ON id = line WHERE outcome <> 'denied'
          GROUP BY principal_id, operation, action, scope, second))
GROUP BY principal_id, operation, action, scope
"""  # noqa: S608  # a constant of ours
_WRITE = """
INSERT INTO peaks VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET per_second = max(per_second, excluded.per_second),
    seen = CASE WHEN excluded.per_window > per_window THEN excluded.seen ELSE seen END,
    per_window = max(per_window, excluded.per_window)
"""
_READ = """
SELECT principal_id, operation, action, scope, per_second, per_window, seen FROM peaks
ORDER BY principal_id, scope, action, operation
"""
_READ_LATER = f"""
WITH reads AS (
    SELECT principal_id, scope, second, sum(seconds.count) AS number FROM seconds JOIN lines ON id = line
    WHERE outcome <> 'denied' AND lower(action) IN ({", ".join("?" * len(READS))})
    GROUP BY principal_id, scope, second),
in_runs AS (
    SELECT reads.*, min(second) OVER (PARTITION BY principal_id, scope, runs.id) AS began
    FROM reads JOIN runs ON started_up IS NULL AND second BETWEEN started AND ended + 1
        AND instr(' ' || principal_ids || ' ', ' ' || principal_id || ' ') > 0)
SELECT principal_id, scope, sum(number) FROM in_runs WHERE second > began + {START_UP_S}
GROUP BY principal_id, scope ORDER BY principal_id, scope
"""  # noqa: S608  # constants of ours


class _Pace(NamedTuple):
    """Who asks for what."""

    principal_id: str
    operation: str
    action: str
    scope: str


class _Lately:
    """The counts of the last seconds, and the peaks that were told of."""

    __slots__ = ("_seconds", "per_second", "per_window")

    def __init__(self) -> None:
        self._seconds: deque[tuple[int, int]] = deque()
        self.per_second = 0
        self.per_window = 0

    def add(self, second: int, count: int) -> bool:
        """Count; whether either is a new peak."""
        if self._seconds and self._seconds[-1][0] >= second:
            second, before = self._seconds.pop()
            count += before
        self._seconds.append((second, count))
        self.forget(second)
        lately = sum(number for _, number in self._seconds)
        higher = count > self.per_second or lately > self.per_window
        self.per_second, self.per_window = max(self.per_second, count), max(self.per_window, lately)
        return higher

    def forget(self, second: int) -> bool:
        """Let go of what is ten seconds old; whether nothing is left."""
        while self._seconds and self._seconds[0][0] <= second - WINDOW_S:
            self._seconds.popleft()
        return not self._seconds


class Peaks:
    """The peaks of what is asked for now."""

    def __init__(self) -> None:
        self._paces: dict[_Pace, _Lately] = {}

    def seen(self, second: int, counts: Iterable[tuple[CellKey, int]]) -> list[Peak]:
        """Take in the counts of a flush; the peaks that are higher than before."""
        totals: dict[_Pace, int] = {}
        for key, count in counts:
            if key.outcome is not Outcome.DENIED:
                pace = _Pace(key.principal_id, key.operation, key.action, key.scope)
                totals[pace] = totals.get(pace, 0) + count
        higher = []
        for pace, count in totals.items():
            lately = self._paces.setdefault(pace, _Lately())
            if lately.add(second, count):
                higher.append(Peak(*pace, lately.per_second, lately.per_window, second))
        self._paces = {pace: one for pace, one in self._paces.items() if not one.forget(second)}
        return higher


def prepare(connection: sqlite3.Connection) -> None:
    """Make the table where there is none, from the seconds that are there; in the caller's transaction."""
    connection.execute(SCHEMA)
    connection.execute(_FILL)


def write_peaks(connection: sqlite3.Connection, peaks: Sequence[Peak]) -> None:
    """Keep the higher of what is there and what comes, in a transaction that is the caller's."""
    rows = (
        (one.principal_id, one.operation, one.action, one.scope, one.per_second, one.per_window, one.seen)
        for one in peaks
    )
    connection.executemany(_WRITE, rows)


def read_peaks(connection: sqlite3.Connection) -> Iterator[Peak]:
    """Every peak, by principal, scope and action."""
    return (Peak(*row) for row in connection.execute(_READ))


def read_later(connection: sqlite3.Connection) -> Iterator[tuple[str, str, int]]:
    """How often a principal read a thing later than at the start of its runs: both ids, and the number.

    Only of runs whose starts nobody looked at. Seconds are kept for a week, so that this is about the last.
    """
    return (
        (who, scope, int(number)) for who, scope, number in connection.execute(_READ_LATER, sorted(READS))
    )
