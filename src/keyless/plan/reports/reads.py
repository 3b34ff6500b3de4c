"""The part of a report on what is read more often than at start-up: by whom, how often, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.model.resource_id import ResourceId
from keyless.plan.reports.lines import print_labelled, print_line
from keyless.plan.result import Plan
from keyless.plan.results.secrets import ObjectReads, ReadBy
from keyless.plan.wording import counted, short_scope

if TYPE_CHECKING:
    from rich.console import Console

TITLE = "Read more often than at start-up"


def print_reads(console: Console, plan: Plan) -> None:
    """Every object that is read more often than at start-up, with what each of its readers does.

    What is to be done about a secret stands with what becomes of it.
    """
    if not plan.reads:
        return
    told = {(one.container, one.name) for one in plan.secrets if one.reading}
    print_line(console, TITLE, style="bold")
    for one in plan.reads:
        container = short_scope(ResourceId.parse(one.container))
        print_line(console, f"   {one.kind} {one.name} in {container}")
        if one.kind != "secret" or (one.container, one.name) not in told:
            print_labelled(console, "reading", one.advice)
        for reader in one.readers:
            print_labelled(console, "by", f"{reader.name}: {reader_in_words(reader)}")
        for place in one.places:
            print_line(console, f"   code     {place.file}:{place.line}")
    print_line(console, "")


def reader_in_words(one: ReadBy) -> str:
    """How often somebody reads: `41 times, at most 12 in a second and 30 in ten, 5 later than at start`."""
    said = [counted(one.reads, "time")]
    if one.most_per_window:
        said.append(f"at most {one.most_per_second:,} in a second and {one.most_per_window:,} in ten")
    if one.later:
        said.append(f"{one.later:,} later than at the start")
    if one.checks:
        said.append(f"{one.checks:,} to see whether something has changed")
    if one.throttled:
        said.append(f"throttled {counted(one.throttled, 'time')}")
    return ", ".join(said)


def judged(one: ObjectReads) -> str:
    """What is to be done, in a word or two."""
    return "load at start-up" if one.load_at_start_up else "read later"
