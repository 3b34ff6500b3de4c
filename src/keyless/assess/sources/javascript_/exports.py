"""What a module of JavaScript exports.

Rules:
- what is exported has the word `export`; the default has `default` as well, and is assigned to that name
  where it has none of its own;
- `export … from` brings in what it names, under the name that it goes out by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.javascript_.definitions import exported
from keyless.assess.sources.javascript_.imports import DEFAULT, bare_name, specifiers
from keyless.assess.sources.javascript_.texts import string_value
from keyless.assess.syntax.code import Import
from keyless.assess.syntax.expressions import Assign, Member, Name

if TYPE_CHECKING:
    from tree_sitter import Node

    from keyless.assess.sources.putting import Putting


def export_statement(reading: Putting, node: Node) -> None:
    """`export …` of whatever kind."""
    source = node.child_by_field_name("source")
    if source is not None:
        _export_from(reading, node, string_value(reading, source))
        return
    kinds = {one.type for one in node.children}
    words = ("export", DEFAULT) if DEFAULT in kinds else ("export",)
    declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    if declaration is not None:
        marks = [one for one in node.named_children if one.type == "decorator"]
        exported(reading, declaration, words, marks)
    elif value is not None:
        _export_default(reading, node, value, words)
    else:
        _export_others(reading, node)


def _export_default(reading: Putting, node: Node, value: Node, words: tuple[str, ...]) -> None:
    target = Name(reading.span(node), DEFAULT)
    reading.put(Assign(reading.span(node), target, reading.expression(value), words=words))


def _export_others(reading: Putting, node: Node) -> None:
    for one in node.named_children:
        if one.type == "export_clause":
            _export_clause(reading, one)
        elif any(token.type == "=" for token in node.children):
            target = Member(reading.span(node), Name(reading.span(node), "module"), "exports")
            reading.put(Assign(reading.span(node), target, reading.expression(one), words=("export",)))
        else:
            reading.puts(one)


def _export_clause(reading: Putting, node: Node) -> None:
    for one in node.named_children:
        name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
        if name is not None:
            target = Name(reading.span(alias or name), bare_name(reading, alias or name))
            words = ("export", DEFAULT) if target.id == DEFAULT else ("export",)
            reading.put(Assign(reading.span(one), target, reading.name(name), words=words))


def _export_from(reading: Putting, node: Node, module: str) -> None:
    for one in node.named_children:
        if one.type == "export_clause":
            specifiers(reading, one, module)
        elif one.type == "namespace_export":
            alias = reading.text(one.named_children[-1])
            reading.imports.append(Import(reading.span(one), module, None, alias))
    if any(one.type == "*" for one in node.children):
        reading.imports.append(Import(reading.span(node), module))
