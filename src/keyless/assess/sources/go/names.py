"""Names, types and parameters of Go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.reading import Reading
from keyless.assess.syntax.expressions import Expr, Function, Lambda, Member, Name, Parameter

if TYPE_CHECKING:
    from tree_sitter import Node

SILENT = frozenset(
    {
        "comment",
        "type_identifier",
        "qualified_type",
        "generic_type",
        "pointer_type",
        "slice_type",
        "array_type",
        "implicit_length_array_type",
        "map_type",
        "channel_type",
        "function_type",
        "struct_type",
        "interface_type",
        "parenthesized_type",
        "negated_type",
        "type_arguments",
        "type_parameter_list",
        "type_elem",
        "label_name",
    }
)


def identifier(reading: Reading, node: Node) -> Expr:
    """A name."""
    return Name(reading.file.of(node), reading.file.piece(node))


def qualified(reading: Reading, node: Node) -> Expr:
    """`a.B` where a type is expected."""
    package, name = node.named_children[0], node.named_children[-1]
    span = reading.file.of(node)
    return Member(span, Name(reading.file.of(package), reading.file.piece(package)), reading.file.piece(name))


def of_type(reading: Reading, node: Node) -> Expr:
    """A type as a name, without pointer and type arguments."""
    return reading.expression(node.named_children[0])


def type_arguments(reading: Reading, node: Node | None) -> tuple[str, ...]:
    """The types between brackets."""
    if node is None:
        return ()
    return tuple(reading.file.piece(one) for one in node.named_children if one.type != "comment")


def type_text(reading: Reading, node: Node | None) -> str | None:
    """A type as it is written, without the pointer; of several results the first."""
    if node is None:
        return None
    if node.type == "parameter_list":
        declared = next((one for one in node.named_children if one.type == "parameter_declaration"), None)
        return None if declared is None else type_text(reading, declared.child_by_field_name("type"))
    return " ".join(reading.file.piece(node).split()).lstrip("*") or None


def parameters(reading: Reading, node: Node | None) -> tuple[Parameter, ...]:
    """The parameters of a list; several can share a type."""
    if node is None:
        return ()
    return tuple(found for one in node.named_children for found in _declared(reading, one))


def _declared(reading: Reading, node: Node) -> tuple[Parameter, ...]:
    if not node.type.endswith("parameter_declaration"):
        return ()
    written = type_text(reading, node.child_by_field_name("type"))
    named = node.children_by_field_name("name") or [node]
    return tuple(_parameter(reading, one, written) for one in named if one.type != ",")


def _parameter(reading: Reading, node: Node, written: str | None) -> Parameter:
    name = reading.file.piece(node) if node.type == "identifier" else ""
    return Parameter(reading.file.of(node), name, written)


def function(reading: Reading, node: Node) -> Function:
    """A function, method or closure."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    receivers = parameters(reading, node.child_by_field_name("receiver"))
    return Function(
        span=reading.file.of(node),
        name="" if name is None else reading.file.piece(name),
        parameters=parameters(reading, node.child_by_field_name("parameters")),
        body=() if body is None else reading.statements(body.named_children),
        result=type_text(reading, node.child_by_field_name("result")),
        receiver=receivers[0] if receivers else None,
    )


def closure(reading: Reading, node: Node) -> Expr:
    """`func(a T) { … }`."""
    found = function(reading, node)
    return Lambda(found.span, found)
