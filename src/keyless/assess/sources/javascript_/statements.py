"""JavaScript's statements but for functions and classes.

Rules:
- what is taken apart (`const {a, b: c} = x`) is assigned name by name, from a member or an index of the
  value, which gets a made-up name where it has none;
- an assignment within an expression is put before the statement that it stands in;
- the arms of `if`, `try` and `switch` are blocks one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.javascript_.expressions import key_of
from keyless.assess.sources.javascript_.imports import required
from keyless.assess.sources.putting import calls_nothing
from keyless.assess.sources.texts import joined
from keyless.assess.syntax.code import Import
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Choice,
    Expr,
    Index,
    Literal,
    Member,
    Repeat,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from keyless.assess.sources.putting import Putting
    from keyless.assess.syntax.span import Span

_PATTERNS = ("object_pattern", "array_pattern")
_DEFAULTED = ("assignment_pattern", "object_assignment_pattern")


def declaration(reading: Putting, node: Node, words: tuple[str, ...] = ()) -> None:
    """`const a = b, {c} = d`."""
    for one in node.named_children:
        if one.type == "variable_declarator":
            _declarator(reading, one, (*words, node.children[0].type))


def _declarator(reading: Putting, node: Node, words: tuple[str, ...]) -> None:
    target, declared = node.child_by_field_name("name"), node.child_by_field_name("type")
    value = reading.optional(node.child_by_field_name("value"))
    if target is None:
        return
    kind = type_text(reading, declared)
    if target.type in _PATTERNS:
        _import_parts(reading, target, value, reading.span(node.parent or node))
        take_apart(reading, target, value or Literal(reading.span(node), None), words)
        return
    found = required(value)
    if found is not None:
        reading.imports.append(Import(reading.span(node.parent or node), *found, reading.text(target)))
    reading.put(Assign(reading.span(node), reading.name(target), value, kind, words=words))


def type_text(reading: Putting, node: Node | None) -> str | None:
    """A type as it is written."""
    return None if node is None else reading.text(node).lstrip(": \t\r\n")


def _import_parts(reading: Putting, pattern: Node, value: Expr | None, span: Span) -> None:
    found = required(value)
    if found is None or found[1] is not None or pattern.type != "object_pattern":
        return
    for one in pattern.named_children:
        name = one.child_by_field_name("key") or one
        alias = one.child_by_field_name("value") or one
        if alias.type in ("identifier", "shorthand_property_identifier_pattern"):
            module = found[0]
            reading.imports.append(Import(span, module, reading.text(name), reading.text(alias)))


def take_apart(reading: Putting, pattern: Node, value: Expr, words: tuple[str, ...] = ()) -> None:
    """Assign each name in a pattern."""
    base = reading.named(pattern, value)
    for at, one in _places(pattern):
        _take_part(reading, one, _part_of(reading, base, one, at), words)


def _places(pattern: Node) -> list[tuple[int, Node]]:
    if pattern.type == "object_pattern":
        return [(0, one) for one in pattern.named_children if one.type != "comment"]
    found: list[tuple[int, Node]] = []
    at = 0
    for one in pattern.children:
        at += one.type == ","
        if one.is_named and one.type != "comment":
            found.append((at, one))
    return found


def _part_of(reading: Putting, base: Expr, node: Node, at: int) -> Expr:
    span = reading.span(node)
    if node.type == "rest_pattern":
        return base
    if node.parent is not None and node.parent.type == "array_pattern":
        return Index(span, base, Literal(span, at))
    key_node = node.child_by_field_name("key") or node.child_by_field_name("left") or node
    key = key_of(reading, key_node)
    name = text_of(key)
    return Index(span, base, key) if name is None else Member(span, base, name)


def _take_part(reading: Putting, node: Node, value: Expr, words: tuple[str, ...]) -> None:
    target = node
    if target.type == "pair_pattern":
        target = target.child_by_field_name("value") or target
    if target.type in _DEFAULTED:
        value = Choice(reading.span(target), (value, reading.field(target, "right")))
        target = target.child_by_field_name("left") or target
    if target.type == "rest_pattern" and target.named_children:
        target = target.named_children[0]
    if target.type in _PATTERNS:
        take_apart(reading, target, value, words)
    else:
        reading.put(Assign(reading.span(node), _target(reading, target), value, words=words))


def _target(reading: Putting, node: Node) -> Expr:
    if node.type == "shorthand_property_identifier_pattern":
        return reading.name(node)
    return reading.expression(node)


def names_in(reading: Putting, node: Node) -> tuple[str, ...]:
    """The names that a pattern binds."""
    if node.type in ("identifier", "shorthand_property_identifier_pattern"):
        return (reading.text(node),)
    if node.type == "pair_pattern":
        value = node.child_by_field_name("value")
        return () if value is None else names_in(reading, value)
    if node.type in _DEFAULTED:
        left = node.child_by_field_name("left")
        return () if left is None else names_in(reading, left)
    return tuple(name for one in node.named_children for name in names_in(reading, one))


def assignment(reading: Putting, node: Node) -> Expr:
    """`a = b` wherever it stands: put, and then what was assigned to."""
    left = node.child_by_field_name("left")
    value = reading.field(node, "right")
    if left is not None and left.type in _PATTERNS:
        take_apart(reading, left, value)
        return Literal(reading.span(node), None)
    target = reading.field(node, "left")
    reading.put(Assign(reading.span(node), target, value))
    return target


def augmented(reading: Putting, node: Node) -> Expr:
    """`a += b`, `a ??= b`: what it was, and what comes to it."""
    target, value = reading.field(node, "left"), reading.field(node, "right")
    operator = node.child_by_field_name("operator")
    span = reading.span(node)
    kind = "" if operator is None else operator.type
    if not calls_nothing(target):
        pass  # what is called in the target is not called twice
    elif kind == "+=":
        value = joined(span, (target, value))
    elif kind in ("??=", "||=", "&&="):
        value = Choice(span, (target, value))
    reading.put(Assign(span, target, value))
    return target


_ASSIGNS = ("assignment_expression", "augmented_assignment_expression")


def expression_statement(reading: Putting, node: Node) -> None:
    """An expression for itself."""
    for one in node.named_children:
        inner = one
        while inner.type == "parenthesized_expression" and len(inner.named_children) == 1:
            inner = inner.named_children[0]
        if inner.type in _ASSIGNS:
            reading.expression(inner)
        elif inner.type == "sequence_expression":
            _sequence(reading, inner)
        else:
            reading.puts(inner)


def _sequence(reading: Putting, node: Node) -> None:
    for one in node.named_children:
        if one.type in _ASSIGNS:
            reading.expression(one)
        else:
            reading.puts(one)


def if_statement(reading: Putting, node: Node) -> None:
    """`if`, and each `else if` and `else` after it."""
    one: Node | None = node
    while one is not None and one.type == "if_statement":
        condition = reading.field(one, "condition")
        _arm(reading, one, "if", _lines(one.child_by_field_name("consequence")), condition)
        otherwise = one.child_by_field_name("alternative")
        inner = [] if otherwise is None else [at for at in otherwise.named_children if at.type != "comment"]
        one = inner[0] if inner else None
    if one is not None:
        _arm(reading, one, "else", _lines(one), None)


def _arm(reading: Putting, node: Node, kind: str, lines: Sequence[Node], condition: Expr | None) -> None:
    reading.put(Block(reading.span(node), kind, reading.block(lines), condition))


def _lines(node: Node | None) -> Sequence[Node]:
    if node is None:
        return ()
    return node.named_children if node.type == "statement_block" else (node,)


def try_statement(reading: Putting, node: Node) -> None:
    """`try`, `catch` and `finally`."""
    _arm(reading, node, "try", _lines(node.child_by_field_name("body")), None)
    for field in ("handler", "finalizer"):
        clause = node.child_by_field_name(field)
        if clause is not None:
            _arm(reading, clause, clause.children[0].type, _lines(clause.child_by_field_name("body")), None)


def switch_statement(reading: Putting, node: Node) -> None:
    """`switch`: a block for each case."""
    subject = reading.named(node, reading.field(node, "value"))
    body = node.child_by_field_name("body")
    for case in () if body is None else body.named_children:
        if case.type != "comment":
            _arm(reading, case, "switch", case.named_children, subject)


def for_in(reading: Putting, node: Node) -> None:
    """`for (const a of b)`."""
    left, over = node.child_by_field_name("left"), reading.field(node, "right")
    inner = reading.block(_lines(node.child_by_field_name("body")))
    reading.put(Repeat(reading.span(node), () if left is None else names_in(reading, left), over, inner))


def loops(reading: Putting, node: Node) -> None:
    """`for (;;)`, `while`, `do`: a condition is looked at each time round."""
    initial = node.child_by_field_name("initializer")
    if initial is not None:
        reading.puts(initial)
    body = _lines(node.child_by_field_name("body"))
    conditions = [one for one in node.children_by_field_name("condition") if one.is_named]
    each = [*conditions, *body, *node.children_by_field_name("increment")]
    reading.put(Repeat(reading.span(node), (), None, reading.block(each)))
