"""Expressions of PowerShell: calls of .NET, lists, tables and blocks.

Rules:
- `[Type]::Member` is a member of the type's name;
- a cast is what is cast;
- a block of a script (`{ … }`) has the values of its statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.powershell.commands import given_in
from keyless.assess.sources.reading import ReadExpression, Reading, other
from keyless.assess.sources.script_forms import given_by, several, value_of_statements
from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Entry,
    Expr,
    Index,
    Items,
    Literal,
    Member,
    Name,
    Other,
    Record,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def _number(reading: Reading, node: Node) -> Expr:
    written = reading.file.piece(node)
    return Literal(
        reading.file.of(node), int(written) if written.isdecimal() and len(written) < 40 else written
    )


def _parenthesized(reading: Reading, node: Node) -> Expr:
    inner = [one for one in node.children if one.is_named and one.type != "comment"]
    if len(inner) == 1 and inner[0].type != "statement_list":
        return reading.expression(inner[0])
    return value_of_statements(reading, node)


def _either(reading: Reading, node: Node) -> Expr:
    """`a -or b`, and `a ?? b`, which is parsed like it."""
    return Choice(reading.file.of(node), reading.expressions(node.named_children))


def _array(reading: Reading, node: Node) -> Expr:
    """`@( … )`: the values of its statements, where one is a list those of the list."""
    values = given_by(several(reading, node))
    if len(values) == 1 and isinstance(values[0], Items):
        return Items(reading.file.of(node), values[0].items)
    return Items(reading.file.of(node), values)


def _list(reading: Reading, node: Node) -> Expr:
    """`a, b`: the grammar nests the first of them."""
    return Items(reading.file.of(node), reading.expressions(node.named_children))


def _member(reading: Reading, node: Node) -> Expr:
    base = node.child(0)
    name = next((one for one in node.children if one.type == "member_name"), None)
    span = reading.file.of(node)
    if base is None:
        return Other(span, node.type)
    return Member(span, reading.expression(base), reading.file.piece(name) if name is not None else "")


def _element(reading: Reading, node: Node) -> Expr:
    inner = [one for one in node.children if one.is_named]
    span = reading.file.of(node)
    if len(inner) != 2:
        return Other(span, node.type, reading.expressions(inner))
    return Index(span, reading.expression(inner[0]), reading.expression(inner[1]))


def _call(reading: Reading, node: Node) -> Expr:
    arguments = next((one for one in node.children if one.type == "argument_list"), None)
    given = tuple(given_in(reading, arguments)) if arguments is not None else ()
    return Call(reading.file.of(node), _member(reading, node), given)


def _type(reading: Reading, node: Node) -> Expr:
    return Name(reading.file.of(node), reading.file.piece(node).strip("[]"))


def _cast(reading: Reading, node: Node) -> Expr:
    inner = [one for one in node.children if one.is_named and one.type != "type_literal"]
    return reading.expression(inner[-1]) if inner else other(reading, node)


def _hash(reading: Reading, node: Node) -> Expr:
    entries: list[Entry] = []
    for body in node.children:
        for entry in body.children if body.type == "hash_literal_body" else ():
            inner = [one for one in entry.children if one.is_named]
            if entry.type == "hash_entry" and len(inner) >= 2:
                entries.append(
                    Entry(reading.file.of(entry), reading.expression(inner[0]), reading.expression(inner[-1]))
                )
    return Record(reading.file.of(node), tuple(entries))


def _script_block(reading: Reading, node: Node) -> Expr:
    return Other(reading.file.of(node), "script-block", given_by(several(reading, node), assigned=True))


EXPRESSIONS: dict[str, ReadExpression] = {
    "decimal_integer_literal": _number,
    "hexadecimal_integer_literal": _number,
    "real_literal": _number,
    "parenthesized_expression": _parenthesized,
    "sub_expression": value_of_statements,
    "statement_list": value_of_statements,
    "statement_block": value_of_statements,
    "if_statement": value_of_statements,
    "array_expression": _array,
    "array_literal_expression": _list,
    "logical_expression": _either,
    "member_access": _member,
    "element_access": _element,
    "invokation_expression": _call,
    "type_literal": _type,
    "cast_expression": _cast,
    "hash_literal_expression": _hash,
    "script_block_expression": _script_block,
    "script_block": _script_block,
}
