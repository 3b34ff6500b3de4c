"""How references are told: one line for how each stands, and one for each reader who cannot follow it."""

from __future__ import annotations

from collections.abc import Iterator

from keyless.model.resource_id import ResourceId
from keyless.plan.results.references import ReferenceResult, Severity


def told_lines(one: ReferenceResult) -> Iterator[str]:
    """What there is to say of a reference; nothing where it is fine."""
    if one.severity is not Severity.NONE:
        yield f"{one.severity.value}: {reference_in_words(one)}: {one.why}; {one.how}"
    for reader in one.unable():
        reads = "reads" if reader.seen else "may read"
        why = f"`{reader.name}`, which {reads} it, cannot read {secret_of(one)}"
        yield f"warning: {reference_in_words(one)}: {why}; if it follows references, {reader.how}"


def reference_in_words(one: ReferenceResult) -> str:
    """A reference by key, label and store."""
    label = f" (label `{one.label}`)" if one.label else ""
    return f"reference `{one.key}`{label} of store `{ResourceId.parse(one.store).name}`"


def secret_of(one: ReferenceResult) -> str:
    """What it points to."""
    return f"secret `{one.secret}` of `{one.vault}`" if one.secret else "a secret"
