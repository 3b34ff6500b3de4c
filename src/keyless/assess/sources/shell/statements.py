"""Statements of a shell.

Rules:
- `a && b || c` are statements one after the other;
- `export X=…` is an ``Assign`` whose words say `export`; `X=… command` is an ``Assign`` before the command;
- loops and blocks that a pipe goes through (`… | while read …`) are statements after what stands before them;
- the arms of `if` and `case` are blocks, each with the condition of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keyless.assess.sources.reading import Reading, ReadStatement, expression_at, nothing, statements_at
from keyless.assess.sources.script_forms import given_by, grouped, several
from keyless.assess.sources.shell.commands import command, redirects
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Command,
    Define,
    Evaluate,
    Expr,
    Function,
    Items,
    Literal,
    Name,
    Other,
    Repeat,
    Statement,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def _command_statement(reading: Reading, node: Node) -> Iterator[Statement]:
    for child in node.children:
        if child.type == "variable_assignment":
            yield from _assignment(reading, child, ("command",))
    yield Evaluate(reading.file.of(node), command(reading, node))


def _piped(reading: Reading, node: Node) -> Iterator[Statement]:
    """A pipe of commands; with loops or blocks in it, the pipes between those and they themselves."""
    span = reading.file.of(node)
    run: list[Expr] = []
    for one in several(reading, node):
        if isinstance(one, Evaluate):
            run.append(one.value)
            continue
        if run and not isinstance(one, Assign):
            yield Evaluate(span, Other(span, "pipeline", tuple(run)))
            run = []
        yield one
    if run:
        yield Evaluate(span, Other(span, "pipeline", tuple(run)))


def _assignment(reading: Reading, node: Node, words: tuple[str, ...] = ()) -> Iterator[Statement]:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None:
        return
    target: Expr = Name(reading.file.of(name), reading.file.piece(name).partition("[")[0])
    end = reading.file.span(node.end_byte, node.end_byte)
    made = Literal(end, "") if value is None else reading.expression(value)
    yield Assign(reading.file.of(node), target, made, words=words)


def _declaration(reading: Reading, node: Node) -> Iterator[Statement]:
    said = tuple(one.type for one in node.children if not one.is_named)
    plain = True
    for child in node.children:
        if child.type == "variable_assignment":
            plain = False
            yield from _assignment(reading, child, said)
    if plain:
        words = [Literal(reading.file.of(one), reading.file.piece(one)) for one in node.children]
        yield Evaluate(reading.file.of(node), Command(reading.file.of(node), tuple(words)))


def _redirected(reading: Reading, node: Node) -> Iterator[Statement]:
    span = reading.file.of(node)
    made = statements_at(reading, node, "body")
    sent = tuple(
        one
        for child in node.children
        if child.type.endswith("_redirect")
        for one in redirects(reading, child)
    )
    last = made[-1] if made else None
    if isinstance(last, Evaluate) and isinstance(last.value, Command):
        yield from made[:-1]
        yield Evaluate(span, Command(span, (*last.value.words, *sent)))
        return
    yield from made
    if sent:
        yield Evaluate(span, Other(span, "redirects", sent))


def _listed(reading: Reading, node: Node) -> tuple[Statement, ...]:
    """The members of a list; `a && b && c` is a list within a list, however long it is."""
    parts: list[Node] = []
    first: Node | None = node
    while first is not None:
        children = first.named_children
        first = children[0] if children and children[0].type == "list" else None
        parts.extend(reversed(children[1:] if first is not None else children))
    return reading.statements(reversed(parts))


def _if(reading: Reading, node: Node) -> Iterator[Statement]:
    """The arms of an `if`: each keyword of its own begins another part."""
    condition: list[Node] = []
    body: list[Node] = []
    arms: list[Node] = []
    into = condition
    for child in node.children:
        if child.type == "then" or (child.type == "else" and node.type == "else_clause"):
            into = body
        elif child.type in {"elif_clause", "else_clause"}:
            arms.append(child)
        elif child.is_named:
            into.append(child)
    yield Block(
        reading.file.of(node),
        "if",
        reading.statements(body),
        _condition(reading, node, condition) if condition else None,
    )
    for arm in arms:
        yield from _if(reading, arm)


def _condition(reading: Reading, node: Node, nodes: list[Node]) -> Expr:
    parts = given_by(reading.statements(nodes))
    return parts[0] if len(parts) == 1 else Other(reading.file.of(node), "condition", parts)


def _for(reading: Reading, node: Node) -> Iterator[Statement]:
    name = node.child_by_field_name("variable")
    values = reading.expressions(node.children_by_field_name("value"))
    names = (reading.file.piece(name),) if name is not None else ()
    span = reading.file.of(node)
    yield Repeat(span, names, Items(span, values), _body(reading, node))


def _while(reading: Reading, node: Node) -> Iterator[Statement]:
    conditions = [one for one in node.children_by_field_name("condition") if one.is_named]
    over = _condition(reading, node, conditions)
    yield Repeat(reading.file.of(node), (), over, _body(reading, node))


def _case(reading: Reading, node: Node) -> Iterator[Statement]:
    condition = expression_at(reading, node, "value")
    for item in node.children:
        if item.type == "case_item":
            patterns = item.children_by_field_name("value")
            after = max((one.end_byte for one in patterns), default=item.start_byte)
            body = [one for one in item.children if one.start_byte >= after and one.is_named]
            yield Block(reading.file.of(item), "switch", reading.statements(body), condition)


def _function(reading: Reading, node: Node) -> Iterator[Statement]:
    name = node.child_by_field_name("name")
    written = reading.file.piece(name) if name is not None else ""
    span = reading.file.of(node)
    yield Define(span, Function(span=span, name=written, body=_body(reading, node)))


def _body(reading: Reading, node: Node) -> tuple[Statement, ...]:
    body = node.child_by_field_name("body")
    return () if body is None else several(reading, body)


STATEMENTS: dict[str, ReadStatement] = {
    "command": _command_statement,
    "variable_assignment": _assignment,
    "variable_assignments": several,
    "declaration_command": _declaration,
    "redirected_statement": _redirected,
    "list": _listed,
    "pipeline": _piped,
    "negated_command": several,
    "compound_statement": grouped,
    "subshell": grouped,
    "do_group": grouped,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "case_statement": _case,
    "function_definition": _function,
    "ERROR": several,
    "heredoc_body": nothing,
    "word": nothing,
}
