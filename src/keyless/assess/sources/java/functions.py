"""Functions of Java: parameters, lambdas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.java import names
from keyless.assess.sources.reading import Reading
from keyless.assess.syntax.expressions import Expr, Function, Lambda, Parameter, Statement

if TYPE_CHECKING:
    from tree_sitter import Node


def parameters(reading: Reading, node: Node | None) -> tuple[Parameter, ...]:
    """The parameters of a list, with or without types, or the one without parentheses."""
    if node is None:
        return ()
    if node.type == "identifier":
        return (Parameter(reading.file.of(node), reading.file.piece(node)),)
    return tuple(found for one in node.named_children if (found := _parameter(reading, one)) is not None)


def _parameter(reading: Reading, node: Node) -> Parameter | None:
    match node.type:
        case "identifier":
            return Parameter(reading.file.of(node), reading.file.piece(node))
        case "formal_parameter":
            return _typed(reading, node, node, node.child_by_field_name("type"))
        case "spread_parameter":
            kinds = [one for one in node.named_children if one.type != "modifiers"]
            return _typed(reading, node, node.named_children[-1], kinds[0])
    return None


def _typed(reading: Reading, node: Node, named: Node, written: Node | None) -> Parameter:
    name = named.child_by_field_name("name")
    return Parameter(
        reading.file.of(node),
        "" if name is None else reading.file.piece(name),
        names.type_text(reading, written),
        marks=names.marks(reading, node),
    )


def body(reading: Reading, node: Node | None) -> tuple[Statement, ...]:
    """A block, a value, or nothing."""
    if node is None:
        return ()
    if node.type in ("block", "constructor_body"):
        return reading.statements(node.named_children)
    return reading.returned(node)


def lambda_function(reading: Reading, node: Node) -> Expr:
    """`(a, b) -> …`, `a -> …`."""
    function = Function(
        span=reading.file.of(node),
        name="",
        parameters=parameters(reading, node.child_by_field_name("parameters")),
        body=body(reading, node.child_by_field_name("body")),
    )
    return Lambda(function.span, function)
