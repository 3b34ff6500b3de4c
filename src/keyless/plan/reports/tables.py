"""Sections of a Markdown report, and how they are cut to a length: rows go, from the last section on.

What is cut off is counted where it would have stood, so that nobody takes a part for the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keyless.plan.reports.markup import summary_line
from keyless.plan.wording import counted

_NOTE = 120
"""Characters that a note on rows that were cut off can take."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with a table, or with paragraphs; folded away where ``details`` is set.

    Cells and lines are Markdown. Without a ``header``, each row is a line of a list, in its only cell.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    details: bool = False

    def text(self, most: int | None = None) -> str:
        """The section with its first ``most`` rows; with all of them unless told."""
        shown = self.rows if most is None else self.rows[:most]
        body = "\n".join((*self._head(), *map(self.row, shown)))
        rest = _rest(len(self.rows) - len(shown))
        if self.details:
            summary = summary_line(f"{self.title} ({len(self.rows):,})")
            return f"<details>{summary}\n\n{body}{rest}\n\n</details>\n"
        return f"### {self.title}\n\n{body}{rest}\n"

    def _head(self) -> tuple[str, ...]:
        if not self.header:
            return ()
        return (self.row(self.header), "|" + "---|" * len(self.header))

    def row(self, cells: tuple[str, ...]) -> str:
        """One row as a line."""
        return f"| {' | '.join(cells)} |" if self.header else f"- {cells[0]}"


def _rest(left: int) -> str:
    return f"\n\n… and {counted(left, 'row')} more, which `--format json` has." if left else ""


def fitted(head: str, sections: Sequence[Section], limit: int) -> str:
    """The head and the sections, in at most ``limit`` characters where the bare headings allow it."""
    left = limit - len(head) - sum(len(one.text(0)) + 1 + _NOTE for one in sections)
    texts = []
    for section in sections:
        most = _that_fit(section, left)
        text = section.text(most)
        left -= max(0, len(text) - len(section.text(0)))
        texts.append(text)
    return "\n".join((head, *texts))


def _that_fit(section: Section, left: int) -> int:
    """How many rows are at most so many characters."""
    for at, row in enumerate(section.rows):
        left -= len(section.row(row)) + 1
        if left < 0:
            return at
    return len(section.rows)
