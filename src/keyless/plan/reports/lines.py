"""Lines of a report: ids are never broken, prose is broken between words only.

Names come from apps, files and logs: no control character of theirs reaches the terminal, and no line of
theirs is a command to the runner of a pipeline (``keyless.model.visible``).
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from keyless.model.visible import inert, visible

if TYPE_CHECKING:
    from rich.console import Console

_LABELLED = 12
"""Where the text beside a label begins."""


def print_line(console: Console, text: str, style: str = "") -> None:
    """A line that is not broken, whatever the width."""
    console.print(inert(text), style=style, soft_wrap=True, markup=False, highlight=False, emoji=False)


def print_prose(console: Console, text: str, *, indent: int, style: str = "") -> None:
    """Sentences, broken between words only."""
    margin = " " * indent
    lines = textwrap.wrap(
        visible(text), console.width - indent, break_long_words=False, break_on_hyphens=False
    )
    for line in lines:
        print_line(console, margin + line, style)


def print_labelled(console: Console, label: str, text: str) -> None:
    """Sentences beside a label, all of their lines below each other."""
    lines = textwrap.wrap(
        visible(text), console.width - _LABELLED, break_long_words=False, break_on_hyphens=False
    )
    for label_or_none, line in zip((label, *[""] * len(lines)), lines, strict=False):
        print_line(console, f"   {label_or_none:<{_LABELLED - 3}}{line}")
