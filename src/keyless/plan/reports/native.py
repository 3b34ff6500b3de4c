"""The part of a report on grants in services' own terms: who gets what where, and the statements for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.plan.reports.lines import print_labelled, print_line
from keyless.plan.result import Plan

if TYPE_CHECKING:
    from rich.console import Console


def print_native(console: Console, plan: Plan) -> None:
    """Every grant, with what makes it."""
    if not plan.native:
        return
    print_line(console, "Grants of the services' own", style="bold")
    for one in plan.native:
        print_line(console, f"   {one.principal.name}: {one.role} in {one.place} ({one.system.value})")
        print_labelled(console, "why", one.reason)
        for line in one.commands:
            print_line(console, f"     {line}")
    print_line(console, "")
