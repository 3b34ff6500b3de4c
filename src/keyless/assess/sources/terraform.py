"""Files of Terraform (`.tf`), and of values for its variables (`.tfvars`), read into a ``Template``.

Rules:
- a resource's symbol is its address in its folder: `azurerm_key_vault.main`, `data.azurerm_key_vault.main`;
- a block in a block is an entry; several of one name are one entry with ``Items``; `dynamic` is a ``Loop``;
- a `provider` and a `backend` are resources that exist, of the types `provider` and `backend`, since
  credentials are given to them; what stands in a `check` is read as well;
- where something is not understood, the blocks are read each on its own, so that none is lost by another;
- what azapi deploys is in ``arm_type`` and ``api_version``.

Source: https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from keyless.assess.sources.declared import Declared
from keyless.assess.sources.pieces import Piece
from keyless.assess.sources.terraform_expressions import Expressions
from keyless.assess.sources.tree import FileText, not_parsed
from keyless.assess.syntax.expressions import (
    Entry,
    Expr,
    Items,
    Literal,
    Loop,
    Name,
    Record,
    entry_of,
    text_of,
)
from keyless.assess.syntax.records import text_at, value_at
from keyless.assess.syntax.source import Problem, Source
from keyless.assess.syntax.span import Span
from keyless.assess.syntax.templates import (
    Dialect,
    Module,
    Output,
    Resource,
    TemplateParameter,
    TemplateVariable,
)
from keyless.grammars import parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_DEEPEST = 30
_MOST_PROBLEMS = 20
_BLOCK = re.compile(
    rb"^(?:resource|data|module|variable|locals|output|provider|terraform|check|ephemeral|import|moved|removed)\b",
    re.MULTILINE,
)


def read(path: str, text: str) -> Source:
    """A file of Terraform."""
    file = FileText(path, text)
    root = parsed("hcl", file.data)
    found = Declared()
    problems = _read_piece(file, root, found) if not root.has_error else _by_blocks(file, found)
    template = found.template(file, Dialect.TERRAFORM, values_only=path.endswith(".tfvars"))
    return Source(path=path, template=template, problems=problems)


def _read_piece(file: FileText, root: Node, found: Declared) -> tuple[Problem, ...]:
    reader = _Reader(file, found)
    for body in root.named_children:
        reader.top(body)
    return (*not_parsed(file, root), *reader.expressions.problems)


def _by_blocks(file: FileText, found: Declared) -> tuple[Problem, ...]:
    """Read each block on its own, since an error in one takes others along."""
    starts = [0, *(one.start() for one in _BLOCK.finditer(file.data) if one.start() > 0), len(file.data)]
    problems: list[Problem] = []
    for start, end in pairwise(starts):
        piece = Piece(file, file.data[start:end].decode("utf-8", "replace"), ((0, start),))
        problems += _read_piece(piece, parsed("hcl", piece.data), found)
    return tuple(problems[:_MOST_PROBLEMS])


class _Reader:
    """Reads the blocks of a file."""

    def __init__(self, file: FileText, found: Declared) -> None:
        self.file = file
        self.expressions = Expressions(file)
        self.found = found

    def top(self, body: Node) -> None:
        """The blocks of a file or of a block that only groups them."""
        for node in body.named_children:
            if node.type == "attribute":
                self.found.given += self._attribute(node)
            elif node.type == "block":
                read = self._reading.get(self.file.piece(node.children[0]))
                if read is not None:
                    read(self, node, self._labels(node))

    def _labels(self, node: Node) -> list[str]:
        found: list[str] = []
        for one in node.named_children[1:]:
            if one.type == "string_lit":
                found.append(text_of(self.expressions.template(one)) or "")
            elif one.type == "identifier":
                found.append(self.file.piece(one))
            else:
                break
        return found

    def _attribute(self, node: Node) -> Iterator[Entry]:
        key, value = node.named_children[0], node.named_children[-1]
        if value.type == "expression":
            name = Literal(self.file.of(key), self.file.piece(key))
            yield Entry(self.file.of(node), name, self.expressions.of(value))

    def _body(self, block: Node, depth: int = 0) -> Record:
        """The attributes and blocks of a block, each name once."""
        body = next((one for one in block.named_children if one.type == "body"), None)
        entries: dict[str, list[Entry]] = {}
        for node in body.named_children if body is not None and depth < _DEEPEST else ():
            if node.type == "attribute":
                entries.update({str(text_of(one.key)): [one] for one in self._attribute(node)})
            elif node.type == "block":
                name, entry = self._nested(node, depth)
                entries.setdefault(name, []).append(entry)
        return Record(self.file.of(block), tuple(_together(one) for one in entries.values()))

    def _nested(self, block: Node, depth: int) -> tuple[str, Entry]:
        name = self.file.piece(block.children[0])
        value: Expr = self._body(block, depth + 1)
        if name == "dynamic" and isinstance(value, Record):
            name, value = self._dynamic(block, value)
        return name, Entry(self.file.of(block), Literal(self.file.of(block.children[0]), name), value)

    def _dynamic(self, block: Node, body: Record) -> tuple[str, Expr]:
        name = next(iter(self._labels(block)), "")
        over, content = entry_of(body, "for_each"), entry_of(body, "content")
        given = entry_of(body, "iterator")
        item = given.value.id if given is not None and isinstance(given.value, Name) else name
        if over is None or content is None:
            return name, body
        return name, Loop(self.file.of(block), (item,), over.value, content.value)

    def _resource(self, node: Node, labels: list[str], prefix: str = "") -> None:
        kind, symbol = [*labels, "", ""][:2]
        self._add(node, f"{prefix}{kind}.{symbol}", kind, bool(prefix))

    def _data(self, node: Node, labels: list[str]) -> None:
        self._resource(node, labels, "data.")

    def _ephemeral(self, node: Node, labels: list[str]) -> None:
        self._resource(node, labels, "ephemeral.")

    def _provider(self, node: Node, labels: list[str]) -> None:
        self._add(node, f"provider.{next(iter(labels), '')}", "provider", True)

    def _settings(self, node: Node, _: list[str]) -> None:
        """`terraform { backend "azurerm" { … } }`."""
        for body in node.named_children:
            for one in body.named_children if body.type == "body" else ():
                if one.type == "block" and self.file.piece(one.children[0]) == "backend":
                    self._add(one, f"backend.{next(iter(self._labels(one)), '')}", "backend", True)

    def _add(self, node: Node, symbol: str, kind: str, existing: bool) -> None:
        body = self._body(node)
        arm_type, _, version = (text_at(body, "type") if kind.startswith("azapi_") else "").partition("@")
        self.found.resources.append(
            Resource(
                span=self.file.of(node),
                head=self._head(node),
                symbol=symbol,
                type=kind,
                arm_type=arm_type,
                api_version=version,
                body=body,
                name=value_at(body, "name"),
                existing=existing,
                scope=value_at(body, "scope") if kind == "azurerm_role_assignment" else None,
                repeated=value_at(body, "for_each") or value_at(body, "count"),
            )
        )

    def _head(self, node: Node) -> Span:
        start = next((one for one in node.children if one.type == "block_start"), None)
        last = start.prev_sibling if start is not None else None
        return self.file.span(node.start_byte, last.end_byte if last is not None else node.end_byte)

    def _module(self, node: Node, labels: list[str]) -> None:
        body = self._body(node)
        self.found.modules.append(
            Module(
                span=self.file.of(node),
                head=self._head(node),
                symbol=next(iter(labels), ""),
                source=text_at(body, "source"),
                arguments=body,
                repeated=value_at(body, "for_each") or value_at(body, "count"),
            )
        )

    def _variable(self, node: Node, labels: list[str]) -> None:
        body = self._body(node)
        kind = entry_of(body, "type")
        written = self.file.data[kind.value.span.start : kind.value.span.end] if kind is not None else b""
        self.found.parameters.append(
            TemplateParameter(
                span=self.file.of(node),
                name=next(iter(labels), ""),
                type=" ".join(written.decode("utf-8", "replace").split()),
                secure=_is_true(body, "sensitive"),
                default=value_at(body, "default"),
            )
        )

    def _locals(self, node: Node, _: list[str]) -> None:
        for entry in self._body(node).entries:
            name = str(text_of(entry.key))
            self.found.variables.append(TemplateVariable(entry.span, name, entry.value))

    def _output(self, node: Node, labels: list[str]) -> None:
        body = self._body(node)
        value = value_at(body, "value")
        if value is not None:
            span, name = self.file.of(node), next(iter(labels), "")
            secure = _is_true(body, "sensitive")
            self.found.outputs.append(Output(span=span, name=name, value=value, secure=secure))

    def _group(self, node: Node, _: list[str]) -> None:
        for one in node.named_children:
            if one.type == "body":
                self.top(one)

    _reading: ClassVar[dict[str, Callable[[_Reader, Node, list[str]], None]]] = {
        "resource": _resource,
        "data": _data,
        "ephemeral": _ephemeral,
        "provider": _provider,
        "terraform": _settings,
        "module": _module,
        "variable": _variable,
        "locals": _locals,
        "output": _output,
        "check": _group,
    }


def _together(entries: list[Entry]) -> Entry:
    """Blocks of one name as one entry."""
    first = entries[0]
    if len(entries) == 1:
        return first
    return Entry(first.span, first.key, Items(first.span, tuple(one.value for one in entries)))


def _is_true(body: Record, name: str) -> bool:
    found = value_at(body, name)
    return isinstance(found, Literal) and found.value is True
