"""What a module of JavaScript imports.

Rules:
- a default import has the name `default`; `import * as x`, `x = require("m")` and `await import("m")` stand
  for the module itself; `const {a} = require("m")` and `require("m").a` for what is in it;
- an import of types only is one like others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.javascript_.texts import string_value
from keyless.assess.syntax.code import Import
from keyless.assess.syntax.expressions import Call, Expr, Member, Name, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from keyless.assess.sources.putting import Putting

DEFAULT = "default"


def import_statement(reading: Putting, node: Node) -> None:
    """`import … from "m"`."""
    source = node.child_by_field_name("source")
    module = "" if source is None else string_value(reading, source)
    clauses = [one for one in node.named_children if one.type in _CLAUSES]
    before, span = len(reading.imports), reading.span(node)
    for clause in clauses:
        _CLAUSES[clause.type](reading, clause, module)
    reading.imports[before:] = [Import(span, *_said(one)) for one in reading.imports[before:]]
    if not clauses:
        reading.imports.append(Import(span, module))


def _said(one: Import) -> tuple[str, str | None, str]:
    """What an import brings in; its place is the statement's."""
    return one.module, one.name, one.alias


def _clause(reading: Putting, node: Node, module: str) -> None:
    for one in node.named_children:
        if one.type == "identifier":
            reading.imports.append(Import(reading.span(one), module, DEFAULT, reading.text(one)))
        elif one.type == "namespace_import":
            alias = reading.text(one.named_children[-1])
            reading.imports.append(Import(reading.span(one), module, None, alias))
        elif one.type == "named_imports":
            specifiers(reading, one, module)


def specifiers(reading: Putting, node: Node, module: str) -> None:
    """`{a, b as c}` from a module."""
    for one in node.named_children:
        name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
        if name is not None:
            known = reading.text(alias or name)
            reading.imports.append(Import(reading.span(one), module, bare_name(reading, name), known))


def bare_name(reading: Putting, node: Node) -> str:
    """A name, which may be written as a text."""
    return string_value(reading, node) if node.type == "string" else reading.text(node)


def _require_clause(reading: Putting, node: Node, _module: str) -> None:
    source = node.child_by_field_name("source")
    if source is not None:
        alias = reading.text(node.named_children[0])
        reading.imports.append(Import(reading.span(node), string_value(reading, source), None, alias))


_CLAUSES = {"import_clause": _clause, "import_require_clause": _require_clause}


def required(value: Expr | None) -> tuple[str, str | None] | None:
    """The module, and the name in it, that `require("m")`, `import("m")`, `require("m").x` stands for."""
    if isinstance(value, Member):
        found = required(value.base)
        return (found[0], value.name) if found is not None and found[1] is None else None
    if not isinstance(value, Call) or len(value.arguments) != 1 or not isinstance(value.callee, Name):
        return None
    module = text_of(value.arguments[0].value)
    return None if module is None or value.callee.id not in ("require", "import") else (module, None)
