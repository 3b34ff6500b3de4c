"""Why a clause could not be evaluated, in words."""

from __future__ import annotations

from collections.abc import Iterator

from keyless.authz.conditions.compare import reading_of
from keyless.authz.conditions.facts import Facts
from keyless.authz.conditions.operators import Family
from keyless.authz.conditions.tree import Attribute, Comparison, Exists, Leaf, attributes_of

_TYPES = {
    Family.TEXT: "text",
    Family.NUMBER: "a whole number",
    Family.MOMENT: "a moment",
    Family.GUID: "a GUID",
    Family.BOOLEAN: "a truth value",
}


def why_not_evaluated(leaf: Leaf, facts: Facts) -> str:
    """Every reason that applies, for a clause whose outcome is unknown."""
    if isinstance(leaf, Exists):
        return f"whether `{leaf.attribute}` has a value is not known here"
    if not isinstance(leaf, Comparison):
        return ""
    reasons = [reason for each in attributes_of(leaf) for reason in _of_attribute(leaf, each, facts)]
    return "; ".join(reasons)


def _of_attribute(leaf: Comparison, attribute: Attribute, facts: Facts) -> Iterator[str]:
    values = facts.values(attribute.key)
    if not values:
        known = facts.exists(attribute) is False
        yield f"`{attribute}` has no value" if known else f"`{attribute}` is not known here"
        return
    reading = reading_of(leaf.operator)
    if any(reading(value) is None for value in values):
        yield f"`{attribute}` is not {_TYPES[leaf.operator.family]}, which `{leaf.operator.name}` compares"
    if leaf.quantifier is None and len(values) > 1:
        yield f"`{attribute}` has {len(values)} values, of which `{leaf.operator.name}` needs a quantifier"
