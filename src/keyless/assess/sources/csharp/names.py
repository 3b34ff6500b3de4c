"""Names, types, modifiers and attributes of C#.

Rules:
- a type is given as it is written, without `?`; `var` is none;
- an attribute is a call of its name, or the name alone where it has no arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.reading import Reading
from keyless.assess.syntax.expressions import Argument, Call, Expr, Member, Name
from keyless.assess.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

SILENT = frozenset(
    {
        "comment",
        "preproc_region",
        "preproc_endregion",
        "preproc_line",
        "preproc_pragma",
        "preproc_nullable",
        "preproc_error",
        "preproc_warning",
        "preproc_define",
        "preproc_undef",
        "preproc_if_in_attribute_list",
        "modifier",
        "attribute_list",
        "predefined_type",
        "implicit_type",
        "array_type",
        "nullable_type",
        "pointer_type",
        "tuple_type",
        "ref_type",
        "scoped_type",
        "function_pointer_type",
        "type_argument_list",
        "type_parameter_list",
        "type_parameter_constraints_clause",
        "explicit_interface_specifier",
        "interpolation_alignment_clause",
        "interpolation_format_clause",
        "shebang_directive",
        "extern_alias_directive",
    }
)
_KEYWORDS = ("this", "base")


def parts(node: Node) -> list[Node]:
    """The children that say something of values: `this` and `base` have no node with a name."""
    return [
        one for one in node.children if (one.is_named or one.type in _KEYWORDS) and one.type not in SILENT
    ]


def identifier(reading: Reading, node: Node) -> Expr:
    """A name, without the `@` that makes one of a keyword."""
    return Name(reading.file.of(node), text(reading, node))


def text(reading: Reading, node: Node) -> str:
    """The text of a name."""
    return reading.file.piece(node).lstrip("@")


def qualified(reading: Reading, node: Node) -> Expr:
    """`a.b` where a type is expected."""
    before, name = node.child_by_field_name("qualifier"), node.child_by_field_name("name")
    if before is None or name is None:
        return Name(reading.file.of(node), text(reading, node))
    return Member(reading.file.of(node), reading.expression(before), simple(reading, name))


def simple(reading: Reading, node: Node) -> str:
    """A name without its type arguments, and without the alias before `::`."""
    if node.type == "generic_name":
        node = node.named_children[0]
    elif node.type == "alias_qualified_name":
        node = node.child_by_field_name("name") or node
    return text(reading, node)


def simple_name(reading: Reading, node: Node) -> Expr:
    """`List<string>` as `List`."""
    return Name(reading.file.of(node), simple(reading, node))


def type_arguments(reading: Reading, node: Node | None) -> tuple[str, ...]:
    """The types in `Name<A, B>`, of a name or of the last part of a longer one."""
    while node is not None and node.type != "generic_name":
        node = node.child_by_field_name("name")
    if node is None:
        return ()
    found = node.named_children[-1]
    return tuple(reading.file.piece(one) for one in found.named_children if one.type != "comment")


def type_text(reading: Reading, node: Node | None) -> str | None:
    """A declared type."""
    if node is None or node.type == "implicit_type":
        return None
    return " ".join(reading.file.piece(node).split()).rstrip("?") or None


def named_by(span: Span, written: str) -> Expr:
    """A type as an expression, without its arguments, all of it at one place."""
    first, *rest = written.partition("<")[0].rstrip("?[]").rpartition("::")[2].split(".")
    found: Expr = Name(span, first.strip())
    for part in rest:
        found = Member(span, found, part.strip())
    return found


def words(reading: Reading, node: Node) -> tuple[str, ...]:
    """The modifiers of a declaration."""
    return tuple(reading.file.piece(one) for one in node.children if one.type == "modifier")


def marks(reading: Reading, node: Node) -> tuple[Expr, ...]:
    """The attributes of a declaration."""
    return tuple(
        _attribute(reading, one)
        for child in node.children
        if child.type == "attribute_list"
        for one in child.named_children
        if one.type == "attribute"
    )


def _attribute(reading: Reading, node: Node) -> Expr:
    children = node.named_children
    name = reading.expression(children[0])
    given = next((one for one in children if one.type == "attribute_argument_list"), None)
    if given is None:
        return name
    arguments = (one for one in given.named_children if one.type == "attribute_argument")
    return Call(reading.file.of(node), name, tuple(_attribute_argument(reading, one) for one in arguments))


def _attribute_argument(reading: Reading, node: Node) -> Argument:
    name = node.child_by_field_name("name")
    value = parts(node)[-1]
    return Argument(reading.expression(value), None if name is None else text(reading, name))
