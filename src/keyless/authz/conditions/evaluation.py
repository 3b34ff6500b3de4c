"""From a tree to a function of the facts: true, false, or None where it could not be evaluated.

Rules:
- a clause on an attribute that has no value, or whose value is unknown or of a wrong type, cannot be
  evaluated, the `Not` operators included; `Exists` alone is false on an attribute that is known to have none;
- NOT of what cannot be evaluated cannot be evaluated either; AND is false if any part is, OR is true if any
  part is, and otherwise a part that could not be evaluated leaves the whole without an outcome.

So nothing that could not be evaluated ever grants: a condition holds only where it is true.

Source: https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes#suboperations
(an operation that cannot evaluate a condition fails its access check)
"""

from __future__ import annotations

from collections.abc import Callable

from keyless.authz.conditions.compare import Outcome
from keyless.authz.conditions.comparison import comparison
from keyless.authz.conditions.facts import Facts
from keyless.authz.conditions.tree import (
    ActionMatches,
    And,
    Comparison,
    Exists,
    Leaf,
    Node,
    Not,
    Or,
    SubOperationMatches,
)
from keyless.model.actions import any_matches

Evaluation = Callable[[Facts], Outcome]


def compiled(node: Node) -> Evaluation:
    """The function that evaluates a tree."""
    match node:
        case Not(part=part):
            return _not(compiled(part))
        case And(parts=parts):
            return _joined([compiled(part) for part in parts], settles=False)
        case Or(parts=parts):
            return _joined([compiled(part) for part in parts], settles=True)
        case _:
            return _clause(node)


def _clause(leaf: Leaf) -> Evaluation:
    match leaf:
        case ActionMatches(patterns=patterns):
            return _action_matches(patterns)
        case SubOperationMatches(patterns=patterns):
            return lambda facts: any(any_matches(patterns, each) for each in facts.sub_operations)
        case Exists(attribute=attribute):
            return lambda facts: facts.exists(attribute)
        case Comparison():
            return comparison(leaf)


def _action_matches(patterns: tuple[str, ...]) -> Evaluation:
    exact = frozenset(pattern.casefold() for pattern in patterns if "*" not in pattern)
    wild = tuple(pattern for pattern in patterns if "*" in pattern)
    return lambda facts: facts.folded_action in exact or (bool(wild) and any_matches(wild, facts.action))


def _not(part: Evaluation) -> Evaluation:
    def evaluate(facts: Facts) -> Outcome:
        outcome = part(facts)
        return None if outcome is None else not outcome

    return evaluate


def _joined(parts: list[Evaluation], *, settles: bool) -> Evaluation:
    """AND and OR: the first part with the outcome that settles it does; else all parts must be known."""

    def evaluate(facts: Facts) -> Outcome:
        known = True
        for part in parts:
            outcome = part(facts)
            if outcome is settles:
                return settles
            if outcome is None:
                known = False
        return not settles if known else None

    return evaluate
