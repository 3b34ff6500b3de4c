"""A plan for people: a table of the role assignments, and for each the reason and what it grants besides.

Ids are never cut off and never broken, so that they can be copied from a terminal or out of a pipe.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from keyless.model.visible import visible
from keyless.plan.problem import Subject
from keyless.plan.reports.identities import print_identities
from keyless.plan.reports.legacy import print_legacy
from keyless.plan.reports.lines import print_line, print_prose
from keyless.plan.reports.native import print_native
from keyless.plan.reports.policies import print_policies
from keyless.plan.reports.proof import print_proof
from keyless.plan.reports.reads import print_reads
from keyless.plan.reports.references import print_references
from keyless.plan.reports.secrets import print_secrets
from keyless.plan.reports.summary import KINDS, excess_in_order, headline, risk_in_words
from keyless.plan.result import Plan, PlannedAssignment, UsedAction
from keyless.plan.wording import counted, short_scope

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MOST_SHOWN = 8
"""How many excess permissions of one role are named in the report; the JSON has all of them."""


def report_text(plan: Plan, *, width: int = 100) -> str:
    """The report as plain text, ``width`` characters wide where lines can be broken."""
    from rich.console import Console

    written = io.StringIO()
    print_plan(plan, Console(file=written, width=width, color_system=None))
    return written.getvalue()


def print_plan(plan: Plan, console: Console | None = None) -> None:
    """Write the report to a console; to standard output, in colour if that is a terminal, unless told."""
    if console is None:
        from rich.console import Console

        console = Console()
    print_prose(console, f"Plan: {headline(plan)}", indent=0, style="bold")
    print_identities(console, plan)
    if plan.assignments:
        console.print(_table(plan.assignments))
        for number, assignment in enumerate(plan.assignments, 1):
            _details(console, number, assignment)
    print_native(console, plan)
    _gaps(console, plan)
    _removals(console, plan)
    print_policies(console, plan)
    print_legacy(console, plan)
    print_secrets(console, plan)
    print_reads(console, plan)
    print_references(console, plan)
    print_proof(console, plan)
    for note in plan.notes:
        print_prose(console, f"note: {note}", indent=0)


def _table(assignments: Iterable[PlannedAssignment]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("#", "identity", "role", "at", "state"):
        table.add_column(heading, overflow="fold")
    table.add_column("used", justify="right")
    table.add_column("excess", justify="right")
    for number, one in enumerate(assignments, 1):
        state = "exists" if one.exists else "new"
        where = short_scope(one.scope_id)
        texts = (str(number), one.principal.name, one.role_name, where, state)
        numbers = (f"{len(one.used):,}", f"{len(one.excess):,}")
        table.add_row(*(Text(visible(text)) for text in (*texts, *numbers)))
    return table


def _details(console: Console, number: int, one: PlannedAssignment) -> None:
    print_line(console, f"{number}. {one.role_name} for {one.principal.name}", style="bold")
    print_line(console, f"   role     {one.role_id}")
    print_line(console, f"   at       {one.scope}")
    print_line(console, f"   identity {_identity(one.principal)}")
    for used in one.used:
        print_line(console, f"   used     {_used(used)}")
    for text in _excess(one):
        print_line(console, f"   excess   {text}")
    print_prose(console, one.reason, indent=3)
    print_line(console, "")


def _used(used: UsedAction) -> str:
    """An action and how often it was used; one of an access policy may never have been."""
    often = counted(used.count, "time") if used.count else _unseen(used)
    return f"{used.action} ({often})"


def _unseen(used: UsedAction) -> str:
    return f"not seen: {used.because or 'its access policy gives it'}"


def _identity(subject: Subject) -> str:
    where = f", {subject.resource_id}" if subject.resource_id else ""
    return f"{subject.principal_id} ({KINDS[subject.kind]}{where})"


def _excess(one: PlannedAssignment) -> list[str]:
    """Names of the excess, what is risky first and said to be so."""
    risks = {(found.plane, found.action): f" ({risk_in_words(found)})" for found in reversed(one.risks)}
    names = [f"{found.action}{risks.get((found.plane, found.action), '')}" for found in excess_in_order(one)]
    if len(names) <= MOST_SHOWN:
        return names
    rest = len(names) - MOST_SHOWN + 1
    return [*names[: MOST_SHOWN - 1], f"and {rest:,} more, which the plan's JSON names"]


def _gaps(console: Console, plan: Plan) -> None:
    for gap in plan.uncovered:
        print_line(console, f"not covered: {gap.action} for {gap.principal.name}", style="bold")
        print_line(console, f"   at       {gap.scope}")
        print_prose(console, gap.advice, indent=3)
        print_line(console, "")


def _removals(console: Console, plan: Plan) -> None:
    for removal in plan.removals:
        what = "remove" if removal.certain else "remove, once you are sure"
        print_line(console, f"{what}: {removal.role_name} of {removal.principal.name}", style="bold")
        print_line(console, f"   at       {removal.scope}")
        print_line(console, f"   id       {removal.assignment_id}")
        print_prose(console, removal.reason, indent=3)
        print_line(console, "")
