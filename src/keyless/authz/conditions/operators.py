"""The comparison operators of conditions, by what they compare, and the quantifiers before them.

Rules:
- names are compared without case, as all keywords are;
- each `...Not...` operator is the negation of its plain one, of one pair of values;
- a quantifier says how many of the left values must satisfy the comparison to how many of the right ones.

`StringEndsWith` and `StringContains` are documented for Key Vault alone; they are operators everywhere here.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format
Source: https://learn.microsoft.com/azure/key-vault/general/rbac-abac#supported-operators
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Family(enum.StrEnum):
    """What an operator compares; the value is the beginning of its name."""

    TEXT = "String"
    NUMBER = "Numeric"
    MOMENT = "DateTime"
    GUID = "Guid"
    BOOLEAN = "Bool"


class Relation(enum.StrEnum):
    """How an operator compares two values; the value is that part of its name."""

    EQUALS = "Equals"
    STARTS_WITH = "StartsWith"
    ENDS_WITH = "EndsWith"
    CONTAINS = "Contains"
    LIKE = "Like"
    LESS = "LessThan"
    LESS_OR_EQUAL = "LessThanEquals"
    GREATER = "GreaterThan"
    GREATER_OR_EQUAL = "GreaterThanEquals"


class Quantifier(enum.StrEnum):
    """For how many values of the left side the comparison must hold, to how many of the right."""

    ANY_OF_ANY = "ForAnyOfAnyValues"
    ALL_OF_ANY = "ForAllOfAnyValues"
    ANY_OF_ALL = "ForAnyOfAllValues"
    ALL_OF_ALL = "ForAllOfAllValues"

    @property
    def every_left(self) -> bool:
        """Whether every value of the left side must satisfy the comparison."""
        return self in {Quantifier.ALL_OF_ANY, Quantifier.ALL_OF_ALL}

    @property
    def every_right(self) -> bool:
        """Whether a left value must satisfy the comparison to every value of the right side."""
        return self in {Quantifier.ANY_OF_ALL, Quantifier.ALL_OF_ALL}


@dataclass(frozen=True, slots=True)
class Operator:
    """One comparison operator, under Azure's name for it."""

    name: str
    family: Family
    relation: Relation
    negated: bool = False
    ignore_case: bool = False


_OF_TEXT = (Relation.EQUALS, Relation.STARTS_WITH, Relation.ENDS_WITH, Relation.CONTAINS, Relation.LIKE)
_OF_ORDER = (Relation.LESS, Relation.LESS_OR_EQUAL, Relation.GREATER, Relation.GREATER_OR_EQUAL)


def _text_operators() -> list[Operator]:
    return [
        Operator(
            f"String{'Not' * negated}{relation}{'IgnoreCase' * ignore_case}",
            Family.TEXT,
            relation,
            negated,
            ignore_case,
        )
        for relation in _OF_TEXT
        for negated in (False, True)
        for ignore_case in (False, True)
    ]


def _equality(family: Family) -> list[Operator]:
    plain, negated = f"{family}Equals", f"{family}NotEquals"
    return [Operator(plain, family, Relation.EQUALS), Operator(negated, family, Relation.EQUALS, True)]


def _ordered(family: Family) -> list[Operator]:
    return [Operator(f"{family}{relation}", family, relation) for relation in _OF_ORDER]


_EVERY = (
    *_text_operators(),
    *(operator for family in Family if family is not Family.TEXT for operator in _equality(family)),
    *_ordered(Family.NUMBER),
    *_ordered(Family.MOMENT),
)
OPERATORS = {operator.name.casefold(): operator for operator in _EVERY}
QUANTIFIERS = {quantifier.casefold(): quantifier for quantifier in Quantifier}
