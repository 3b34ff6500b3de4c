"""How references are told: how each stands, and who reads it and cannot follow it. The rest is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from keyless.model.resource_id import ResourceId
from keyless.plan.reports.lines import print_labelled, print_line
from keyless.plan.result import Plan
from keyless.plan.results.references import ReferenceReader, ReferenceResult, Severity
from keyless.plan.wording import counted

if TYPE_CHECKING:
    from rich.console import Console

TITLE = "Key Vault references"
_IN_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTICE, Severity.NONE)


def told_lines(one: ReferenceResult) -> Iterator[str]:
    """What there is to say of a reference; nothing where it is fine."""
    if one.severity is not Severity.NONE:
        yield f"{one.severity.value}: {reference_in_words(one)}: {one.why}; {one.how}"
    for reader in one.unable():
        yield f"warning: {reference_in_words(one)}: {unable_in_words(one, reader)}; {advice(reader)}"


def reference_in_words(one: ReferenceResult) -> str:
    """A reference by key, label, snapshot and store."""
    label = f" (label `{one.label}`)" if one.label else ""
    snapshot = f" in snapshot `{one.snapshot}`" if one.snapshot else ""
    return f"reference `{one.key}`{label}{snapshot} of store `{ResourceId.parse(one.store).name}`"


def unable_in_words(one: ReferenceResult, reader: ReferenceReader) -> str:
    """That a reader cannot read the secret."""
    reads = "reads" if reader.seen else "may read"
    return f"`{reader.name}`, which {reads} it, cannot read secret `{one.secret}` of `{one.vault}`"


def advice(reader: ReferenceReader) -> str:
    """What to do for a reader; one that is not known to follow references may need nothing."""
    return reader.how if reader.follows else f"if it follows references, {reader.how}"


def to_tell(results: Iterable[ReferenceResult]) -> tuple[ReferenceResult, ...]:
    """Those that there is something to say of, the worst first."""
    found = [one for one in results if one.severity is not Severity.NONE or one.unable()]
    return tuple(sorted(found, key=lambda one: _IN_ORDER.index(judged(one))))


def judged(one: ReferenceResult) -> Severity:
    """How bad it is, with those who cannot follow it: for them it is at least a warning."""
    severity = min(one.severity, Severity.WARNING, key=_IN_ORDER.index)
    return severity if one.unable() else one.severity


def print_references(console: Console, plan: Plan) -> None:
    """Every reference that does not stand as it should, and how many do."""
    if not plan.references:
        return
    told = to_tell(plan.references)
    print_line(console, TITLE, style="bold")
    for one in told:
        print_line(console, f"   {judged(one).value}: {reference_in_words(one)}")
        if one.why:
            print_labelled(console, "why", one.why)
            print_labelled(console, "do", one.how)
        for reader in one.unable():
            print_labelled(console, "who", unable_in_words(one, reader))
            print_labelled(console, "do", advice(reader))
    fine = len(plan.references) - len(told)
    if fine:
        verb = "leads" if fine == 1 else "lead"
        print_line(console, f"   {counted(fine, 'reference')} {verb} to a secret that every reader can read")
    print_line(console, "")
