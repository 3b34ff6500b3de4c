"""Statements of Go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from keyless.assess.sources.go import names
from keyless.assess.sources.reading import (
    Reading,
    ReadStatement,
    expression_at,
    nothing,
    other,
    statements_at,
)
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Evaluate,
    Expr,
    Literal,
    Name,
    Other,
    Repeat,
    Return,
    Statement,
)

if TYPE_CHECKING:
    from tree_sitter import Node

Told = Iterable[Statement]
_ARMS = ("expression_case", "type_case", "communication_case", "default_case")


def inner(reading: Reading, node: Node) -> Told:
    """A block: what stands in it."""
    return reading.statements(node.named_children)


def last(reading: Reading, node: Node) -> Told:
    """`go f()`, `defer f()`, a statement with a label."""
    return reading.statement(node.named_children[-1])


def whole(reading: Reading, node: Node) -> Told:
    """`a++`."""
    found = other(reading, node)
    return (Evaluate(found.span, found),)


def sent(reading: Reading, node: Node) -> Told:
    """`a <- b`: what is sent."""
    found = expression_at(reading, node, "value")
    return () if found is None else (Evaluate(found.span, found),)


def listed(reading: Reading, node: Node | None) -> tuple[Expr, ...]:
    """The expressions of a list."""
    if node is None:
        return ()
    return reading.expressions(node.named_children if node.type == "expression_list" else (node,))


def assigned(reading: Reading, node: Node) -> Told:
    """`a, b := c, d`, `a, err := f()`."""
    targets = listed(reading, node.child_by_field_name("left"))
    values = listed(reading, node.child_by_field_name("right"))
    return assignments(reading, node, targets, values)


def assignments(
    reading: Reading,
    node: Node,
    targets: tuple[Expr, ...],
    values: tuple[Expr, ...],
    written: str | None = None,
) -> tuple[Statement, ...]:
    """Each target with its value; where one value gives several, the first that has a name gets it."""
    span = reading.file.of(node)
    if len(targets) == len(values):
        return tuple(
            Assign(span, target, value, written) for target, value in zip(targets, values, strict=True)
        )
    if not values:
        return tuple(Assign(span, target, None, written) for target in targets)
    named = [one for one in targets if not (isinstance(one, Name) and one.id == "_")] or targets
    rest = _worth_keeping(values[1:])
    return (*(Assign(span, target, values[0], written) for target in named[:1]), *rest)


def _worth_keeping(values: Iterable[Expr]) -> list[Statement]:
    return [Evaluate(one.span, one) for one in values if not isinstance(one, (Name, Literal))]


def returned(reading: Reading, node: Node) -> Told:
    """`return a, err`: the first."""
    found = listed(reading, node.named_children[0]) if node.named_children else ()
    first = found[0] if found else None
    return (*_worth_keeping(found[1:]), Return(reading.file.of(node), first))


def asked(reading: Reading, node: Node) -> Told:
    """`if a := f(); b`, with the arms that follow it beside it; what it begins with stands before it."""
    found: list[Statement] = []
    one: Node | None = node
    while one is not None and one.type == "if_statement":
        found.extend(statements_at(reading, one, "initializer"))
        condition = expression_at(reading, one, "condition")
        found.append(Block(reading.file.of(one), "if", statements_at(reading, one, "consequence"), condition))
        one = one.child_by_field_name("alternative")
    if one is not None:
        found.append(Block(reading.file.of(one), "else", tuple(reading.statement(one))))
    return found


def repeated(reading: Reading, node: Node) -> Told:
    """`for` in its four forms."""
    body = statements_at(reading, node, "body")
    head = next((one for one in node.named_children if one.type not in ("block", "comment")), None)
    span = reading.file.of(node)
    if head is None:
        return (Repeat(span, (), None, body),)
    if head.type == "range_clause":
        targets = listed(reading, head.child_by_field_name("left"))
        found = tuple(one.id for one in targets if isinstance(one, Name))
        return (Repeat(span, found, expression_at(reading, head, "right"), body),)
    if head.type == "for_clause":
        first = statements_at(reading, head, "initializer")
        over = expression_at(reading, head, "condition")
        return (*first, Repeat(span, (), over, (*body, *statements_at(reading, head, "update"))))
    return (Repeat(span, (), reading.expression(head), body),)


def switched(reading: Reading, node: Node) -> Told:
    """`switch` and `select`; the name that a type switch gives a value stands for it in the arms."""
    first = statements_at(reading, node, "initializer")
    value = expression_at(reading, node, "value")
    alias = listed(reading, node.child_by_field_name("alias"))
    bound: tuple[Statement, ...] = ()
    if alias and value is not None:
        bound = (Assign(alias[0].span, alias[0], value),)
        value = alias[0]
    arms = tuple(_arm(reading, one) for one in node.named_children if one.type in _ARMS)
    kind = "select" if node.type == "select_statement" else "switch"
    return (*first, *bound, Block(reading.file.of(node), kind, arms, value))


def _arm(reading: Reading, node: Node) -> Statement:
    values = listed(reading, node.child_by_field_name("value"))
    body = statements_at(reading, node, "communication")
    rest = [one for one in node.named_children if one.type == "statement_list"]
    span = reading.file.of(node)
    condition = Other(span, node.type, values) if values else None
    kind = "default" if node.type == "default_case" else "case"
    return Block(span, kind, (*body, *reading.statements(rest)), condition)


def received(reading: Reading, node: Node) -> Told:
    """`a := <-b` of a `select`."""
    targets = listed(reading, node.child_by_field_name("left"))
    value = expression_at(reading, node, "right")
    values = () if value is None else (value,)
    if not targets:
        return tuple(Evaluate(one.span, one) for one in values)
    return assignments(reading, node, targets, values)


def declared(reading: Reading, node: Node) -> Told:
    """`var a, b T = c, d`, `const a = b`."""
    found = [one for one in node.children_by_field_name("name") if one.is_named]
    targets = tuple(names.identifier(reading, one) for one in found)
    values = listed(reading, node.child_by_field_name("value"))
    written = names.type_text(reading, node.child_by_field_name("type"))
    return assignments(reading, node, targets, values, written)


STATEMENTS: Mapping[str, ReadStatement] = {
    "block": inner,
    "statement_list": inner,
    "var_declaration": inner,
    "var_spec_list": inner,
    "const_declaration": inner,
    "var_spec": declared,
    "const_spec": declared,
    "expression_statement": inner,
    "go_statement": last,
    "defer_statement": last,
    "labeled_statement": last,
    "inc_statement": whole,
    "dec_statement": whole,
    "send_statement": sent,
    "receive_statement": received,
    "short_var_declaration": assigned,
    "assignment_statement": assigned,
    "return_statement": returned,
    "if_statement": asked,
    "for_statement": repeated,
    "expression_switch_statement": switched,
    "type_switch_statement": switched,
    "select_statement": switched,
    "break_statement": nothing,
    "continue_statement": nothing,
    "goto_statement": nothing,
    "fallthrough_statement": nothing,
    "empty_statement": nothing,
}
