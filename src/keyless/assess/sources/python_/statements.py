"""Python's statements but for functions and classes.

Rules:
- a target of several is taken apart: each gets its value of a tuple that is written out, or an index of the
  value, which has a made-up name where it has none;
- the arms of `if`, `try` and `match` are blocks one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.putting import calls_nothing
from keyless.assess.sources.python_.expressions import names_in
from keyless.assess.sources.texts import joined
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Evaluate,
    Expr,
    Index,
    Items,
    Literal,
    Repeat,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from keyless.assess.sources.putting import Putting

_SEVERAL = ("pattern_list", "tuple_pattern", "list_pattern")
_KINDS = {"elif": "if"}


def expression_statement(reading: Putting, node: Node) -> None:
    """An expression, or an assignment, which stand in such a node as well."""
    for one in node.named_children:
        if one.type in ("assignment", "augmented_assignment"):
            reading.puts(one)
        elif one.type != "comment":
            reading.evaluate(one)


def assignment(reading: Putting, node: Node) -> None:
    """`a = b`, `a: T = b`, `a = b = c`, `a, b = c`."""
    targets: list[Node] = []
    one: Node | None = node
    while one is not None and one.type == "assignment":
        left = one.child_by_field_name("left")
        targets += [] if left is None else [left]
        last, one = one, one.child_by_field_name("right")
    value = None if one is None else reading.expression(one)
    declared = last.child_by_field_name("type")
    kind = None if declared is None else reading.text(declared)
    marks = marks_of_type(reading, declared)
    for target in reversed(targets):
        if target.type in _SEVERAL:
            _take_apart(reading, target, value or Literal(reading.span(node), None))
        else:
            put_to = reading.expression(target)
            reading.put(Assign(reading.span(node), put_to, value, kind, marks))
            value = put_to if len(targets) > 1 else value


def marks_of_type(reading: Putting, node: Node | None) -> tuple[Expr, ...]:
    """A type with a call in it is looked into: `Annotated[Client, Depends(make)]`."""
    if node is None or "(" not in reading.text(node):
        return ()
    return reading.expressions(node.named_children)


def augmented(reading: Putting, node: Node) -> None:
    """`a += b`: what it was, and what is added."""
    target, value = reading.field(node, "left"), reading.field(node, "right")
    operator = node.child_by_field_name("operator")
    if operator is not None and operator.type == "+=" and calls_nothing(target):
        value = joined(reading.span(node), (target, value))
    reading.put(Assign(reading.span(node), target, value))


def _take_apart(reading: Putting, target: Node, value: Expr) -> None:
    parts = [one for one in target.named_children if one.type != "comment"]
    starred = any(one.type == "list_splat_pattern" for one in parts)
    if isinstance(value, Items) and len(value.items) == len(parts) and not starred:
        values: list[Expr] = list(value.items)
    else:
        base = reading.named(target, value)
        span = reading.span(target)
        values = [Index(span, base, Literal(span, at)) for at in range(len(parts))]
    for part, given in zip(parts, values, strict=True):
        _put_to(reading, part, given)


def _put_to(reading: Putting, part: Node, given: Expr) -> None:
    if part.type in _SEVERAL:
        _take_apart(reading, part, given)
        return
    starred = part.type == "list_splat_pattern" and part.named_children
    target = part.named_children[0] if starred else part
    reading.put(Assign(reading.span(part), reading.expression(target), given))


def arms(reading: Putting, node: Node) -> None:
    """`if`, `try`, `else` and their kin: a block each, in order."""
    kind = _KINDS.get(node.children[0].type, node.children[0].type)
    conditions = reading.expressions(_conditions(node))
    body = [one for one in node.named_children if one.type == "block"]
    statements = reading.block([inner for one in body for inner in one.named_children])
    reading.put(Block(reading.span(node), kind, statements, conditions[0] if conditions else None))
    for arm in node.named_children:
        if arm.type.endswith("_clause"):
            arms(reading, arm)


def _conditions(node: Node) -> list[Node]:
    found = node.child_by_field_name("condition") or node.child_by_field_name("value")
    return [] if found is None else [found]


def loops(reading: Putting, node: Node) -> None:
    """`for` and `while`; a condition is looked at each time round."""
    over, left = node.child_by_field_name("right"), node.child_by_field_name("left")
    what = reading.optional(over)
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
    inner = reading.block([one for part in (condition, body) if part is not None for one in _lines(part)])
    names = () if left is None else names_in(reading, left)
    reading.put(Repeat(reading.span(node), names, what, inner))
    for otherwise in node.children_by_field_name("alternative"):
        arms(reading, otherwise)


def _lines(node: Node) -> list[Node]:
    return node.named_children if node.type == "block" else [node]


def with_statement(reading: Putting, node: Node) -> None:
    """`with a as b`: assigned, then a block."""
    body = node.child_by_field_name("body")
    for clause in node.named_children:
        if clause.type == "with_clause":
            for one in clause.named_children:
                reading.puts(one)
    inner = () if body is None else reading.block(body.named_children)
    reading.put(Block(reading.span(node), "with", inner))


def with_item(reading: Putting, node: Node) -> None:
    """One of what a `with` opens."""
    for one in node.named_children:
        if one.type == "as_pattern":
            as_pattern(reading, one)
        else:
            reading.put(Evaluate(reading.span(one), reading.expression(one)))


def as_pattern(reading: Putting, node: Node) -> Expr:
    """`a as b`."""
    alias = node.child_by_field_name("alias")
    value = reading.expression(node.named_children[0])
    if alias is None or not alias.named_children:
        return value
    target = alias.named_children[0]
    if target.type in ("tuple", "list", *_SEVERAL):
        _take_apart(reading, target, value)
    else:
        reading.put(Assign(reading.span(node), reading.expression(target), value))
    return value


def match_statement(reading: Putting, node: Node) -> None:
    """`match a`: a block for each case."""
    parts = reading.expressions(node.children_by_field_name("subject"))
    subject = reading.named(node, parts[0] if len(parts) == 1 else Items(reading.span(node), parts))
    for body in node.children_by_field_name("body"):
        for case in body.named_children:
            if case.type == "case_clause":
                _case(reading, case, subject)


def _case(reading: Putting, node: Node, subject: Expr) -> None:
    guard, body = node.child_by_field_name("guard"), node.child_by_field_name("consequence")
    inner = reading.block(
        [*([] if guard is None else guard.named_children), *([] if body is None else body.named_children)]
    )
    reading.put(Block(reading.span(node), "match", inner, subject))
