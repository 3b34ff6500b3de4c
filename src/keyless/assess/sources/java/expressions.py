"""Expressions of Java."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from keyless.assess.sources.formats import formatted_call
from keyless.assess.sources.java import creation, literals, names
from keyless.assess.sources.java.functions import lambda_function
from keyless.assess.sources.java.switches import chosen
from keyless.assess.sources.reading import ReadExpression, Reading, expression_at, flat, other, within
from keyless.assess.sources.texts import added
from keyless.assess.syntax.expressions import (
    Assign,
    Call,
    Choice,
    Expr,
    Index,
    Items,
    Member,
    Name,
    Other,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_BEFORE = {"method_invocation": "object", "field_access": "object", "array_access": "array"}


def chained(reading: Reading, node: Node) -> Expr:
    """Members, calls and indices, one after the other."""
    if node.type == "method_invocation" and node.child_by_field_name("object") is None:
        return _call(reading, node, None)
    return reading.chain(node, _BEFORE, _link)


def _link(reading: Reading, node: Node, before: Expr) -> Expr:
    if node.type == "method_invocation":
        return _call(reading, node, before)
    span = reading.file.of(node)
    if node.type == "field_access":
        return Member(span, before, _name_at(reading, node, "field"))
    key = expression_at(reading, node, "index")
    return Index(span, before, Other(span, node.type) if key is None else key)


def _name_at(reading: Reading, node: Node, field: str) -> str:
    found = node.child_by_field_name(field)
    return "" if found is None else reading.file.piece(found)


def _call(reading: Reading, node: Node, before: Expr | None) -> Expr:
    name = node.child_by_field_name("name") or node.children[0]
    written = reading.file.piece(name)
    span = reading.file.of(name)
    if before is None:
        callee: Expr = Name(span, written)
    else:
        callee = Member(reading.file.span(node.start_byte, name.end_byte), before, written)
    call = Call(
        reading.file.of(node),
        callee,
        creation.arguments(reading, node.child_by_field_name("arguments")),
        types=names.type_arguments(reading, node.child_by_field_name("type_arguments")),
    )
    return formatted_call(call)


def binary(reading: Reading, node: Node) -> Expr:
    """Operators between two: `+` puts texts together."""
    sign = node.child_by_field_name("operator")
    operator = "" if sign is None else sign.type
    operands = tuple(reading.expression(one) for one in flat(node, node.type, operator))
    span = reading.file.of(node)
    return added(span, node.type, operands) if operator == "+" else Other(span, node.type, operands)


def conditional(reading: Reading, node: Node) -> Expr:
    """`a ? b : c`; what follows as another one stands beside it."""
    alternatives: list[Expr] = []
    conditions: list[Expr] = []
    one: Node | None = node
    while one is not None and one.type == node.type:
        condition, first = (
            expression_at(reading, one, "condition"),
            expression_at(reading, one, "consequence"),
        )
        conditions.extend(() if condition is None else (condition,))
        alternatives.extend(() if first is None else (first,))
        one = one.child_by_field_name("alternative")
    alternatives.extend(() if one is None else (reading.expression(one),))
    span = reading.file.of(node)
    asked = conditions[0] if len(conditions) == 1 else Other(span, node.type, tuple(conditions))
    return Choice(span, tuple(alternatives), asked)


def assigned(reading: Reading, node: Node) -> Expr:
    """An assignment within an expression: it is made before, and its target stands in its place."""
    found = assignment(reading, node)
    reading.hoisted.append(found)
    return found.target


def assignment(reading: Reading, node: Node) -> Assign:
    """`a = b`, `a += b`."""
    target, value = expression_at(reading, node, "left"), expression_at(reading, node, "right")
    span = reading.file.of(node)
    return Assign(span, Other(span, node.type) if target is None else target, value)


def matched(reading: Reading, node: Node) -> Expr:
    """`a instanceof B b`: the name is bound, and stands for it."""
    span = reading.file.of(node)
    value, name = expression_at(reading, node, "left"), node.child_by_field_name("name")
    if value is None:
        return Other(span, node.type)
    if name is not None:
        value = reading.bind(name, reading.file.piece(name), value)
    return Other(span, node.type, (value,))


def reference(reading: Reading, node: Node) -> Expr:
    """`A::b`, `A::new`."""
    name = reading.file.piece(node.children[-1])
    return Member(reading.file.of(node), reading.expression(node.children[0]), name)


def class_of(reading: Reading, node: Node) -> Expr:
    """`A.class`."""
    return Member(reading.file.of(node), reading.expression(node.named_children[0]), "class")


def items(reading: Reading, node: Node) -> Expr:
    """`{a, b}`."""
    return Items(reading.file.of(node), reading.expressions(node.named_children))


def cast(reading: Reading, node: Node) -> Expr:
    """`(T) a`: the value."""
    found = expression_at(reading, node, "value")
    return within(reading, node) if found is None else found


EXPRESSIONS: Mapping[str, ReadExpression] = {
    **dict.fromkeys(_BEFORE, chained),
    "identifier": names.identifier,
    "type_identifier": names.identifier,
    "integral_type": names.identifier,
    "floating_point_type": names.identifier,
    "boolean_type": names.identifier,
    "void_type": names.identifier,
    "this": names.identifier,
    "super": names.identifier,
    "scoped_identifier": names.scoped,
    "scoped_type_identifier": names.scoped,
    "generic_type": names.of_type,
    "array_type": names.of_type,
    "annotated_type": names.of_type,
    "annotation": names.annotation,
    "marker_annotation": names.annotation,
    "string_literal": literals.text,
    "character_literal": literals.text,
    "decimal_integer_literal": literals.numeral,
    "hex_integer_literal": literals.numeral,
    "octal_integer_literal": literals.numeral,
    "binary_integer_literal": literals.numeral,
    "decimal_floating_point_literal": literals.numeral,
    "hex_floating_point_literal": literals.numeral,
    "true": literals.constant,
    "false": literals.constant,
    "null_literal": literals.constant,
    "binary_expression": binary,
    "ternary_expression": conditional,
    "switch_expression": chosen,
    "instanceof_expression": matched,
    "assignment_expression": assigned,
    "object_creation_expression": creation.created,
    "array_creation_expression": creation.array,
    "array_initializer": items,
    "lambda_expression": lambda_function,
    "method_reference": reference,
    "class_literal": class_of,
    "unary_expression": other,
    "update_expression": other,
    "parenthesized_expression": within,
    "cast_expression": cast,
}
