"""One query: which tables, what of a row is kept, and how rows that are then the same are counted.

Rules:
- a query keeps of each row no more columns than its category reads, and of these only the part that counts
  (the container of a blob, not the blob), so that rows become the same and can be counted by day;
- what it gives has the columns of the table itself, and three more: how many events a row stands for
  (``KeylessEvents``), and when the first (``TimeGenerated``) and the last of them were (``KeylessLast``).
  The import reads that like any other export of the table;
- all of a query is constant, but for a whole number of days; literals are written by ``literal``.

Source: https://learn.microsoft.com/kusto/query/summarize-operator
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

EVENTS, LAST = "KeylessEvents", "KeylessLast"
"""The columns in which a counted row says how many events it stands for, and when the last of them was."""
MOST_DAYS = 730
_DAY = "KeylessDay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """``category`` is the one that reads what it gives; ``steps`` narrow rows, ``keep`` are the columns that
    stay, ``count`` is how many events the rows of one group stand for."""

    name: str
    category: str
    tables: tuple[str, ...]
    keep: tuple[str, ...]
    steps: tuple[str, ...] = ()
    count: str = "count()"

    def text(self, days: int) -> str:
        """The query for the last so many days."""
        return "\n".join((*self._source(), f"| where TimeGenerated > ago({int(days)}d)", *self._counting()))

    def _source(self) -> Iterable[str]:
        yield f"// {self.name}"
        yield self.tables[0] if len(self.tables) == 1 else f"union isfuzzy=true {', '.join(self.tables)}"

    def _counting(self) -> Iterable[str]:
        yield from (f"| {step}" for step in self.steps)
        yield (
            f"| summarize {EVENTS} = {self.count}, TimeGenerated = min(TimeGenerated), "
            f"{LAST} = max(TimeGenerated) by {_DAY} = bin(TimeGenerated, 1d), {', '.join(self.keep)}"
        )
        yield f"| project-away {_DAY}"


def literal(text: str) -> str:
    """A string of KQL, in which nothing but backslashes and quotes has a meaning of its own."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def part(column: str, pattern: str) -> str:
    """A step that keeps of a column what the first group of a pattern finds."""
    return f"extend {column} = extract({literal(pattern)}, 1, {column})"


def packed(column: str, source: str, names: Iterable[str]) -> str:
    """A step that keeps some properties of a dynamic column, as JSON text."""
    pairs = ", ".join(f"{literal(name)}, tostring({source}[{literal(name)}])" for name in names)
    return f"extend {column} = tostring(bag_pack({pairs}))"
