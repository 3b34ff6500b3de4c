"""The part of a report on secrets and settings: what becomes of each, and what waits for its bridge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from keyless.model.resource_id import ResourceId
from keyless.plan.reports.lines import print_labelled, print_line, print_prose
from keyless.plan.result import Plan
from keyless.plan.results.secrets import Fate, SecretDecision, Transitional
from keyless.plan.wording import counted, listed, short_scope

if TYPE_CHECKING:
    from rich.console import Console

_HEADINGS = {
    Fate.REMOVABLE: "Secrets that can go",
    Fate.TO_VAULT: "Secrets that lie in the wrong place",
    Fate.CONFIGURATION: "Secrets that are none",
    Fate.KEPT: "Secrets that stay",
}


def print_secrets(console: Console, plan: Plan) -> None:
    """Every secret by what becomes of it; then authentication that is transitional."""
    for fate, heading in _HEADINGS.items():
        decided = [one for one in plan.secrets if one.fate is fate]
        if decided:
            print_line(console, heading, style="bold")
            _print_each(console, decided)
            print_line(console, "")
    if plan.transitional:
        print_line(console, "Transitional authentication", style="bold")
        for one in plan.transitional:
            _print_transitional(console, one)
        print_line(console, "")


def secrets_in_short(plan: Plan) -> str:
    """How many secrets can go, of how many; empty where there are none."""
    going = sum(one.fate in {Fate.REMOVABLE, Fate.CONFIGURATION} for one in plan.secrets)
    return f"{going:,} of {counted(len(plan.secrets), 'secret')} can go" if going else ""


def _print_each(console: Console, decided: Iterable[SecretDecision]) -> None:
    for one in decided:
        print_line(console, f"   {_name(one)} in {short_scope(ResourceId.parse(one.container))}")
        print_labelled(console, "why", one.why)
        print_labelled(console, "do", one.how)
        for label, text in (("owner", one.owner), ("reading", one.reading)):
            if text:
                print_labelled(console, label, text)
        if one.reads and not one.reading:
            print_labelled(console, "read", f"{counted(one.reads, 'time')} by {listed(one.read_by)}")
        for place in one.places:
            print_line(console, f"   code     {place.file}:{place.line}")


def _name(one: SecretDecision) -> str:
    return f"{one.name} ({one.label})" if one.label else one.name


def _print_transitional(console: Console, one: Transitional) -> None:
    method = f" with a {one.method.replace('-', ' ')}" if one.method else ""
    until = f" until {one.until}" if one.until else ""
    print_prose(console, f"{one.name} signs in{method}{until}; then {one.bridge}", indent=3)
    if one.remark:
        print_labelled(console, "remark", one.remark)
