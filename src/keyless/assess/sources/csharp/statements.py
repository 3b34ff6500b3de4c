"""Statements of C#."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from keyless.assess.sources.csharp import names, patterns
from keyless.assess.sources.csharp.expressions import assignment
from keyless.assess.sources.reading import Reading, ReadStatement, expression_at, nothing, statements_at
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Evaluate,
    Expr,
    Items,
    Name,
    Other,
    Repeat,
    Return,
    Statement,
)

if TYPE_CHECKING:
    from tree_sitter import Node

Told = Iterable[Statement]


def inner(reading: Reading, node: Node) -> Told:
    """A statement, or several, that stand in another without meaning: blocks, `#if`."""
    condition = node.child_by_field_name("condition")
    return reading.statements(one for one in node.named_children if one != condition)


def labelled(reading: Reading, node: Node) -> Told:
    """A statement with a label."""
    return reading.statement(node.named_children[-1])


def evaluated(reading: Reading, node: Node) -> Told:
    """An expression that stands for itself, or an assignment."""
    found = names.parts(node)
    if found and found[0].type == "assignment_expression":
        return (assignment(reading, found[0]),)
    return (Evaluate(reading.file.of(node), reading.expression(one)) for one in found[:1])


def declared(reading: Reading, node: Node) -> Told:
    """`var a = b;`, `using var a = b;`, `const string A = "b";`, fields."""
    found = next((one for one in node.children if one.type == "variable_declaration"), None)
    words = names.words(reading, node)
    if any(one.type == "using" for one in node.children[:2]):
        words = ("using", *words)
    return () if found is None else variables(reading, found, names.marks(reading, node), words)


def variables(
    reading: Reading, node: Node, marks: tuple[Expr, ...] = (), words: tuple[str, ...] = ()
) -> tuple[Statement, ...]:
    """The variables of a declaration, each an assignment."""
    written = names.type_text(reading, node.child_by_field_name("type"))
    return tuple(
        Assign(reading.file.of(one), target(reading, one), _initial(reading, one), written, marks, words)
        for one in node.named_children
        if one.type == "variable_declarator"
    )


def target(reading: Reading, node: Node) -> Expr:
    """What a variable is called; several names where a tuple is taken apart."""
    found = node.child_by_field_name("name") or node.named_children[0]
    if found.type == "tuple_pattern":
        inner_names = (one for one in found.named_children if one.type in ("identifier", "tuple_pattern"))
        return Items(reading.file.of(found), tuple(_taken_apart(reading, one) for one in inner_names))
    return reading.expression(found)


def _taken_apart(reading: Reading, node: Node) -> Expr:
    return Name(reading.file.of(node), names.text(reading, node))


def _initial(reading: Reading, node: Node) -> Expr | None:
    children = node.children
    if len(children) > 1 and children[-2].type == "=":
        return reading.expression(children[-1])
    return None


def returned(reading: Reading, node: Node) -> Told:
    """`return a;`, `yield return a;`."""
    found = names.parts(node)
    return (Return(reading.file.of(node), reading.expression(found[-1]) if found else None),)


def thrown(reading: Reading, node: Node) -> Told:
    """`throw a;`."""
    return (Evaluate(reading.file.of(node), reading.expression(one)) for one in names.parts(node)[:1])


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
    for one in node.children_by_field_name("initializer"):
        if one.type == "variable_declaration":
            yield from variables(reading, one)
        elif one.is_named:
            yield from reading.statement(one)
    over = expression_at(reading, node, "condition")
    updates = [one for one in node.children_by_field_name("update") if one.is_named]
    body = (*statements_at(reading, node, "body"), *reading.statements(updates))
    yield Repeat(reading.file.of(node), (), over, body)


def gone_through(reading: Reading, node: Node) -> Told:
    """`foreach`."""
    left = node.child_by_field_name("left")
    found = () if left is None else _names_in(reading, left)
    over = expression_at(reading, node, "right")
    return (Repeat(reading.file.of(node), found, over, statements_at(reading, node, "body")),)


def _names_in(reading: Reading, node: Node) -> tuple[str, ...]:
    if node.type == "identifier":
        return (names.text(reading, node),)
    return tuple(name for one in node.named_children for name in _names_in(reading, one))


def tried(reading: Reading, node: Node) -> Told:
    """`try`, `catch` and `finally`, one after the other."""
    yield Block(reading.file.of(node), "try", statements_at(reading, node, "body"))
    for one in node.named_children:
        if one.type == "catch_clause":
            yield _caught(reading, one)
        elif one.type == "finally_clause":
            yield Block(reading.file.of(one), "finally", reading.statements(one.named_children))


def _caught(reading: Reading, node: Node) -> Statement:
    found = next((one for one in node.named_children if one.type == "catch_filter_clause"), None)
    condition = None if found is None else reading.expression(names.parts(found)[-1])
    return Block(reading.file.of(node), "catch", statements_at(reading, node, "body"), condition)


def switched(reading: Reading, node: Node) -> Told:
    """`switch`, with each `case` a block in it."""
    value = expression_at(reading, node, "value")
    body = node.child_by_field_name("body")
    sections = [] if body is None else [one for one in body.named_children if one.type == "switch_section"]
    span = reading.file.of(node)
    arms = tuple(found for one in sections for found in _section(reading, one, value))
    return (Block(span, "switch", arms, value),)


def _section(reading: Reading, node: Node, value: Expr | None) -> Told:
    colon = next((at for at, one in enumerate(node.children) if one.type == ":"), 0)
    head = [one for one in node.children[:colon] if one.is_named]
    around, reading.hoisted = reading.hoisted, []
    conditions: list[Expr] = []
    for one in head:
        if isinstance(value, Name):
            conditions.extend(patterns.matches(reading, one, value)[1])
        else:
            conditions.append(reading.expression(one))
    bound, reading.hoisted = reading.hoisted, around
    body = reading.statements(one for one in node.children[colon + 1 :] if one.is_named)
    span = reading.file.of(node)
    condition = Other(span, node.type, tuple(conditions)) if conditions else None
    return (*bound, Block(span, "case" if head else "default", body, condition))


def used(reading: Reading, node: Node) -> Told:
    """`using (var a = b) …`."""
    body = statements_at(reading, node, "body")
    last = node.child_by_field_name("body")
    opened: list[Statement] = []
    for one in names.parts(node):
        if one.type == "variable_declaration":
            opened.extend(variables(reading, one, words=("using",)))
        elif one != last:
            opened.extend(reading.statement(one))
    return (Block(reading.file.of(node), "with", (*opened, *body)),)


def guarded(reading: Reading, node: Node) -> Told:
    """`lock`, `fixed`, `unsafe`, `checked`: what stands in it, in order."""
    body: list[Statement] = []
    for one in names.parts(node):
        if one.type == "variable_declaration":
            body.extend(variables(reading, one))
        else:
            body.extend(reading.statement(one))
    return (Block(reading.file.of(node), node.type.removesuffix("_statement"), tuple(body)),)


STATEMENTS: Mapping[str, ReadStatement] = {
    "global_statement": inner,
    "block": inner,
    "labeled_statement": labelled,
    "preproc_if": inner,
    "preproc_elif": inner,
    "preproc_else": inner,
    "expression_statement": evaluated,
    "local_declaration_statement": declared,
    "return_statement": returned,
    "yield_statement": returned,
    "throw_statement": thrown,
    "if_statement": asked,
    "while_statement": repeated,
    "do_statement": repeated,
    "for_statement": counted,
    "foreach_statement": gone_through,
    "try_statement": tried,
    "switch_statement": switched,
    "using_statement": used,
    "lock_statement": guarded,
    "fixed_statement": guarded,
    "unsafe_statement": guarded,
    "checked_statement": guarded,
    "break_statement": nothing,
    "continue_statement": nothing,
    "goto_statement": nothing,
    "empty_statement": nothing,
}
