"""Whether a plan holds, for a terminal, a pull request, and the log of GitHub's runner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keyless.model.visible import visible
from keyless.plan.reports.lines import print_labelled, print_line
from keyless.plan.reports.markdown import MOST_CHARACTERS
from keyless.plan.reports.markup import code, prose
from keyless.plan.reports.summary import risks_in_words
from keyless.plan.reports.tables import Section, fitted
from keyless.plan.results.check import Check, Finding
from keyless.plan.wording import counted, place

if TYPE_CHECKING:
    from rich.console import Console


def print_check(found: Check, console: Console | None = None) -> None:
    """Write it to a console; to standard output unless told."""
    if console is None:
        from rich.console import Console

        console = Console()
    print_line(console, headline(found), style="bold")
    for one in (*found.failures, *found.unsure):
        print_line(console, "")
        print_line(console, _title(one), style="red" if one in found.failures else "yellow")
        if one.scope:
            print_line(console, f"   at       {one.scope}")
        if one.assignment_id:
            print_line(console, f"   id       {one.assignment_id}")
        if one.permissions:
            print_line(console, f"   beyond   {_beyond(one)}")
        print_labelled(console, "why", one.why)
        print_labelled(console, "do", one.advice)


def headline(found: Check) -> str:
    """The answer in a line."""
    if found.failures:
        return f"The plan does not hold: {counted(len(found.failures), 'thing')} beyond it"
    if found.unsure:
        return f"The plan holds as far as can be judged; {counted(len(found.unsure), 'thing')} could not be"
    return "The plan holds: nothing is granted or used beyond it"


def _title(one: Finding) -> str:
    named = f"{one.what} of {one.who}" if one.who else ""
    where = f" at {place(one.scope)}" if one.scope else ""
    return f"{one.problem.value}{': ' if named else ''}{named}{where}"


def _beyond(one: Finding) -> str:
    risks = risks_in_words((each.risk, each.count) for each in one.risks)
    return counted(one.permissions, "permission") + (f"; unused are {risks}" if risks else "")


def check_markdown(found: Check, *, limit: int = MOST_CHARACTERS) -> str:
    """The same as Markdown."""
    return fitted(f"## {headline(found)}\n", list(_sections(found)), limit)


def _sections(found: Check) -> Iterator[Section]:
    header = ("", "who", "what", "at", "beyond the plan", "why", "what to do")
    for title, findings in (("Beyond the plan", found.failures), ("Not judged", found.unsure)):
        if findings:
            yield Section(title, header, tuple(map(_row, findings)))


def _row(one: Finding) -> tuple[str, ...]:
    named = (code(one.who), code(one.what), code(place(one.scope)))
    beyond = _beyond(one) if one.permissions else ""
    return (one.problem.value, *named, beyond, prose(one.why), prose(one.advice))


def runner_commands(found: Check) -> str:
    """Commands to GitHub's runner that put each finding beside the run.

    Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    failures = (f"::error title=keyless plan::{_escaped(one)}\n" for one in found.failures)
    unsure = (f"::warning title=keyless plan::{_escaped(one)}\n" for one in found.unsure)
    return "".join((*failures, *unsure))


def _escaped(one: Finding) -> str:
    return visible(f"{_title(one)}: {one.why}; {one.advice}").replace("%", "%25")
