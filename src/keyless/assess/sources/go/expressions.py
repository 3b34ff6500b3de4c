"""Expressions of Go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from keyless.assess.sources.formats import formatted_call
from keyless.assess.sources.go import names
from keyless.assess.sources.go.composites import composite
from keyless.assess.sources.reading import (
    ReadExpression,
    Reading,
    expression_at,
    flat,
    other,
    within,
)
from keyless.assess.sources.texts import added, number, unescaped
from keyless.assess.syntax.expressions import (
    Argument,
    Call,
    Expr,
    Index,
    Literal,
    Member,
    Name,
    Other,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_BEFORE = {"call_expression": "function", "selector_expression": "operand", "index_expression": "operand"}
_TYPES = frozenset(
    (
        *("string", "bool", "byte", "rune", "int", "uint", "uintptr", "any", "error"),
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float32", "float64", "complex64", "complex128"),
    )
)


def chained(reading: Reading, node: Node) -> Expr:
    """Members, calls and indices, one after the other."""
    return reading.chain(node, _BEFORE, _link)


def _link(reading: Reading, node: Node, before: Expr) -> Expr:
    if node.type == "call_expression":
        return _call(reading, node, before)
    span = reading.file.of(node)
    if node.type == "selector_expression":
        field = node.child_by_field_name("field")
        return Member(span, before, "" if field is None else reading.file.piece(field))
    key = expression_at(reading, node, "index")
    return Index(span, before, Other(span, node.type) if key is None else key)


def _call(reading: Reading, node: Node, callee: Expr) -> Expr:
    given = node.child_by_field_name("arguments")
    span = reading.file.of(node)
    if isinstance(callee, Name) and given is not None:
        inner = given.named_children
        if callee.id == "new" and len(inner) == 1:
            return Call(span, reading.expression(inner[0]), new=True)
        if callee.id in _TYPES and len(inner) == 1:
            return reading.expression(inner[0])
    types = names.type_arguments(reading, node.child_by_field_name("type_arguments"))
    return formatted_call(Call(span, callee, _arguments(reading, given), types=types))


def _arguments(reading: Reading, node: Node | None) -> tuple[Argument, ...]:
    if node is None:
        return ()
    silent = names.SILENT
    return tuple(_argument(reading, one) for one in node.named_children if one.type not in silent)


def _argument(reading: Reading, node: Node) -> Argument:
    if node.type == "variadic_argument":
        return Argument(reading.expression(node.named_children[0]), spread=True)
    return Argument(reading.expression(node))


def conversion(reading: Reading, node: Node) -> Expr:
    """`[]byte(a)`: the value; `f[T](a)`, which looks the same, is a call."""
    value, written = expression_at(reading, node, "operand"), node.child_by_field_name("type")
    span = reading.file.of(node)
    if value is None:
        return Other(span, node.type)
    if written is None or written.type != "generic_type":
        return value
    types = names.type_arguments(reading, written.child_by_field_name("type_arguments"))
    return Call(span, reading.expression(written), (Argument(value),), types=types)


def unary(reading: Reading, node: Node) -> Expr:
    """`&a` and `*a` are `a`."""
    if node.children[0].type in ("&", "*"):
        return reading.expression(node.children[-1])
    return other(reading, node)


def binary(reading: Reading, node: Node) -> Expr:
    """Operators between two: `+` puts texts together."""
    sign = node.child_by_field_name("operator")
    operator = "" if sign is None else sign.type
    operands = tuple(reading.expression(one) for one in flat(node, node.type, operator))
    span = reading.file.of(node)
    return added(span, node.type, operands) if operator == "+" else Other(span, node.type, operands)


def asserted(reading: Reading, node: Node) -> Expr:
    """`a.(T)`: the value."""
    found = expression_at(reading, node, "operand")
    return within(reading, node) if found is None else found


def text(reading: Reading, node: Node) -> Expr:
    """`"a"` and `'a'`."""
    return Literal(reading.file.of(node), unescaped(reading.file.piece(node)[1:-1]))


def raw(reading: Reading, node: Node) -> Expr:
    """A text between backticks."""
    return Literal(reading.file.of(node), reading.file.piece(node)[1:-1].replace("\r", ""))


def numeral(reading: Reading, node: Node) -> Expr:
    """A number."""
    return number(reading.file.of(node), node.type, reading.file.piece(node))


def constant(reading: Reading, node: Node) -> Expr:
    """`true`, `false`, `nil`."""
    return Literal(reading.file.of(node), {"true": True, "false": False}.get(node.type))


EXPRESSIONS: Mapping[str, ReadExpression] = {
    **dict.fromkeys(_BEFORE, chained),
    "identifier": names.identifier,
    "type_identifier": names.identifier,
    "package_identifier": names.identifier,
    "field_identifier": names.identifier,
    "blank_identifier": names.identifier,
    "qualified_type": names.qualified,
    "generic_type": names.of_type,
    "pointer_type": names.of_type,
    "slice_type": names.of_type,
    "type_instantiation_expression": names.of_type,
    "interpreted_string_literal": text,
    "rune_literal": text,
    "raw_string_literal": raw,
    "int_literal": numeral,
    "float_literal": numeral,
    "true": constant,
    "false": constant,
    "nil": constant,
    "iota": other,
    "imaginary_literal": other,
    "slice_expression": other,
    "composite_literal": composite,
    "func_literal": names.closure,
    "unary_expression": unary,
    "binary_expression": binary,
    "type_assertion_expression": asserted,
    "type_conversion_expression": conversion,
    "parenthesized_expression": within,
}
