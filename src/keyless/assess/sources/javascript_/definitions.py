"""JavaScript's and TypeScript's functions and classes.

Rules:
- `constructor` is the constructor; a parameter of it that is a property (`private x: T`) is a field of the
  class, and assigned to `this.x` first of all;
- a parameter that is taken apart has a made-up name, and the body begins with what comes of it;
- a class within an expression is put before, and its name stands for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.javascript_.expressions import key_of
from keyless.assess.sources.javascript_.statements import declaration, take_apart, type_text
from keyless.assess.syntax.expressions import (
    CONSTRUCTOR,
    Assign,
    Class,
    Define,
    Entry,
    Expr,
    Function,
    Lambda,
    Member,
    Name,
    Parameter,
    Record,
    Statement,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tree_sitter import Node

    from keyless.assess.sources.putting import Putting

_PATTERNS = ("object_pattern", "array_pattern")
_WORDS = frozenset(
    [
        "async",
        "static",
        "get",
        "set",
        "readonly",
        "abstract",
        "override",
        "accessibility_modifier",
        "override_modifier",
        "*",
        "declare",
    ]
)


def function(reading: Putting, node: Node, words: tuple[str, ...] = (), marks: tuple[Expr, ...] = ()) -> None:
    """`function f() {}`, with a name or as a module's default."""
    made = function_of(reading, node, words, marks)
    reading.put(Define(reading.span(node), made))


def lambda_(reading: Putting, node: Node) -> Expr:
    """A function within an expression: an arrow, `function () {}`, a method of an object."""
    return Lambda(reading.span(node), function_of(reading, node))


def function_of(
    reading: Putting, node: Node, words: tuple[str, ...] = (), marks: tuple[Expr, ...] = ()
) -> Function:
    """The function that a node is."""
    result = node.child_by_field_name("return_type")
    parameters, first = _parameters(reading, node)
    return Function(
        span=reading.span(node),
        name=_name(reading, node),
        parameters=parameters,
        body=_body(reading, node.child_by_field_name("body"), first),
        marks=marks,
        result=type_text(reading, result),
        words=(*words, *words_of(reading, node)),
    )


def _name(reading: Putting, node: Node) -> str:
    name = node.child_by_field_name("name")
    if name is None:
        return ""
    text = text_of(key_of(reading, name)) or ""
    return CONSTRUCTOR if text == "constructor" and node.type == "method_definition" else text


def words_of(reading: Putting, node: Node) -> tuple[str, ...]:
    """The modifiers before a name."""
    return tuple(reading.text(one) for one in node.children if one.type in _WORDS)


def _body(reading: Putting, node: Node | None, first: Sequence[Statement]) -> tuple[Statement, ...]:
    if node is None:
        return tuple(first)
    if node.type == "statement_block":
        return reading.block(node.named_children, first)
    return (*first, *reading.returned(node))


def _parameters(reading: Putting, node: Node) -> tuple[tuple[Parameter, ...], list[Statement]]:
    """The parameters, and the statements that a body begins with because of them."""
    single = node.child_by_field_name("parameter")
    if single is not None:
        return (Parameter(reading.span(single), reading.text(single)),), []
    given = node.child_by_field_name("parameters")
    outer, reading.hoisted = reading.hoisted, []
    nodes = [] if given is None else given.named_children
    found = tuple([_parameter(reading, one) for one in nodes if one.type not in ("comment", "decorator")])
    first, reading.hoisted = reading.hoisted, outer
    return found, first


def _parameter(reading: Putting, node: Node) -> Parameter:
    pattern = node.child_by_field_name("pattern") or node.child_by_field_name("left") or node
    default = reading.optional(node.child_by_field_name("value") or node.child_by_field_name("right"))
    if pattern.type == "rest_pattern" and pattern.named_children:
        pattern = pattern.named_children[0]
    name = reading.made_up(pattern) if pattern.type in _PATTERNS else reading.name(pattern)
    if pattern.type in _PATTERNS:
        take_apart(reading, pattern, name)
    if any(one.type in ("accessibility_modifier", "readonly", "override_modifier") for one in node.children):
        own = Member(name.span, Name(name.span, "this"), name.id)
        reading.put(Assign(reading.span(node), own, name))
    kind = type_text(reading, node.child_by_field_name("type"))
    return Parameter(reading.span(node), name.id, kind, default, decorators_of(reading, node.named_children))


def decorators_of(reading: Putting, nodes: Iterable[Node]) -> tuple[Expr, ...]:
    """What decorators among some nodes say."""
    found = [one for one in nodes if one.type == "decorator"]
    return tuple(mark for one in found for mark in reading.expressions(one.named_children))


def class_(reading: Putting, node: Node, words: tuple[str, ...] = (), marks: tuple[Expr, ...] = ()) -> None:
    """`class A extends B {}`, an interface."""
    name = node.child_by_field_name("name")
    known = "default" if name is None else reading.text(name)
    _put_class(reading, node, known, (*marks, *decorators_of(reading, node.named_children)))
    if "default" in words and name is not None:
        span = reading.span(name)
        reading.put(Assign(span, Name(span, "default"), reading.name(name), words=words))


