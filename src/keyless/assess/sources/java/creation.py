"""What Java makes with `new`, and the arguments of calls.

Rules:
- the members of an anonymous class follow the call (``Call.then``) by their names; a block in it, as in
  `new HashMap<>() {{ put("a", b); }}`, is a function with the name of a constructor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.java import names
from keyless.assess.sources.reading import Reading, expression_at
from keyless.assess.syntax.expressions import (
    CONSTRUCTOR,
    Argument,
    Assign,
    Call,
    Define,
    Entry,
    Expr,
    Function,
    Lambda,
    Literal,
    Member,
    Name,
    Other,
    Statement,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def arguments(reading: Reading, node: Node | None) -> tuple[Argument, ...]:
    """The arguments between parentheses."""
    if node is None:
        return ()
    return tuple(Argument(one) for one in reading.expressions(node.named_children))


def created(reading: Reading, node: Node) -> Expr:
    """`new T(…)`, `new T(…) { … }`, `outer.new T(…)`."""
    span = reading.file.of(node)
    written = node.child_by_field_name("type")
    if written is None:
        return Other(span, node.type, reading.expressions(node.named_children))
    return Call(
        span,
        _type_made(reading, node, written),
        arguments(reading, node.child_by_field_name("arguments")),
        new=True,
        then=members(reading, next((one for one in node.named_children if one.type == "class_body"), None)),
        types=names.type_arguments(reading, written),
    )


def _type_made(reading: Reading, node: Node, written: Node) -> Expr:
    made = reading.expression(written)
    first = node.children[0]
    if first.type == "new" or not isinstance(made, Name):
        return made
    return Member(made.span, reading.expression(first), made.id)


def members(reading: Reading, node: Node | None) -> tuple[Entry, ...]:
    """The members of a class without a name."""
    if node is None:
        return ()
    return tuple(entry for one in node.named_children for entry in _member(reading, one))


def _member(reading: Reading, node: Node) -> tuple[Entry, ...]:
    found = tuple(reading.statement(node))
    span = reading.file.of(node)
    if node.type in ("block", "static_initializer"):
        function = Function(span=span, name=CONSTRUCTOR, body=found)
        return (Entry(span, Literal(span, CONSTRUCTOR), Lambda(span, function)),)
    return tuple(entry for one in found for entry in _entry(one))


def _entry(one: Statement) -> tuple[Entry, ...]:
    if isinstance(one, Define):
        key = Literal(one.span, one.function.name)
        return (Entry(one.span, key, Lambda(one.span, one.function)),)
    if isinstance(one, Assign) and isinstance(one.target, Name) and one.value is not None:
        return (Entry(one.span, Literal(one.target.span, one.target.id), one.value),)
    if isinstance(one, Assign):
        return ()
    function = Function(span=one.span, name="", body=(one,))
    return (Entry(one.span, Literal(one.span, getattr(one, "name", "")), Lambda(one.span, function)),)


def array(reading: Reading, node: Node) -> Expr:
    """`new T[] {a, b}`, `new T[n]`."""
    found = expression_at(reading, node, "value")
    if found is not None:
        return found
    sizes = (one for one in node.named_children if one.type == "dimensions_expr")
    inner = (child for one in sizes for child in one.named_children)
    return Other(reading.file.of(node), node.type, reading.expressions(inner))
