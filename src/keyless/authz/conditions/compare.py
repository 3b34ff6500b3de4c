"""Two values under one operator: true, false, or None where that cannot be told.

Rules:
- values of a type that the operator does not compare make it None: text is text, a number a whole number, a
  truth value a truth value; a GUID and a moment may also come as text in their format;
- the negation of what cannot be told cannot be told either;
- of a `Beginning`, which stands for every text that begins so, is told what is true of all of those texts or
  of none of them;
- `IgnoreCase` compares as .NET's ordinal comparison does: character by character in upper case, and no
  character beyond ASCII becomes one of ASCII.
"""

from __future__ import annotations

import operator as python
from collections.abc import Callable

from keyless.authz.conditions.constants import read_guid
from keyless.authz.conditions.like import beginning_of, like
from keyless.authz.conditions.moments import read_moment
from keyless.authz.conditions.operators import Family, Operator, Relation
from keyless.authz.conditions.tree import Constant
from keyless.model.attributes import Beginning, Scalar

Outcome = bool | None
Comparable = str | int | Beginning
Test = Callable[[Comparable, Comparable], bool]
Reading = Callable[[Scalar], Comparable | None]

_TESTS: dict[Relation, Callable[..., bool]] = {
    Relation.EQUALS: python.eq,
    Relation.STARTS_WITH: str.startswith,
    Relation.ENDS_WITH: str.endswith,
    Relation.CONTAINS: python.contains,
    Relation.LIKE: lambda text, pattern: like(pattern, text),
    Relation.LESS: python.lt,
    Relation.LESS_OR_EQUAL: python.le,
    Relation.GREATER: python.gt,
    Relation.GREATER_OR_EQUAL: python.ge,
}


def test_of(operator: Operator) -> Test:
    """The comparison of two values that were read, left and right."""
    plain = _TESTS[operator.relation]
    if not operator.negated:
        return plain
    return lambda left, right: not plain(left, right)


def pair_outcome(operator: Operator, left: Comparable | None, right: Comparable | None) -> Outcome:
    """The comparison of two values, whatever is known of them."""
    if left is None or right is None or isinstance(right, Beginning):
        return None
    if not isinstance(left, Beginning):
        return test_of(operator)(left, right)
    outcome = _of_all_that_begin(operator.relation, left.text, str(right))
    return outcome if outcome is None else outcome is not operator.negated


def _of_all_that_begin(relation: Relation, beginning: str, right: str) -> Outcome:
    if relation is Relation.EQUALS:
        return None if right.startswith(beginning) else False
    if relation is Relation.CONTAINS:
        return True if right in beginning else None
    if relation is Relation.ENDS_WITH:
        return None if right else True
    asked = beginning_of(right) if relation is Relation.LIKE else right
    if asked is None:
        return None
    return True if beginning.startswith(asked) else None if asked.startswith(beginning) else False


def reading_of(operator: Operator) -> Reading:
    """How an attribute's value is read for comparison; None is read where it is of no fitting type."""
    if operator.ignore_case:
        return _folded_text
    return _READINGS[operator.family]


def read_written(operator: Operator, value: Constant) -> Comparable:
    """A value of the condition itself, as it is compared."""
    return upper(value) if operator.ignore_case and isinstance(value, str) else value


def upper(text: str) -> str:
    """Upper case, character by character; none from beyond ASCII becomes one of ASCII."""
    if text.isascii():
        return text.upper()
    return "".join(_upper_one(character) for character in text)


def _upper_one(character: str) -> str:
    raised = character.upper()
    beyond = not character.isascii()
    return character if len(raised) > 1 or (beyond and raised.isascii()) else raised


def _text(value: Scalar) -> str | Beginning | None:
    return value if isinstance(value, str | Beginning) else None


def _folded_text(value: Scalar) -> str | Beginning | None:
    if isinstance(value, Beginning):
        return Beginning(upper(value.text))
    return upper(value) if isinstance(value, str) else None


def _number(value: Scalar) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _truth(value: Scalar) -> bool | None:
    return value if isinstance(value, bool) else None


def _guid(value: Scalar) -> str | None:
    return read_guid(value) if isinstance(value, str) else None


def _moment(value: Scalar) -> int | None:
    return read_moment(value) if isinstance(value, str) else None


_READINGS: dict[Family, Reading] = {
    Family.TEXT: _text,
    Family.NUMBER: _number,
    Family.MOMENT: _moment,
    Family.GUID: _guid,
    Family.BOOLEAN: _truth,
}