def _put_class(reading: Putting, node: Node, name: str, marks: tuple[Expr, ...]) -> None:
    body = node.child_by_field_name("body")
    heritage = [one for one in node.named_children if one.type in _HERITAGE]
    bases = tuple(base for one in heritage for base in _bases(reading, one))
    members = () if body is None else _members(reading, body)
    made_of = tuple(mark for one in heritage for mark in _calls_above(reading, one))
    reading.put(Class(reading.span(node), name, bases, members, (*marks, *made_of)))


_HERITAGE = ("class_heritage", "extends_clause", "implements_clause", "extends_type_clause")


def _bases(reading: Putting, node: Node) -> list[str]:
    found: list[str] = []
    for one in node.named_children:
        if one.type in _HERITAGE:
            found += _bases(reading, one)
        elif one.type not in ("type_arguments", "comment"):
            found.append(reading.text(one))
    return found


def _calls_above(reading: Putting, node: Node) -> tuple[Expr, ...]:
    """A base that is made by a call is looked into."""
    if "(" not in reading.text(node):
        return ()
    inner = [one for one in node.named_children if one.type not in ("type_arguments", "implements_clause")]
    return reading.expressions(inner)


def class_expression(reading: Putting, node: Node) -> Expr:
    """A class that stands in an expression."""
    name = node.child_by_field_name("name")
    known = reading.made_up(node) if name is None else reading.name(name)
    _put_class(reading, node, known.id, decorators_of(reading, node.named_children))
    return known


def _members(reading: Putting, body: Node) -> tuple[Statement, ...]:
    outer, reading.hoisted = reading.hoisted, []
    marks: tuple[Expr, ...] = ()
    for one in body.named_children:
        if one.type == "decorator":
            marks = (*marks, *decorators_of(reading, (one,)))
        elif one.type != "comment":
            _member(reading, one, (*marks, *decorators_of(reading, one.named_children)))
            marks = ()
    inner, reading.hoisted = reading.hoisted, outer
    return tuple(inner)


def _member(reading: Putting, node: Node, marks: tuple[Expr, ...]) -> None:
    if node.type in _METHODS:
        made = function_of(reading, node, (), marks)
        if made.name == CONSTRUCTOR:
            _properties(reading, node)
        reading.put(Define(made.span, made))
    elif node.type in _FIELDS:
        _field(reading, node, marks)
    elif node.type in ("class_static_block", "ERROR"):
        for statement in node.named_children:
            reading.puts(statement)


_METHODS = ("method_definition", "method_signature", "abstract_method_signature", "function_signature")
_FIELDS = ("public_field_definition", "field_definition", "property_signature")


def _properties(reading: Putting, node: Node) -> None:
    """The fields that a constructor's parameters are."""
    given = node.child_by_field_name("parameters")
    for one in () if given is None else given.named_children:
        pattern = one.child_by_field_name("pattern")
        if pattern is None or not words_of(reading, one):
            continue
        kind = type_text(reading, one.child_by_field_name("type"))
        reading.put(
            Assign(reading.span(one), reading.name(pattern), None, kind, words=words_of(reading, one))
        )


def _field(reading: Putting, node: Node, marks: tuple[Expr, ...]) -> None:
    name = node.child_by_field_name("name") or node.child_by_field_name("property")
    if name is None:
        return
    key = key_of(reading, name)
    target = Name(key.span, text_of(key) or "")
    value = reading.optional(node.child_by_field_name("value"))
    kind = type_text(reading, node.child_by_field_name("type"))
    reading.put(Assign(reading.span(node), target, value, kind, marks, words_of(reading, node)))


def enum(reading: Putting, node: Node, words: tuple[str, ...] = (), marks: tuple[Expr, ...] = ()) -> None:
    """`enum E {A = 1, B}`: a record under its name."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    entries = [
        _enum_entry(reading, one)
        for one in (() if body is None else body.named_children)
        if one.type != "comment"
    ]
    value = Record(reading.span(node), tuple(entries))
    if name is not None:
        reading.put(Assign(reading.span(node), reading.name(name), value, words=words))


def _enum_entry(reading: Putting, node: Node) -> Entry:
    name = node.child_by_field_name("name") or node
    key = key_of(reading, name)
    value = node.child_by_field_name("value")
    return Entry(reading.span(node), key, key if value is None else reading.expression(value))


def exported(reading: Putting, node: Node, words: tuple[str, ...], decorators: Sequence[Node] = ()) -> None:
    """A declaration with words before it."""
    put = _PUTS.get(node.type)
    if put is not None:
        put(reading, node, words, decorators_of(reading, decorators))
    elif node.type in ("lexical_declaration", "variable_declaration"):
        declaration(reading, node, words)
    else:
        reading.puts(node)


_PUTS = {
    "function_declaration": function,
    "generator_function_declaration": function,
    "class_declaration": class_,
    "abstract_class_declaration": class_,
    "interface_declaration": class_,
    "enum_declaration": enum,
}
