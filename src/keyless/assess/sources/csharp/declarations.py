"""Declarations of C#: namespaces, what is used, types and their members.

Rules:
- parameters of a primary constructor are fields, which the constructor sets: `class A(B b)` is read like
  `class A { B b; A(B b) { this.b = b; } }`;
- what is handed to the constructor of the base is a call of `base`, at the beginning of the constructor;
- a property is a field; one that is a single expression, or whose getter is, has that as its value; any
  other getter or setter is a function of the property's name, with `get` or `set` among its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from keyless.assess.sources import members
from keyless.assess.sources.csharp import creation, functions, names
from keyless.assess.sources.csharp.statements import declared
from keyless.assess.sources.reading import Reading, ReadStatement, nothing, statements_at
from keyless.assess.syntax.code import Import
from keyless.assess.syntax.expressions import (
    CONSTRUCTOR,
    Assign,
    Call,
    Class,
    Define,
    Evaluate,
    Expr,
    Function,
    Name,
    Return,
    Statement,
)

if TYPE_CHECKING:
    from tree_sitter import Node

Told = Iterable[Statement]


def used_namespace(reading: Reading, node: Node) -> Told:
    """`using A.B;`, `using static A.B;`, `using C = A.B;`."""
    alias = node.child_by_field_name("name")
    written = reading.file.piece(names.parts(node)[-1]).partition("<")[0].removeprefix("global::")
    span = reading.file.of(node)
    if alias is None:
        reading.imports.append(Import(span, written))
    else:
        module, _, name = written.rpartition(".")
        reading.imports.append(Import(span, module, name, names.text(reading, alias)))
    return ()


def namespace(reading: Reading, node: Node) -> Told:
    """A namespace: what is in it."""
    name = node.child_by_field_name("name")
    reading.package = reading.package or ("" if name is None else reading.file.piece(name))
    return statements_at(reading, node, "body")


def within_braces(reading: Reading, node: Node) -> Told:
    """What stands between the braces of a namespace or type."""
    return reading.statements(node.named_children)


def type_declared(reading: Reading, node: Node) -> Told:
    """A class, record, struct or interface."""
    bases = next((one for one in node.named_children if one.type == "base_list"), None)
    body = (*_primary(reading, node, bases), *statements_at(reading, node, "body"))
    return (_class(reading, node, body, () if bases is None else _bases(reading, bases)),)


def _class(reading: Reading, node: Node, body: tuple[Statement, ...], bases: tuple[str, ...] = ()) -> Class:
    name = node.child_by_field_name("name")
    written = "" if name is None else names.text(reading, name)
    return Class(reading.file.of(node), written, bases, body, names.marks(reading, node))


def _bases(reading: Reading, node: Node) -> tuple[str, ...]:
    found = (
        one.child_by_field_name("type") or one
        for one in node.named_children
        if one.type not in ("argument_list", "comment")
    )
    return tuple(reading.file.piece(one) for one in found)


def _primary(reading: Reading, node: Node, bases: Node | None) -> tuple[Statement, ...]:
    given = next((one for one in node.named_children if one.type == "parameter_list"), None)
    if given is None:
        return ()
    found = functions.parameters(reading, given)
    handed = None if bases is None else _argument_list(bases)
    body = (
        *(() if handed is None else (_base_call(reading, handed, "base"),)),
        *members.set_fields(found),
    )
    constructor = Function(span=reading.file.of(given), name=CONSTRUCTOR, parameters=found, body=body)
    return (*members.fields(found), Define(constructor.span, constructor))


def _argument_list(node: Node) -> Node | None:
    for one in node.named_children:
        if one.type == "argument_list":
            return one
        if one.type == "primary_constructor_base_type":
            return _argument_list(one)
    return None


def _base_call(reading: Reading, given: Node, callee: str) -> Statement:
    span = reading.file.of(given)
    return Evaluate(span, Call(span, Name(span, callee), creation.arguments(reading, given)))


def enumeration(reading: Reading, node: Node) -> Told:
    """An enumeration; its members are fields."""
    body = node.child_by_field_name("body")
    found = () if body is None else reading.statements(body.named_children)
    return (_class(reading, node, found),)


def enumerated(reading: Reading, node: Node) -> Told:
    """A member of an enumeration."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None:
        return ()
    held = None if value is None else reading.expression(value)
    marks = names.marks(reading, node)
    return (Assign(reading.file.of(node), reading.expression(name), held, None, marks),)


