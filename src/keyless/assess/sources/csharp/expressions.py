"""Expressions of C#."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from keyless.assess.sources.csharp import creation, literals, names, patterns
from keyless.assess.sources.csharp.functions import anonymous_method, lambda_function
from keyless.assess.sources.formats import formatted_call
from keyless.assess.sources.reading import ReadExpression, Reading, flat, other, within
from keyless.assess.sources.texts import added
from keyless.assess.syntax.expressions import (
    Assign,
    Call,
    Choice,
    Expr,
    Index,
    Items,
    Literal,
    Member,
    Name,
    Other,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_BEFORE = {
    "invocation_expression": "function",
    "member_access_expression": "expression",
    "element_access_expression": "expression",
    "conditional_access_expression": "condition",
}


def chained(reading: Reading, node: Node) -> Expr:
    """Members, calls and indices, one after the other."""
    return reading.chain(node, _BEFORE, _link)


def _link(reading: Reading, node: Node, before: Expr) -> Expr:
    match node.type:
        case "invocation_expression":
            return _call(reading, node, before)
        case "member_access_expression":
            return _member(reading, node, node.child_by_field_name("name"), before)
        case "element_access_expression":
            return _index(reading, node, node.child_by_field_name("subscript"), before)
    bound = node.named_children[-1]
    if bound.type == "member_binding_expression":
        return _member(reading, node, bound.child_by_field_name("name"), before)
    return _index(reading, node, bound, before)


def _call(reading: Reading, node: Node, callee: Expr) -> Expr:
    given = node.child_by_field_name("arguments")
    if isinstance(callee, Name) and callee.id == "nameof" and given is not None:
        written = reading.file.piece(given).strip("() ")
        return Literal(reading.file.of(node), written.rpartition(".")[2])
    function = node.child_by_field_name("function")
    if function is not None and function.type == "conditional_access_expression":
        function = function.named_children[-1]
    call = Call(
        reading.file.of(node),
        callee,
        creation.arguments(reading, given),
        types=names.type_arguments(reading, function),
    )
    found = creation.with_outs(reading, given, call)
    return formatted_call(found) if isinstance(found, Call) else found


def _member(reading: Reading, node: Node, name: Node | None, before: Expr) -> Expr:
    span = reading.file.of(node)
    if name is None:
        return Other(span, node.type, (before,))
    return Member(span, before, names.simple(reading, name))


def _index(reading: Reading, node: Node, keys: Node | None, before: Expr) -> Expr:
    span = reading.file.of(node)
    found = tuple(one.value for one in creation.arguments(reading, keys))
    if len(found) == 1:
        return Index(span, before, found[0])
    return Index(span, before, Items(span, found))


def keyword(reading: Reading, node: Node) -> Expr:
    """`this` and `base`."""
    return Name(reading.file.of(node), node.type)


def binary(reading: Reading, node: Node) -> Expr:
    """Operators between two: `+` puts texts together, `??` chooses."""
    sign = node.child_by_field_name("operator")
    operator = "" if sign is None else sign.type
    operands = tuple(reading.expression(one) for one in flat(node, node.type, operator))
    span = reading.file.of(node)
    if operator == "+":
        return added(span, node.type, operands)
    if operator == "??":
        return Choice(span, operands)
    return Other(span, node.type, operands)


def conditional(reading: Reading, node: Node) -> Expr:
    """`a ? b : c`; what follows as another one stands beside it."""
    alternatives: list[Expr] = []
    conditions: list[Expr] = []
    one: Node | None = node
    while one is not None and one.type == node.type:
        condition, first = one.child_by_field_name("condition"), one.child_by_field_name("consequence")
        conditions.extend(() if condition is None else (reading.expression(condition),))
        alternatives.extend(() if first is None else (reading.expression(first),))
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
    """`a = b`, `a += b`, `a ??= b`, `(a, b) = c`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    span = reading.file.of(node)
    value = None if right is None else reading.expression(right)
    target = Other(span, node.type) if left is None else reading.expression(left)
    return Assign(span, target, value)


