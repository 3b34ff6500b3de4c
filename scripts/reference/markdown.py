"""What the pages have in common: the note on where they come from, running text, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def head(title: str, change: str, text: str) -> str:
    """The beginning of a page; ``change`` says what to change instead of it."""
    note = f"<!-- Made by scripts/build_reference.py: change {change} instead. -->"
    return f"# {title}\n\n{note}\n\n{text.strip()}\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; line breaks within a cell become spaces, and an upright bar is escaped."""
    lines = [_row(headings), "|" + "---|" * len(headings), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def code(texts: Iterable[str]) -> str:
    """Texts as code, with commas between them."""
    return ", ".join(f"`{text}`" for text in texts)


def one_line(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(one_line(cell).replace("|", "\\|") for cell in cells) + " |"
