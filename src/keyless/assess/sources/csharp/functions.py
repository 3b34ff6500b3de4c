"""Functions of C#: parameters, lambdas, and bodies in their three forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.csharp import names
from keyless.assess.sources.reading import Reading
from keyless.assess.syntax.expressions import EXTENDS, Expr, Function, Lambda, Parameter, Statement

if TYPE_CHECKING:
    from tree_sitter import Node


def parameters(reading: Reading, node: Node | None) -> tuple[Parameter, ...]:
    """The parameters of a list; `params` is one whose type and name stand beside each other."""
    if node is None:
        return ()
    if node.type in ("implicit_parameter", "identifier"):
        return (Parameter(reading.file.of(node), names.text(reading, node)),)
    found = [_parameter(reading, one) for one in node.named_children if one.type == "parameter"]
    implicit = [one for one in node.named_children if one.type == "implicit_parameter"]
    found.extend(Parameter(reading.file.of(one), names.text(reading, one)) for one in implicit)
    name = node.child_by_field_name("name")
    if name is not None:
        written = names.type_text(reading, node.child_by_field_name("type"))
        found.append(Parameter(reading.file.of(name), names.text(reading, name), written))
    return tuple(found)


def _parameter(reading: Reading, node: Node) -> Parameter:
    name = node.child_by_field_name("name")
    return Parameter(
        reading.file.of(node),
        "" if name is None else names.text(reading, name),
        names.type_text(reading, node.child_by_field_name("type")),
        _default(reading, node),
        names.marks(reading, node),
    )


def extends(reading: Reading, node: Node) -> tuple[str, ...]:
    """`this` for a method that extends the type of its first parameter."""
    given = node.child_by_field_name("parameters")
    first = next((one for one in given.named_children if one.type == "parameter"), None) if given else None
    return (EXTENDS,) if first is not None and EXTENDS in names.words(reading, first) else ()


def _default(reading: Reading, node: Node) -> Expr | None:
    children = node.children
    if len(children) > 2 and children[-2].type == "=":
        return reading.expression(children[-1])
    return None


def body(reading: Reading, node: Node | None) -> tuple[Statement, ...]:
    """A block, `=> value`, or nothing."""
    if node is None:
        return ()
    if node.type == "block":
        return reading.statements(node.named_children)
    if node.type == "arrow_expression_clause":
        return reading.returned(names.parts(node)[-1])
    return reading.returned(node)


def lambda_function(reading: Reading, node: Node) -> Expr:
    """`(a, b) => …`, `async a => …`."""
    function = Function(
        span=reading.file.of(node),
        name="",
        parameters=parameters(reading, node.child_by_field_name("parameters")),
        body=body(reading, node.child_by_field_name("body")),
        marks=names.marks(reading, node),
        result=names.type_text(reading, node.child_by_field_name("type")),
        words=names.words(reading, node),
    )
    return Lambda(function.span, function)


def anonymous_method(reading: Reading, node: Node) -> Expr:
    """`delegate (a) { … }`."""
    block = next((one for one in node.named_children if one.type == "block"), None)
    function = Function(
        span=reading.file.of(node),
        name="",
        parameters=parameters(reading, node.child_by_field_name("parameters")),
        body=body(reading, block),
        words=names.words(reading, node),
    )
    return Lambda(function.span, function)
