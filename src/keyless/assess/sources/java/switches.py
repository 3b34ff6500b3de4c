"""`switch` of Java, as an expression and as a statement.

Rules:
- as an expression it is one of what its rules give; a rule that is a block is a function without a name,
  whose `yield` returns;
- the name that a `case` gives a value stands for it from there on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from keyless.assess.sources.reading import Reading, expression_at
from keyless.assess.syntax.expressions import (
    Block,
    Choice,
    Expr,
    Function,
    Lambda,
    Name,
    Other,
    Statement,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_ARMS = ("switch_rule", "switch_block_statement_group")


def chosen(reading: Reading, node: Node) -> Expr:
    """`switch` where a value is expected."""
    value = expression_at(reading, node, "condition")
    conditions: list[Expr] = [] if value is None else [value]
    alternatives: list[Expr] = []
    for arm in _arms(node):
        conditions.extend(_labels(reading, arm, value))
        alternatives.append(_result(reading, arm))
    span = reading.file.of(node)
    asked = conditions[0] if len(conditions) == 1 else Other(span, node.type, tuple(conditions))
    return Choice(span, tuple(alternatives), asked)


def _arms(node: Node) -> list[Node]:
    body = node.child_by_field_name("body")
    return [] if body is None else [one for one in body.named_children if one.type in _ARMS]


def _labels(reading: Reading, arm: Node, value: Expr | None) -> tuple[Expr, ...]:
    labels = (one for one in arm.named_children if one.type == "switch_label")
    return tuple(found for label in labels for found in _label(reading, label, value))


def _label(reading: Reading, label: Node, value: Expr | None) -> Iterable[Expr]:
    for one in label.named_children:
        bound = one.named_children[0].named_children if one.type == "pattern" else []
        if one.type != "pattern":
            yield from reading.expressions((one,))
        elif bound and bound[-1].type == "identifier" and isinstance(value, Name):
            reading.bind(bound[-1], reading.file.piece(bound[-1]), value)


def _result(reading: Reading, arm: Node) -> Expr:
    rest = [one for one in arm.named_children if one.type != "switch_label"]
    if len(rest) == 1 and rest[0].type == "expression_statement":
        return reading.expression(rest[0].named_children[0])
    span = reading.file.of(arm)
    function = Function(span=span, name="", body=reading.statements(rest))
    return Other(span, arm.type, (Lambda(span, function),))


def switched(reading: Reading, node: Node) -> Iterable[Statement]:
    """`switch` as a statement, with each of its arms a block in it."""
    value = expression_at(reading, node, "condition")
    arms = tuple(found for one in _arms(node) for found in _arm(reading, one, value))
    return (Block(reading.file.of(node), "switch", arms, value),)


def _arm(reading: Reading, arm: Node, value: Expr | None) -> Iterable[Statement]:
    around, reading.hoisted = reading.hoisted, []
    conditions = _labels(reading, arm, value)
    bound, reading.hoisted = reading.hoisted, around
    body = reading.statements(one for one in arm.named_children if one.type != "switch_label")
    span = reading.file.of(arm)
    condition = Other(span, "switch_label", conditions) if conditions else None
    return (*bound, Block(span, "case" if conditions or bound else "default", body, condition))