def method(reading: Reading, node: Node) -> Told:
    """A method, a function within another, an operator, a conversion, a destructor."""
    name = node.child_by_field_name("name")
    result = node.child_by_field_name("returns") or node.child_by_field_name("type")
    written = node.type if name is None else names.text(reading, name)
    return (_function(reading, node, written, names.type_text(reading, result)),)


def constructor(reading: Reading, node: Node) -> Told:
    """A constructor; what it hands to another one comes first."""
    handed = next((one for one in node.named_children if one.type == "constructor_initializer"), None)
    return (_function(reading, node, CONSTRUCTOR, None, _handed_on(reading, handed)),)


def _handed_on(reading: Reading, node: Node | None) -> tuple[Statement, ...]:
    given = None if node is None else _argument_list(node)
    if node is None or given is None:
        return ()
    callee = "this" if any(one.type == "this" for one in node.children) else "base"
    return (_base_call(reading, given, callee),)


def _function(
    reading: Reading,
    node: Node,
    name: str,
    result: str | None,
    first: tuple[Statement, ...] = (),
) -> Define:
    function = Function(
        span=reading.file.of(node),
        name=name,
        parameters=functions.parameters(reading, node.child_by_field_name("parameters")),
        body=(*first, *functions.body(reading, node.child_by_field_name("body"))),
        marks=names.marks(reading, node),
        result=result,
        words=(*names.words(reading, node), *functions.extends(reading, node)),
    )
    return Define(function.span, function)


def property_declared(reading: Reading, node: Node) -> Told:
    """A property or indexer."""
    name = node.child_by_field_name("name")
    span = reading.file.of(node)
    target = Name(span, "this[]") if name is None else reading.expression(name)
    found = [] if name is None else list(_accessors(reading, node, names.text(reading, name)))
    value = node.child_by_field_name("value")
    held = None if value is None else reading.expression(value)
    if held is None:
        held, found = _only_value(found)
    field = Assign(
        span,
        target,
        held,
        names.type_text(reading, node.child_by_field_name("type")),
        names.marks(reading, node),
        names.words(reading, node),
    )
    return (field, *found)


def _accessors(reading: Reading, node: Node, name: str) -> Iterable[Define]:
    accessors = node.child_by_field_name("accessors")
    for one in () if accessors is None else accessors.named_children:
        body = one.child_by_field_name("body")
        if one.type != "accessor_declaration" or body is None:
            continue
        kind = one.child_by_field_name("name")
        words = (*names.words(reading, one), "" if kind is None else reading.file.piece(kind))
        function = Function(
            span=reading.file.of(one), name=name, body=functions.body(reading, body), words=words
        )
        yield Define(function.span, function)


def _only_value(found: list[Define]) -> tuple[Expr | None, list[Define]]:
    for one in found:
        body = one.function.body
        if "get" in one.function.words and len(body) == 1 and isinstance(body[0], Return):
            return body[0].value, [other for other in found if other is not one]
    return None, found


DECLARATIONS: Mapping[str, ReadStatement] = {
    "using_directive": used_namespace,
    "namespace_declaration": namespace,
    "file_scoped_namespace_declaration": namespace,
    "declaration_list": within_braces,
    "class_declaration": type_declared,
    "record_declaration": type_declared,
    "record_struct_declaration": type_declared,
    "struct_declaration": type_declared,
    "interface_declaration": type_declared,
    "enum_declaration": enumeration,
    "enum_member_declaration": enumerated,
    "delegate_declaration": nothing,
    "global_attribute": nothing,
    "field_declaration": declared,
    "event_field_declaration": declared,
    "property_declaration": property_declared,
    "indexer_declaration": property_declared,
    "event_declaration": nothing,
    "method_declaration": method,
    "local_function_statement": method,
    "operator_declaration": method,
    "conversion_operator_declaration": method,
    "destructor_declaration": method,
    "constructor_declaration": constructor,
}
