"""How a reference is called in a sentence."""

from __future__ import annotations

from keyless.plan.references.facts import StoredReference


def reference_named(one: StoredReference) -> str:
    """A reference by key, label, snapshot and store."""
    return f"{place_named(one.key, one.label, one.snapshot)} of store `{one.store.name}`"


def place_named(key: str, label: str, snapshot: str) -> str:
    """Where in its store a reference is."""
    labelled = f" (label `{label}`)" if label else ""
    return f"`{key}`{labelled}{f' in snapshot `{snapshot}`' if snapshot else ''}"
