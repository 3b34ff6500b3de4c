"""Words that the reports share."""

from __future__ import annotations

from keyless.assess.files.left_out import LeftOut
from keyless.assess.report import Report
from keyless.assess.rules.rule import Group
from keyless.assess.standing.allowances import Allowance
from keyless.assess.syntax.source import Problem
from keyless.assess.syntax.span import Place

GROUPS = {
    Group.CREDENTIALS: "Stored credentials",
    Group.IDENTITY: "Identities",
    Group.PRIVILEGE: "Privilege",
    Group.VAULT: "Vaults and settings",
    Group.LOCAL_AUTH: "Local authentication that is on",
    Group.HYBRID: "On-premises credentials",
}
SECRET_GROUPS = frozenset({Group.CREDENTIALS, Group.VAULT, Group.HYBRID})
"""Groups whose findings may stand at a literal that is a credential."""
LEFT_OUT = {
    LeftOut.VENDORED: "vendored",
    LeftOut.LOCK_FILE: "lock files",
    LeftOut.GENERATED: "generated",
    LeftOut.MINIFIED: "minified",
    LeftOut.BINARY: "binary",
    LeftOut.LINK: "links",
    LeftOut.NO_FILE: "no files, or of another repository",
    LeftOut.EXCLUDED: "excluded by the configuration",
}


def counted(count: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def at(place: Place) -> str:
    """A place as editors know it: path, line, column."""
    return f"{place.path}:{place.span.line}:{place.span.column}"


def where(problem: Problem) -> str:
    """Where a problem is: in a file, at a line of it, or nowhere."""
    if not problem.path:
        return "the assessment"
    return f"{problem.path}:{problem.span.line}" if problem.span.line else problem.path


def not_looked_at(report: Report) -> str:
    """How many files were left out, and why; empty where none were."""
    those = ", ".join(f"{count:,} {LEFT_OUT[LeftOut(why)]}" for why, count in report.left_out.items())
    return f"not looked at: {those}" if those else ""


def headline(report: Report) -> str:
    """The result in a line."""
    found = len(report.standing.told)
    what = counted(found, "finding") if found else "nothing found"
    return f"{what} in {counted(report.files, 'file')}{', incomplete' if report.problems else ''}"


def until_when(allowance: Allowance, days_left: int | None) -> str:
    """How long an allowance holds."""
    if allowance.until is None:
        return "without an end"
    return f"until {allowance.until}, {counted(days_left or 0, 'day')} left"


def by_what(allowance: Allowance) -> str:
    """What allows: a comment by its line, an entry by its file."""
    return f"{allowance.file}:{allowance.line}" if allowance.line else f"{allowance.path} in {allowance.file}"
