"""Statements of Java."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from keyless.assess.sources.java import names
from keyless.assess.sources.java.creation import arguments
from keyless.assess.sources.java.expressions import assignment
from keyless.assess.sources.java.switches import switched
from keyless.assess.sources.reading import (
    Reading,
    ReadStatement,
    expression_at,
    nothing,
    statements_at,
)
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Call,
    Evaluate,
    Expr,
    Name,
    Repeat,
    Return,
    Statement,
)

if TYPE_CHECKING:
    from tree_sitter import Node

Told = Iterable[Statement]


def inner(reading: Reading, node: Node) -> Told:
    """A block: what stands in it."""
    return reading.statements(node.named_children)


def labelled(reading: Reading, node: Node) -> Told:
    """A statement with a label."""
    return reading.statement(node.named_children[-1])


def evaluated(reading: Reading, node: Node) -> Told:
    """An expression that stands for itself, or an assignment."""
    found = node.named_children[0]
    if found.type == "assignment_expression":
        return (assignment(reading, found),)
    if found.type == "switch_expression":
        return switched(reading, found)
    return (Evaluate(reading.file.of(node), reading.expression(found)),)


def each(reading: Reading, node: Node) -> Told:
    """`assert a : b;`, `throw a;`: the values."""
    return tuple(Evaluate(one.span, one) for one in reading.expressions(node.named_children))


def declared(reading: Reading, node: Node) -> Told:
    """Variables and fields, each an assignment."""
    written = names.type_text(reading, node.child_by_field_name("type"))
    marks, words = names.marks(reading, node), names.words(reading, node)
    return tuple(
        _variable(reading, one, written, marks if at == 0 else (), words)
        for at, one in enumerate(node.children_by_field_name("declarator"))
    )


def _variable(
    reading: Reading, node: Node, written: str | None, marks: tuple[Expr, ...], words: tuple[str, ...]
) -> Assign:
    name = node.child_by_field_name("name") or node
    value = expression_at(reading, node, "value")
    target = Name(reading.file.of(name), reading.file.piece(name))
    return Assign(reading.file.of(node), target, value, written, marks, words)


def returned(reading: Reading, node: Node) -> Told:
    """`return a;`, `yield a;`."""
    found = reading.expressions(node.named_children)
    return (Return(reading.file.of(node), found[-1] if found else None),)


def asked(reading: Reading, node: Node) -> Told:
    """`if`, with the arms that follow it beside it."""
    found: list[Statement] = []
    one: Node | None = node
    while one is not None and one.type == "if_statement":
        condition = expression_at(reading, one, "condition")
        found.append(Block(reading.file.of(one), "if", statements_at(reading, one, "consequence"), condition))
        one = one.child_by_field_name("alternative")
    if one is not None:
        found.append(Block(reading.file.of(one), "else", tuple(reading.statement(one))))
    return found


def repeated(reading: Reading, node: Node) -> Told:
    """`while`, `do`."""
    over = expression_at(reading, node, "condition")
    return (Repeat(reading.file.of(node), (), over, statements_at(reading, node, "body")),)


def counted(reading: Reading, node: Node) -> Told:
    """`for`: what it begins with stands before it, what follows each turn is in it."""
    yield from reading.statements(node.children_by_field_name("init"))
    over = expression_at(reading, node, "condition")
    updates = reading.statements(node.children_by_field_name("update"))
    yield Repeat(reading.file.of(node), (), over, (*statements_at(reading, node, "body"), *updates))


def gone_through(reading: Reading, node: Node) -> Told:
    """`for (T a : b)`."""
    name = node.child_by_field_name("name")
    found = () if name is None else (reading.file.piece(name),)
    over = expression_at(reading, node, "value")
    return (Repeat(reading.file.of(node), found, over, statements_at(reading, node, "body")),)


def tried(reading: Reading, node: Node) -> Told:
    """`try`, `catch` and `finally`, one after the other; with resources what is opened comes first."""
    resources = node.child_by_field_name("resources")
    kind = "try" if resources is None else "with"
    opened = () if resources is None else reading.statements(resources.named_children)
    yield Block(reading.file.of(node), kind, (*opened, *statements_at(reading, node, "body")))
    for one in node.named_children:
        if one.type == "catch_clause":
            yield Block(reading.file.of(one), "catch", statements_at(reading, one, "body"))
        elif one.type == "finally_clause":
            yield Block(reading.file.of(one), "finally", reading.statements(one.named_children))


def resource(reading: Reading, node: Node) -> Told:
    """What a `try` opens and closes."""
    name = node.child_by_field_name("name")
    if name is None:
        return each(reading, node)
    written = names.type_text(reading, node.child_by_field_name("type"))
    return (_variable(reading, node, written, names.marks(reading, node), ("try",)),)


def guarded(reading: Reading, node: Node) -> Told:
    """`synchronized`."""
    found = next((one for one in node.named_children if one.type == "parenthesized_expression"), None)
    condition = None if found is None else reading.expression(found)
    return (Block(reading.file.of(node), "synchronized", statements_at(reading, node, "body"), condition),)


def handed_on(reading: Reading, node: Node) -> Told:
    """`super(…);`, `this(…);`."""
    callee = node.child_by_field_name("constructor")
    span = reading.file.of(node)
    name = Name(span, "super" if callee is None else callee.type)
    given = arguments(reading, node.child_by_field_name("arguments"))
    return (Evaluate(span, Call(span, name, given)),)


STATEMENTS: Mapping[str, ReadStatement] = {
    "block": inner,
    "labeled_statement": labelled,
    "expression_statement": evaluated,
    "assert_statement": each,
    "throw_statement": each,
    "local_variable_declaration": declared,
    "field_declaration": declared,
    "constant_declaration": declared,
    "return_statement": returned,
    "yield_statement": returned,
    "if_statement": asked,
    "while_statement": repeated,
    "do_statement": repeated,
    "for_statement": counted,
    "enhanced_for_statement": gone_through,
    "try_statement": tried,
    "try_with_resources_statement": tried,
    "resource": resource,
    "switch_expression": switched,
    "synchronized_statement": guarded,
    "explicit_constructor_invocation": handed_on,
    "break_statement": nothing,
    "continue_statement": nothing,
}
