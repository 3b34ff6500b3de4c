"""Names, types, modifiers and annotations of Java.

Rules:
- a type is given as it is written; `var` is none;
- an annotation is a call of its name, or the name alone where it has no arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.reading import Reading
from keyless.assess.syntax.expressions import Argument, Call, Expr, Items, Member, Name

if TYPE_CHECKING:
    from tree_sitter import Node

SILENT = frozenset(
    {
        "line_comment",
        "block_comment",
        "modifiers",
        "annotation",
        "marker_annotation",
        "type_arguments",
        "type_parameters",
        "dimensions",
        "throws",
        "type_identifier",
        "scoped_type_identifier",
        "generic_type",
        "array_type",
        "annotated_type",
        "integral_type",
        "floating_point_type",
        "boolean_type",
        "void_type",
        "underscore_pattern",
    }
)
_ANNOTATIONS = ("annotation", "marker_annotation")


def identifier(reading: Reading, node: Node) -> Expr:
    """A name; `this` and `super` are names."""
    return Name(reading.file.of(node), reading.file.piece(node))


def scoped(reading: Reading, node: Node) -> Expr:
    """`a.B` where a type or name is expected."""
    named = [one for one in node.named_children if one.type not in _ANNOTATIONS]
    before, name = named[0], named[-1]
    return Member(reading.file.of(node), reading.expression(before), reading.file.piece(name))


def of_type(reading: Reading, node: Node) -> Expr:
    """A type as a name, without its arguments, annotations and brackets."""
    inner = [one for one in node.named_children if one.type not in _ANNOTATIONS]
    return reading.expression(inner[0]) if inner else identifier(reading, node)


def type_arguments(reading: Reading, node: Node | None) -> tuple[str, ...]:
    """The types between `<` and `>`."""
    if node is None:
        return ()
    found = next((one for one in (node, *node.named_children) if one.type == "type_arguments"), None)
    return () if found is None else tuple(reading.file.piece(one) for one in found.named_children)


def type_text(reading: Reading, node: Node | None) -> str | None:
    """A declared type."""
    if node is None:
        return None
    written = " ".join(reading.file.piece(node).split())
    return None if written == "var" else written


def _modifiers(node: Node) -> list[Node]:
    found = next((one for one in node.children if one.type == "modifiers"), None)
    return [] if found is None else found.children


def words(reading: Reading, node: Node) -> tuple[str, ...]:
    """The modifiers of a declaration."""
    return tuple(one.type for one in _modifiers(node) if not one.is_named)


def marks(reading: Reading, node: Node) -> tuple[Expr, ...]:
    """The annotations of a declaration."""
    return tuple(annotation(reading, one) for one in _modifiers(node) if one.type in _ANNOTATIONS)


def annotation(reading: Reading, node: Node) -> Expr:
    """`@A`, `@A(b)`, `@A(b = c)`."""
    name = reading.expression(node.child_by_field_name("name") or node.named_children[0])
    given = node.child_by_field_name("arguments")
    if given is None:
        return name
    return Call(
        reading.file.of(node),
        name,
        tuple(_argument(reading, one) for one in given.named_children if not one.type.endswith("comment")),
    )


def _argument(reading: Reading, node: Node) -> Argument:
    if node.type != "element_value_pair":
        return Argument(_value(reading, node))
    key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
    name = None if key is None else reading.file.piece(key)
    return Argument(_value(reading, value or node.named_children[-1]), name)


def _value(reading: Reading, node: Node) -> Expr:
    if node.type in _ANNOTATIONS:
        return annotation(reading, node)
    if node.type == "element_value_array_initializer":
        found = (one for one in node.named_children if not one.type.endswith("comment"))
        return Items(reading.file.of(node), tuple(_value(reading, one) for one in found))
    return reading.expression(node)
