"""Two values under one operator: true, false, or None where that cannot be told.

Rules:
- values of a type that the operator does not compare make it None: text is text, a number a whole number, a
  truth value a truth value; a GUID and a moment may also come as text in their format;
- the negation of what cannot be told cannot be told either;
- `IgnoreCase` compares as .NET's ordinal comparison does: character by character in upper case, and no
  character beyond ASCII becomes one of ASCII.
"""

from __future__ import annotations

import operator as python
from collections.abc import Callable
from datetime import datetime

from keyless.authz.conditions.constants import read_guid
from keyless.authz.conditions.facts import Scalar
from keyless.authz.conditions.like import like
from keyless.authz.conditions.moments import moment_of, read_moment
from keyless.authz.conditions.operators import Family, Operator, Relation
from keyless.authz.conditions.tree import Constant

Outcome = bool | None
Comparable = str | int
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


def _text(value: Scalar) -> str | None:
    return value if isinstance(value, str) else None


def _folded_text(value: Scalar) -> str | None:
    return upper(value) if isinstance(value, str) else None


def _number(value: Scalar) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _truth(value: Scalar) -> bool | None:
    return value if isinstance(value, bool) else None


def _guid(value: Scalar) -> str | None:
    return read_guid(value) if isinstance(value, str) else None


def _moment(value: Scalar) -> int | None:
    if isinstance(value, datetime):
        return moment_of(value) if value.tzinfo else None
    return read_moment(value) if isinstance(value, str) else None


_READINGS: dict[Family, Reading] = {
    Family.TEXT: _text,
    Family.NUMBER: _number,
    Family.MOMENT: _moment,
    Family.GUID: _guid,
    Family.BOOLEAN: _truth,
}
