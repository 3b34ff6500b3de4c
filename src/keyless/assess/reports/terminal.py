"""An assessment for people at a terminal: grouped, with the code that is meant, and what to write instead."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from keyless.assess.files.texts import Texts
from keyless.assess.findings.finding import Finding, Remedy, Severity
from keyless.assess.report import Report
from keyless.assess.reports.frames import Frame, frame
from keyless.assess.reports.wording import (
    GROUPS,
    SECRET_GROUPS,
    at,
    by_what,
    counted,
    headline,
    not_looked_at,
    until_when,
    where,
)
from keyless.assess.rules.rule import Group
from keyless.assess.standing.standing import Told
from keyless.model.visible import inert

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {Severity.HIGH: "bold red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan"}
_MOST_PROBLEMS = 20


def report_text(report: Report, texts: Texts, *, width: int = 110) -> str:
    """The report as plain text."""
    from rich.console import Console

    written = io.StringIO()
    print_report(report, texts, Console(file=written, width=width, color_system=None))
    return written.getvalue()


def print_report(report: Report, texts: Texts, console: Console | None = None) -> None:
    """Write the report to a console; to standard output, in colour if that is a terminal, unless told."""
    if console is None:
        from rich.console import Console

        console = Console()
    out = _Out(console)
    groups = {one.id: one.group for one in report.rules}
    for group in Group:
        those = [one for one in report.standing.told if groups.get(one.finding.rule) is group]
        if those:
            out.line(f"{GROUPS[group]} ({len(those):,})", "bold underline")
            out.line()
            for told in those:
                _finding(out, told, texts, secret=group in SECRET_GROUPS)
    _allowed(out, report)
    _problems(out, report)
    _end(out, report)


class _Out:
    """Lines to a console: no text is taken for markup, and none is broken."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def line(self, text: str = "", style: str = "") -> None:
        """A line of its own."""
        self.parts((text, style))

    def parts(self, *parts: tuple[str, str]) -> None:
        """A line of several styles."""
        from rich.text import Text

        styled = [(inert(text.expandtabs(4)), style) for text, style in parts]
        line = "".join(text for text, _ in styled)
        whole = Text.assemble(*styled) if inert(line) == line else Text(inert(line))
        self._console.print(whole, soft_wrap=True, highlight=False)


def _finding(out: _Out, told: Told, texts: Texts, *, secret: bool) -> None:
    one = told.finding
    about = f"  {one.rule}" if one.confidence == "high" else f"  {one.rule} ({one.confidence} confidence)"
    out.parts((f"{one.severity:<6} ", _STYLES[one.severity]), (at(one.place), "bold"), (about, "dim"))
    out.line(f"       {one.message}")
    if told.expired is not None:
        out.line(f"       allowed until {told.expired.until}, and no longer: {told.expired.reason}", "yellow")
    _frame(out, frame(one.place, texts, secret=secret))
    _steps(out, one, texts, secret=secret)
    if one.remedy is not None:
        _remedy(out, one.remedy)
    if one.fix is not None:
        out.parts(("       --fix: ", "green"), (one.fix.what, ""))
    out.line()


def _frame(out: _Out, shown: Frame | None) -> None:
    if shown is None:
        return
    number = f"{shown.line:>6} | "
    out.parts((number, "dim"), (shown.text, ""))
    length = min(shown.length, max(1, len(shown.text) - shown.mark))
    out.line(f"{' ' * (len(number) - 2)}| {' ' * shown.mark}{'^' * length}", "red")


def _steps(out: _Out, one: Finding, texts: Texts, *, secret: bool) -> None:
    for number, step in enumerate(one.steps, 1):
        shown = frame(step.place, texts, secret=secret)
        out.parts((f"       {number}. ", "dim"), (at(step.place), "cyan"), (f"  {step.what}", ""))
        if shown is not None:
            out.line(f"            {shown.text}", "dim")
    for step in one.also:
        out.parts(("       also from ", "dim"), (at(step.place), "cyan"), (f"  {step.what}", ""))


def _remedy(out: _Out, remedy: Remedy) -> None:
    lines = remedy.instead.rstrip().split("\n") if remedy.instead else []
    for number, line in enumerate(lines):
        out.parts(("       instead   " if number == 0 else " " * 17, "green"), (line, ""))
    for name, text in _needs(remedy):
        out.parts((f"       {name:<10}", "green"), (text, ""))


def _needs(remedy: Remedy) -> Iterator[tuple[str, str]]:
    if remedy.identity:
        yield "identity", remedy.identity
    if remedy.roles:
        scope = f" at {remedy.scope}" if remedy.scope else ""
        yield "role", f"{', '.join(remedy.roles)}{scope}"
    if remedy.local_auth_off:
        yield "then", remedy.local_auth_off
    if remedy.note:
        yield "note", remedy.note


def _allowed(out: _Out, report: Report) -> None:
    standing = report.standing
    if standing.allowed:
        out.line(f"Allowed ({len(standing.allowed):,})", "bold underline")
        for one in standing.allowed:
            held = until_when(one.allowance, one.days_left)
            out.line(f"  {at(one.finding.place)}  {one.finding.rule}: {one.allowance.reason} ({held})")
        out.line()
    for unused in standing.unused:
        out.line(f"allows nothing that is there: `{unused.rule}` at {by_what(unused)}; take it out", "yellow")
    for entry in standing.gone:
        out.line(
            f"gone since the baseline: {entry.rule} in {entry.path}; write it anew with `--write-baseline`"
        )
    for notice in report.notices:
        out.line(notice, "yellow")


def _problems(out: _Out, report: Report) -> None:
    if not report.problems:
        return
    out.line(f"Could not be read or understood ({len(report.problems):,})", "bold underline red")
    for problem in report.problems[:_MOST_PROBLEMS]:
        out.line(f"  {where(problem)}: {problem.message}")
    rest = len(report.problems) - _MOST_PROBLEMS
    if rest > 0:
        out.line(f"  and {rest:,} more, which `--format json` names")
    out.line()


def _end(out: _Out, report: Report) -> None:
    style = "bold red" if report.exit_code else "bold green"
    out.parts(
        (headline(report), style),
        (f" ({_by_severity(report.standing.told)})" if report.standing.told else "", ""),
    )
    for text in _counts(report):
        out.line(text, "dim")
    for text in _next(report):
        out.line(text)


def _by_severity(told: Sequence[Told]) -> str:
    counts = {level: sum(one.finding.severity is level for one in told) for level in Severity}
    return ", ".join(f"{count:,} {level}" for level, count in counts.items() if count)


def _counts(report: Report) -> Iterator[str]:
    standing = report.standing
    if left_out := not_looked_at(report):
        yield left_out
    others = (
        (standing.below, "below the thresholds (`--min-severity`, `--min-confidence`)"),
        (standing.unchanged, "on lines that did not change"),
        (standing.known, "in the baseline"),
        (len(standing.allowed), "allowed"),
    )
    said = [f"{count:,} {what}" for count, what in others if count]
    if said:
        yield f"not told: {', '.join(said)}"


def _next(report: Report) -> Iterator[str]:
    fixes = sum(one.finding.fix is not None for one in report.standing.told)
    if fixes:
        yield f"`keyless assess --fix` shows what can be changed by rule ({counted(fixes, 'finding')})"
    if report.problems:
        verdict = "allowed here" if report.allow_incomplete else "exit code 3"
        yield f"what could not be read may hold more: the result is incomplete ({verdict})"
