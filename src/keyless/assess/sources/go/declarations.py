"""Declarations of Go: the package, imports, types and functions.

Rules:
- a struct is a class whose bases are what it embeds; each key of a field's tag is a mark, a call of the key
  with its text (`env:"A"` is `env("A")`);
- an interface is a class whose methods have no body; other types are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from keyless.assess.sources.go import names
from keyless.assess.sources.go.statements import inner
from keyless.assess.sources.reading import Reading, ReadStatement, nothing
from keyless.assess.sources.texts import unescaped
from keyless.assess.syntax.code import Import
from keyless.assess.syntax.expressions import (
    Argument,
    Assign,
    Call,
    Class,
    Define,
    Expr,
    Function,
    Literal,
    Name,
    Statement,
)

if TYPE_CHECKING:
    from tree_sitter import Node

Told = Iterable[Statement]
_VERSION = re.compile(r"v[0-9]+")
_TAG = re.compile(r'(\w+):"((?:[^"\\]|\\.)*+)"')


def package(reading: Reading, node: Node) -> Told:
    """`package a`."""
    reading.package = reading.file.piece(node.named_children[-1])
    return ()


def imported(reading: Reading, node: Node) -> Told:
    """`import a "b/c"`; without a name the last part of the path that is no version."""
    name, path = node.child_by_field_name("name"), node.child_by_field_name("path")
    if path is None:
        return ()
    module = reading.file.piece(path)[1:-1]
    alias = _last_part(module) if name is None else reading.file.piece(name)
    reading.imports.append(Import(reading.file.of(node), module, None, "" if alias == "." else alias))
    return ()


def _last_part(module: str) -> str:
    parts = module.split("/")
    if len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
        parts.pop()
    before, dot, version = parts[-1].rpartition(".")
    return before if dot and _VERSION.fullmatch(version) else parts[-1]


def function(reading: Reading, node: Node) -> Told:
    """A function or method."""
    found = names.function(reading, node)
    return (Define(found.span, found),)


def type_declared(reading: Reading, node: Node) -> Told:
    """A struct or interface."""
    name, written = node.child_by_field_name("name"), node.child_by_field_name("type")
    if name is None or written is None:
        return ()
    called = reading.file.piece(name)
    if written.type == "struct_type":
        return (_struct(reading, node, called, written),)
    if written.type == "interface_type":
        return (_interface(reading, node, called, written),)
    return ()


def _struct(reading: Reading, node: Node, name: str, written: Node) -> Class:
    found = [
        one
        for block in written.named_children
        for one in block.named_children
        if one.type == "field_declaration"
    ]
    embedded = [one for one in found if not one.children_by_field_name("name")]
    bases = (names.type_text(reading, one.child_by_field_name("type")) for one in embedded)
    body = tuple(field for one in found for field in _fields(reading, one))
    return Class(reading.file.of(node), name, tuple(one for one in bases if one), body)


def _fields(reading: Reading, node: Node) -> Iterable[Assign]:
    written = names.type_text(reading, node.child_by_field_name("type"))
    marks = _tags(reading, node.child_by_field_name("tag"))
    for one in node.children_by_field_name("name"):
        if one.is_named:
            span = reading.file.of(one)
            target = Name(span, reading.file.piece(one))
            yield Assign(reading.file.of(node), target, None, written, marks)


def _tags(reading: Reading, node: Node | None) -> tuple[Expr, ...]:
    if node is None:
        return ()
    span = reading.file.of(node)
    written = reading.file.piece(node)
    plain = written[1:-1] if written.startswith("`") else unescaped(written[1:-1])
    return tuple(
        Call(span, Name(span, key), (Argument(Literal(span, unescaped(text))),))
        for key, text in _TAG.findall(plain)
    )


def _interface(reading: Reading, node: Node, name: str, written: Node) -> Class:
    methods = (one for one in written.named_children if one.type == "method_elem")
    bases = tuple(reading.file.piece(one) for one in written.named_children if one.type == "type_elem")
    return Class(reading.file.of(node), name, bases, tuple(_method(reading, one) for one in methods))


def _method(reading: Reading, node: Node) -> Define:
    found: Function = names.function(reading, node)
    return Define(found.span, found)


DECLARATIONS: Mapping[str, ReadStatement] = {
    "package_clause": package,
    "import_declaration": inner,
    "import_spec_list": inner,
    "import_spec": imported,
    "type_declaration": inner,
    "type_spec": type_declared,
    "type_alias": nothing,
    "function_declaration": function,
    "method_declaration": function,
}
