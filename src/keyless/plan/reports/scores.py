"""The score and its history, for a terminal and as Markdown."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keyless.plan.reports.lines import print_line
from keyless.plan.reports.tables import Section
from keyless.plan.score import MEASURES, Measure, Score, sparkline

if TYPE_CHECKING:
    from rich.console import Console

_MOST_SHOWN = 24
"""How many scores a line of bars has."""


def print_scores(history: Sequence[Score], console: Console | None = None) -> None:
    """Write each number with its history to a console; to standard output unless told."""
    if console is None:
        from rich.console import Console

        console = Console()
    since, last = _day(history[0].at), _day(history[-1].at)
    print_line(console, f"Score on {last}, {len(history)} kept since {since}", style="bold")
    for one in MEASURES:
        now, change, bars = _trend(history, one)
        print_line(console, f"  {one.title:<22}{now:>10}  {change:>10}  {bars}")
        print_line(console, f"  {'':<22}{one.meaning}", style="dim")


def score_section(history: Sequence[Score]) -> Section:
    """The same as a section of a Markdown report; without rows where there is no history."""
    header = ("", "now", "change", "so far", "what it counts")
    rows = ((one.title, *_trend(history, one), one.meaning) for one in (MEASURES if history else ()))
    return Section("Score", header, tuple(rows))


def _trend(history: Sequence[Score], one: Measure) -> tuple[str, str, str]:
    """A number now, how much it changed since the first one that is shown, and the bars."""
    numbers = [getattr(score, one.field) for score in history][-_MOST_SHOWN:]
    change = numbers[-1] - numbers[0]
    return f"{numbers[-1]:,}", f"{change:+,}" if change else "=", sparkline(numbers)


def _day(at: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at))
