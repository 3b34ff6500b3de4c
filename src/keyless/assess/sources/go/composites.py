"""Composite literals of Go.

Rules:
- a struct is a record of its type, whose keys are its fields' names, or positions where none are given;
- a map is a record without a type, a slice or array is items;
- a literal without a type, within another, has that of the other's elements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.go.names import type_text
from keyless.assess.sources.reading import Reading
from keyless.assess.syntax.expressions import Entry, Expr, Items, Literal, Other, Record

if TYPE_CHECKING:
    from tree_sitter import Node

_LISTS = ("slice_type", "array_type", "implicit_length_array_type")
_ELEMENTS = ("literal_element", "keyed_element")


def composite(reading: Reading, node: Node) -> Expr:
    """`T{…}`, `map[K]V{…}`, `[]T{…}`."""
    body = node.child_by_field_name("body")
    if body is None:
        return Other(reading.file.of(node), node.type)
    return _value(reading, body, node.child_by_field_name("type"), node)


def _value(reading: Reading, body: Node, written: Node | None, whole: Node) -> Expr:
    span = reading.file.of(whole)
    while written is not None and written.type == "pointer_type":
        written = written.named_children[0]
    elements = [one for one in body.named_children if one.type in _ELEMENTS]
    kind = "" if written is None else written.type
    if written is not None and kind in _LISTS:
        inner = written.child_by_field_name("element")
        return Items(span, tuple(_element(reading, _held(one), inner) for one in elements))
    if written is not None and kind == "map_type":
        values = written.child_by_field_name("value")
        keys = written.child_by_field_name("key")
        return Record(span, tuple(_pair(reading, one, at, keys, values) for at, one in enumerate(elements)))
    name = type_text(reading, written)
    entries = tuple(_field(reading, one, at) for at, one in enumerate(elements))
    return Record(span, entries, None if name is None else name.partition("[")[0])


def _held(node: Node) -> Node:
    return node.child_by_field_name("value") or node.named_children[-1]


def _element(reading: Reading, node: Node, written: Node | None) -> Expr:
    inner = node
    while inner.type == "literal_element":
        inner = inner.named_children[-1]
    if inner.type == "literal_value":
        return _value(reading, inner, written, inner)
    return reading.expression(inner)


def _pair(reading: Reading, node: Node, at: int, keys: Node | None, values: Node | None) -> Entry:
    key = node.child_by_field_name("key")
    span = reading.file.of(node)
    found = Literal(span, at) if key is None else _element(reading, key, keys)
    return Entry(span, found, _element(reading, _held(node), values))


def _field(reading: Reading, node: Node, at: int) -> Entry:
    key = node.child_by_field_name("key")
    span = reading.file.of(node)
    found = Literal(span, at) if key is None else _name(reading, key)
    return Entry(span, found, _element(reading, _held(node), None))


def _name(reading: Reading, node: Node) -> Expr:
    inner = node.named_children[0] if node.named_children else node
    if inner.type in ("identifier", "field_identifier"):
        return Literal(reading.file.of(inner), reading.file.piece(inner))
    return _element(reading, node, None)
