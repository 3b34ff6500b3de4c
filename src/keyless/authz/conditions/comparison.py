"""A comparison as a function of the facts, for any number of values on either side.

Rules:
- without a quantifier each side has one value, or the comparison cannot be evaluated;
- with one, the comparison of each pair that it asks for decides; a pair that cannot be told decides nothing;
- a `Beginning` is compared as what it stands for, so it has no short way;
- what would be true only because there is nothing to compare (`ForAll…` of no values) cannot be evaluated.

An attribute compared to values that the condition itself names is the usual case, and has a path of its own.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format#cross-product-comparison-operators
"""

from __future__ import annotations

from collections.abc import Callable

from keyless.authz.conditions.compare import (
    Comparable,
    Outcome,
    Reading,
    pair_outcome,
    read_written,
    reading_of,
    test_of,
)
from keyless.authz.conditions.facts import Facts
from keyless.authz.conditions.operators import Operator, Quantifier, Relation
from keyless.authz.conditions.tree import Attribute, Comparison, Constants, Operand
from keyless.model.attributes import Beginning

Values = tuple[Comparable | None, ...]
Side = Callable[[Facts], Values | None]


def comparison(node: Comparison) -> Callable[[Facts], Outcome]:
    """The function that evaluates a comparison."""
    between = _between_sides(node)
    if isinstance(node.left, Attribute) and isinstance(node.right, Constants):
        return _to_constants(node, node.left.key, _written(node.operator, node.right), between)
    return between


def _to_constants(
    node: Comparison, key: str, rights: tuple[Comparable, ...], between: Callable[[Facts], Outcome]
) -> Callable[[Facts], Outcome]:
    """An attribute and constants: where the attribute has one value, that value is looked at alone."""
    reading, matches = reading_of(node.operator), _matches(node.operator, node.quantifier, rights)

    def evaluate(facts: Facts) -> Outcome:
        values = facts.values(key)
        if values is None or len(values) != 1 or isinstance(values[0], Beginning):
            return between(facts)
        value = reading(values[0])
        return None if value is None else matches(value)

    return evaluate


def _matches(
    operator: Operator, quantifier: Quantifier | None, rights: tuple[Comparable, ...]
) -> Callable[[Comparable], bool]:
    test = test_of(operator)
    if len(rights) == 1:
        only = rights[0]
        return lambda left: test(left, only)
    if quantifier is not None and quantifier.every_right:
        return lambda left: all(test(left, right) for right in rights)
    if operator.relation is Relation.EQUALS and not operator.negated:
        return frozenset(rights).__contains__
    return lambda left: any(test(left, right) for right in rights)


def _between_sides(node: Comparison) -> Callable[[Facts], Outcome]:
    left, right = _side(node.operator, node.left), _side(node.operator, node.right)
    operator, quantifier = node.operator, node.quantifier

    def evaluate(facts: Facts) -> Outcome:
        lefts, rights = left(facts), right(facts)
        if lefts is None or rights is None:
            return None
        if quantifier is None:
            return pair_outcome(operator, lefts[0], rights[0]) if len(lefts) == len(rights) == 1 else None
        return _quantified(operator, quantifier, lefts, rights)

    return evaluate


def _side(operator: Operator, side: Operand) -> Side:
    if isinstance(side, Attribute):
        return _read(side.key, reading_of(operator))
    written = _written(operator, side)
    return lambda _: written


def _written(operator: Operator, side: Constants) -> tuple[Comparable, ...]:
    return tuple(read_written(operator, value) for value in side.values)


def _read(key: str, reading: Reading) -> Side:
    def read(facts: Facts) -> Values | None:
        values = facts.values(key)
        return None if values is None else tuple(reading(value) for value in values)

    return read


def _quantified(operator: Operator, quantifier: Quantifier, lefts: Values, rights: Values) -> Outcome:
    pairs = [[pair_outcome(operator, left, right) for right in rights] for left in lefts]
    of_each = [_over(outcomes, every=quantifier.every_right) for outcomes in pairs]
    outcome = _over(of_each, every=quantifier.every_left)
    return None if outcome and not (lefts and rights) else outcome


def _over(outcomes: list[Outcome], *, every: bool) -> Outcome:
    """All of the outcomes, or any of them; None where those that could not be told decide."""
    if (not every) in outcomes:
        return not every
    return None if None in outcomes else every
