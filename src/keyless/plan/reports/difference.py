"""What differs between two plans, for a terminal and for a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from keyless.plan.compared import Part
from keyless.plan.difference import Change, Delta, Kind, PlanDifference
from keyless.plan.reports.lines import print_line
from keyless.plan.reports.markdown import MOST_CHARACTERS
from keyless.plan.reports.markup import code, plain
from keyless.plan.reports.tables import Section, fitted
from keyless.plan.wording import place

if TYPE_CHECKING:
    from rich.console import Console

_SIGNS = {Kind.ADDED: "+", Kind.REMOVED: "-", Kind.CHANGED: "~"}
_STYLES = {Kind.ADDED: "green", Kind.REMOVED: "red", Kind.CHANGED: "yellow"}
_SAME = "The plans say the same."


def print_difference(found: PlanDifference, console: Console | None = None) -> None:
    """Write it to a console, in colour if that is a terminal; to standard output unless told."""
    if console is None:
        from rich.console import Console

        console = Console()
    print_line(console, headline(found), style="bold")
    for part, changes in groupby(found.changes, key=lambda one: one.part):
        print_line(console, "")
        print_line(console, part.value, style="bold")
        for one in changes:
            print_line(console, f"  {_SIGNS[one.kind]} {_in_words(one)}", style=_STYLES[one.kind])
    for title, deltas in (("excess", found.excess), ("score", found.score)):
        if deltas:
            print_line(console, "")
            print_line(console, title, style="bold")
        for delta in deltas:
            print_line(console, f"    {delta.name}: {_numbers(delta)}")


def headline(found: PlanDifference) -> str:
    """How much differs, in a line."""
    if found.is_empty:
        return _SAME
    counts = (
        (kind, sum(one.kind is kind and one.part is part for one in found.changes), part)
        for part in Part
        for kind in Kind
    )
    said = [f"{part.value}: {count:,} {kind.value}" for kind, count, part in counts if count]
    return f"Changes of the plan: {', '.join(said) or 'numbers alone'}"


def _in_words(one: Change) -> str:
    where = f" at {place(one.where)}" if one.where else ""
    who = f" of {one.who}" if one.who else ""
    changed = f": {place(one.before)} -> {place(one.after)}" if one.kind is Kind.CHANGED else ""
    return f"{one.what}{who}{where}{changed}"


def _numbers(one: Delta) -> str:
    return f"{one.before:,} -> {one.after:,} ({one.change:+,})"


def difference_markdown(found: PlanDifference, *, limit: int = MOST_CHARACTERS) -> str:
    """The same as Markdown."""
    return fitted(f"## {headline(found)}\n", list(_sections(found)), limit)


def _sections(found: PlanDifference) -> Iterator[Section]:
    header = ("", "who", "what", "at", "before", "after")
    for part, changes in groupby(found.changes, key=lambda one: one.part):
        yield Section(part.value.capitalize(), header, tuple(map(_row, changes)))
    for title, deltas in (("Excess", found.excess), ("Score", found.score)):
        if deltas:
            rows = tuple((plain(one.name), *map(str, (one.before, one.after, one.change))) for one in deltas)
            yield Section(title, ("", "before", "after", "change"), rows)


def _row(one: Change) -> tuple[str, ...]:
    cells = (one.who, one.what, place(one.where), place(one.before), place(one.after))
    return (f"**{one.kind.value}**", *map(code, cells))