def declared_here(reading: Reading, node: Node) -> Expr:
    """`var a` within an expression: the name."""
    name = node.child_by_field_name("name")
    return reading.expression(name or node.named_children[-1])


def several(reading: Reading, node: Node) -> Expr:
    """A tuple, array or collection."""
    return Items(reading.file.of(node), tuple(_item(reading, one) for one in names.parts(node)))


def _item(reading: Reading, node: Node) -> Expr:
    return within(reading, node) if node.type == "argument" else reading.expression(node)


def wrapped(reading: Reading, node: Node) -> Expr:
    """What means nothing for a value: parentheses, `await`, casts, `!` after a value, `ref`."""
    found = names.parts(node)
    return reading.expression(found[-1]) if found else Other(reading.file.of(node), node.type)


def cast(reading: Reading, node: Node) -> Expr:
    """`(T)a`, `a as T`: the value."""
    value = node.child_by_field_name("value") or node.child_by_field_name("left")
    return wrapped(reading, node) if value is None else reading.expression(value)


def after(reading: Reading, node: Node) -> Expr:
    """`a!` is the value, `a++` is not."""
    if node.children[-1].type == "!":
        return wrapped(reading, node)
    return Other(reading.file.of(node), node.type, reading.expressions(node.named_children))


def type_of(reading: Reading, node: Node) -> Expr:
    """`typeof(T)`, with the type as a name."""
    span = reading.file.of(node)
    written = node.child_by_field_name("type")
    return Other(span, node.type, () if written is None else (reading.expression(written),))


def default(reading: Reading, node: Node) -> Expr:
    """`default`, `default(T)`."""
    return Literal(reading.file.of(node), None)


def type_name(reading: Reading, node: Node) -> Expr:
    """A type where a value is expected: `string.Join`."""
    return names.named_by(reading.file.of(node), reading.file.piece(node))


EXPRESSIONS: Mapping[str, ReadExpression] = {
    **dict.fromkeys(_BEFORE, chained),
    "identifier": names.identifier,
    "implicit_parameter": names.identifier,
    "qualified_name": names.qualified,
    "generic_name": names.simple_name,
    "alias_qualified_name": names.simple_name,
    "predefined_type": type_name,
    "nullable_type": type_name,
    "array_type": type_name,
    "this": keyword,
    "base": keyword,
    "string_literal": literals.plain_text,
    "character_literal": literals.plain_text,
    "verbatim_string_literal": literals.verbatim_text,
    "raw_string_literal": literals.raw_text,
    "interpolated_string_expression": literals.interpolated,
    "integer_literal": literals.numeral,
    "real_literal": literals.numeral,
    "boolean_literal": literals.boolean,
    "null_literal": literals.null,
    "default_expression": default,
    "binary_expression": binary,
    "conditional_expression": conditional,
    "switch_expression": patterns.switched,
    "is_pattern_expression": patterns.matched,
    "assignment_expression": assigned,
    "declaration_expression": declared_here,
    "tuple_expression": several,
    "collection_expression": several,
    "array_creation_expression": creation.array,
    "implicit_array_creation_expression": creation.array,
    "stackalloc_expression": creation.array,
    "implicit_stackalloc_expression": creation.array,
    "initializer_expression": creation.initializer,
    "object_creation_expression": creation.created,
    "implicit_object_creation_expression": creation.created_implicitly,
    "anonymous_object_creation_expression": creation.anonymous,
    "with_expression": creation.changed,
    "lambda_expression": lambda_function,
    "anonymous_method_expression": anonymous_method,
    "parenthesized_expression": wrapped,
    "await_expression": wrapped,
    "checked_expression": wrapped,
    "ref_expression": wrapped,
    "collection_element": wrapped,
    "expression_element": wrapped,
    "spread_element": wrapped,
    "constant_pattern": wrapped,
    "argument": wrapped,
    "arrow_expression_clause": wrapped,
    "cast_expression": cast,
    "as_expression": cast,
    "postfix_unary_expression": after,
    "prefix_unary_expression": other,
    "throw_expression": other,
    "query_expression": other,
    "typeof_expression": type_of,
}
