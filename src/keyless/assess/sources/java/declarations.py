"""Declarations of Java: the package, imports, types and their members.

Rules:
- the parameters of a record are fields, which its constructor sets; what a compact constructor does comes
  before that;
- a constant of an enumeration is a field that holds an object of it;
- initializers of a class or object are statements among its members.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from keyless.assess.sources import members
from keyless.assess.sources.java import creation, functions, names
from keyless.assess.sources.reading import Reading, ReadStatement, nothing, statements_at
from keyless.assess.syntax.code import Import
from keyless.assess.syntax.expressions import (
    CONSTRUCTOR,
    Assign,
    Call,
    Class,
    Define,
    Expr,
    Function,
    Name,
    Statement,
)

if TYPE_CHECKING:
    from tree_sitter import Node

Told = Iterable[Statement]
_BASES = ("superclass", "super_interfaces", "extends_interfaces")


def package(reading: Reading, node: Node) -> Told:
    """`package a.b;`."""
    reading.package = reading.file.piece(node.named_children[-1])
    return ()


def imported(reading: Reading, node: Node) -> Told:
    """`import a.B;`, `import a.*;`, `import static a.B.c;`."""
    span = reading.file.of(node)
    found = [one for one in node.named_children if one.type in ("identifier", "scoped_identifier")]
    written = reading.file.piece(found[0]) if found else ""
    if any(one.type == "asterisk" for one in node.named_children):
        reading.imports.append(Import(span, written))
    else:
        module, _, name = written.rpartition(".")
        reading.imports.append(Import(span, module, name, name))
    return ()


def type_declared(reading: Reading, node: Node) -> Told:
    """A class, interface, enumeration or annotation."""
    return (_class(reading, node, statements_at(reading, node, "body")),)


def record(reading: Reading, node: Node) -> Told:
    """A record."""
    found = functions.parameters(reading, node.child_by_field_name("parameters"))
    body = node.child_by_field_name("body")
    inner = [] if body is None else body.named_children
    compact = next((one for one in inner if one.type == "compact_constructor_declaration"), None)
    first = () if compact is None else statements_at(reading, compact, "body")
    constructor = Function(
        span=reading.file.of(node if compact is None else compact),
        name=CONSTRUCTOR,
        parameters=found,
        body=(*first, *members.set_fields(found)),
    )
    others = reading.statements(inner)
    whole = (*members.fields(found), Define(constructor.span, constructor), *others)
    return (_class(reading, node, whole),)


def _class(reading: Reading, node: Node, body: tuple[Statement, ...]) -> Class:
    name = node.child_by_field_name("name")
    written = "" if name is None else reading.file.piece(name)
    return Class(reading.file.of(node), written, _bases(reading, node), body, names.marks(reading, node))


def _bases(reading: Reading, node: Node) -> tuple[str, ...]:
    found = (one for child in node.named_children if child.type in _BASES for one in child.named_children)
    types = (each for one in found for each in (one.named_children if one.type == "type_list" else (one,)))
    return tuple(reading.file.piece(one) for one in types)


def inner(reading: Reading, node: Node) -> Told:
    """What stands between the braces of a type."""
    return reading.statements(node.named_children)


def enumerated(reading: Reading, node: Node) -> Told:
    """A constant of an enumeration."""
    name = node.child_by_field_name("name")
    if name is None:
        return ()
    target = Name(reading.file.of(name), reading.file.piece(name))
    words = names.words(reading, node)
    marks = names.marks(reading, node)
    return (Assign(reading.file.of(node), target, _constant(reading, node), None, marks, words),)


def _constant(reading: Reading, node: Node) -> Expr | None:
    given, body = node.child_by_field_name("arguments"), node.child_by_field_name("body")
    if given is None and body is None:
        return None
    enumeration = node.parent and node.parent.parent
    name = enumeration and enumeration.child_by_field_name("name")
    span = reading.file.of(node)
    callee = Name(span, reading.file.piece(name) if name is not None else "")
    arguments = creation.arguments(reading, given)
    return Call(span, callee, arguments, new=True, then=creation.members(reading, body))


def method(reading: Reading, node: Node) -> Told:
    """A method."""
    name = node.child_by_field_name("name")
    result = names.type_text(reading, node.child_by_field_name("type"))
    return (_function(reading, node, "" if name is None else reading.file.piece(name), result),)


def constructor(reading: Reading, node: Node) -> Told:
    """A constructor."""
    return (_function(reading, node, CONSTRUCTOR, None),)


def _function(reading: Reading, node: Node, name: str, result: str | None) -> Define:
    function = Function(
        span=reading.file.of(node),
        name=name,
        parameters=functions.parameters(reading, node.child_by_field_name("parameters")),
        body=functions.body(reading, node.child_by_field_name("body")),
        marks=names.marks(reading, node),
        result=result,
        words=names.words(reading, node),
    )
    return Define(function.span, function)


DECLARATIONS: Mapping[str, ReadStatement] = {
    "package_declaration": package,
    "import_declaration": imported,
    "module_declaration": nothing,
    "class_declaration": type_declared,
    "interface_declaration": type_declared,
    "enum_declaration": type_declared,
    "annotation_type_declaration": type_declared,
    "record_declaration": record,
    "class_body": inner,
    "interface_body": inner,
    "enum_body": inner,
    "enum_body_declarations": inner,
    "annotation_type_body": inner,
    "static_initializer": inner,
    "annotation_type_element_declaration": nothing,
    "compact_constructor_declaration": nothing,
    "enum_constant": enumerated,
    "method_declaration": method,
    "constructor_declaration": constructor,
}
