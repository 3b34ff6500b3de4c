"""How a reference is called in a sentence."""

from __future__ import annotations

from keyless.plan.references.facts import StoredReference


def reference_named(one: StoredReference) -> str:
    """A reference by key, label, snapshot and store."""
    label = f" (label `{one.label}`)" if one.label else ""
    snapshot = f" in snapshot `{one.snapshot}`" if one.snapshot else ""
    return f"`{one.key}`{label}{snapshot} of store `{one.store.name}`"
