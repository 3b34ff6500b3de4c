"""Expressions of Terraform, from the tree of the grammar of HCL.

Rules:
- `a.b`, `a.0`, `a[0]`, `a[*]` and `a.*` are members and indexes, a splat with the key `*`;
- operators are ``Other`` with the operator for kind; `%{ if }` and `%{ for }` in texts are ``Other`` with all
  that they hold;
- a `for` of an object is a loop over a record of one entry; a condition makes the value a ``Choice`` of one;
- text between expressions is taken from the file, since the tree leaves the space around it out.

Source: https://developer.hashicorp.com/terraform/language/expressions
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from keyless.assess.sources.texts import by_number
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.expressions import (
    Argument,
    Call,
    Choice,
    Entry,
    Expr,
    Index,
    Items,
    Joined,
    Literal,
    Loop,
    Member,
    Name,
    Other,
    Record,
)
from keyless.assess.syntax.source import Lack, Problem
from keyless.assess.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_DEEPEST = 80
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|([$%])\4(?=\{)", re.DOTALL)
_TEMPLATE_ESCAPE = re.compile(r"([$%])\1(?=\{)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}


class Expressions:
    """Reads the expressions of one file; what is nested too deeply is a problem."""

    def __init__(self, file: FileText) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._depth = 0

    def of(self, node: Node) -> Expr:
        """An `expression`, or a term in an operation."""
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                return self._too_deep(node)
            return self._terms(_without_comments(node.children))
        finally:
            self._depth -= 1

    def _too_deep(self, node: Node) -> Expr:
        span = self.file.of(node)
        message = f"it is nested more than {_DEEPEST} deep"
        if not self.problems:
            self.problems.append(Problem(self.file.path, Lack.TOO_DEEP, message, span))
        return Other(span, "too-deep")

    def _terms(self, nodes: list[Node]) -> Expr:
        """A term, and what follows it (`.a`, `[0]`)."""
        if not nodes:
            return Other(self.file.span(0, 0), "error")
        start, found = nodes[0].start_byte, None
        for node in nodes:
            kind = node.type
            if kind in _FOLLOWING and found is not None:
                found = self._followed(start, found, node)
            elif kind in {"(", ")"}:
                continue
            else:
                found = self._term(node)
        return found if found is not None else Other(self.file.of(nodes[0]), "error")

    def _term(self, node: Node) -> Expr:
        read = self._reading.get(node.type)
        if read is not None:
            return read(self, node)
        return Other(self.file.of(node), node.type, tuple(map(self.of, _expressions_in(node))))

    def _followed(self, start: int, base: Expr, node: Node) -> Expr:
        span = self.file.span(start, node.end_byte)
        if node.type == "get_attr":
            return Member(span, base, self.file.piece(node).lstrip(". \t\r\n"))
        if node.type == "index":
            return Index(span, base, self._key(node))
        inner = node.children[0]  # a splat: what follows it is within
        star = inner.children[0]
        found: Expr = Index(self.file.span(start, star.end_byte), base, Literal(self.file.of(star), "*"))
        for one in inner.children[1:]:
            found = self._followed(start, found, one) if one.type in _FOLLOWING else found
        return found

    def _key(self, node: Node) -> Expr:
        inner = next(_expressions_in(node.children[0]), None)
        if inner is not None:
            return self.of(inner)
        text = self.file.piece(node).strip(".[] ")
        return Literal(self.file.of(node), int(text) if text.isdigit() and len(text) < 20 else text)

    def _literal(self, node: Node) -> Expr:
        inner = node.children[0]
        if inner.type == "string_lit":
            return self.template(inner)
        text, span = self.file.piece(inner), self.file.of(node)
        if text in _WORDS:
            return Literal(span, _WORDS[text])
        return Literal(span, _number(text))

    def template(self, node: Node) -> Expr:
        """A text in double quotes, with expressions in it."""
        parts = self._pieces(node.children[1:-1], node.start_byte + 1, node.end_byte - 1, _unescaped)
        return _joined(self.file.of(node), parts)

    def _template_expression(self, node: Node) -> Expr:
        inner = node.children[0]
        return self.template(inner) if inner.type == "quoted_template" else self._heredoc(inner)

    def _heredoc(self, node: Node) -> Expr:
        names = [one for one in node.children if one.type == "heredoc_identifier"]
        if len(names) < 2:
            return Other(self.file.of(node), "error")
        data = self.file.data
        start = data.find(b"\n", names[0].end_byte) + 1
        end = data.rfind(b"\n", start, names[-1].start_byte) + 1 or start
        inner = [one for one in node.children if start <= one.start_byte < end]
        parts = self._pieces(inner, start, end, lambda text: _TEMPLATE_ESCAPE.sub(r"\1", text))
        found = _joined(self.file.of(node), parts)
        if isinstance(found, Literal) and node.children[0].children[0].type == "<<-":
            return Literal(found.span, textwrap.dedent(str(found.value)))
        return found

    def _pieces(
        self, nodes: list[Node], position: int, end: int, plain: Callable[[str], str]
    ) -> tuple[Expr, ...]:
        found: list[Expr] = []
        for node in [*nodes, None]:
            if node is not None and node.type not in _IN_TEXT:
                continue
            until = end if node is None else node.start_byte
            if until > position:
                text = self.file.data[position:until].decode("utf-8", "replace")
                found.append(Literal(self.file.span(position, until), plain(text)))
            if node is not None:
                found.append(self._in_text(node))
                position = node.end_byte
        return tuple(found)

    def _in_text(self, node: Node) -> Expr:
        if node.type == "template_interpolation":
            inner = next(_expressions_in(node), None)
            return Other(self.file.of(node), "error") if inner is None else self.of(inner)
        return self._directive(node)

    def _directive(self, node: Node) -> Expr:
        parts: list[Expr] = []
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if one.type == "expression":
                parts.append(self.of(one))
            elif one.type == "template_literal":
                parts.append(Literal(self.file.of(one), self.file.piece(one)))
            else:
                waiting.extend(reversed(one.named_children))
        return Other(self.file.of(node), "template_directive", tuple(parts))

    def _collection(self, node: Node) -> Expr:
        inner = node.children[0]
        if inner.type == "tuple":
            return Items(self.file.of(node), tuple(map(self.of, _expressions_in(inner))))
        return self._object(inner)

    def _object(self, node: Node) -> Expr:
        elements = (one for one in node.named_children if one.type == "object_elem")
        entries = (self._element(one) for one in elements)
        return Record(self.file.of(node), tuple(one for one in entries if one is not None))

    def _element(self, node: Node) -> Entry | None:
        sides = list(_expressions_in(node))
        if len(sides) != 2:
            return None
        key = self.of(sides[0])
        if isinstance(key, Name) and sides[0].children[0].type == "variable_expr":
            key = Literal(key.span, key.id)
        return Entry(self.file.of(node), key, self.of(sides[1]))

    def _call(self, node: Node) -> Expr:
        name = node.children[0]
        inside = next((one for one in node.children if one.type == "function_arguments"), None)
        arguments = [Argument(self.of(one)) for one in _expressions_in(inside)] if inside is not None else []
        if arguments and inside is not None and inside.children[-1].type == "ellipsis":
            arguments[-1] = Argument(arguments[-1].value, None, True)
        callee = Name(self.file.of(name), self.file.piece(name))
        return Call(self.file.of(node), callee, tuple(arguments))

    def _conditional(self, node: Node) -> Expr:
        condition, *ways = map(self.of, _expressions_in(node))
        return Choice(self.file.of(node), tuple(ways), condition)

    def _operation(self, node: Node) -> Expr:
        inner = node.children[0]
        children = _without_comments(inner.children)
        if inner.type == "unary_operation":
            found = self._terms(children[1:])
            if (
                children[0].type == "-"
                and isinstance(found, Literal)
                and isinstance(found.value, int | float)
            ):
                return Literal(self.file.of(node), -found.value)
            return Other(self.file.of(node), children[0].type, (found,))
        return self._binary(node, children)

    def _binary(self, node: Node, children: list[Node]) -> Expr:
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                return self._too_deep(node)
            at = next((n for n, one in enumerate(children) if one.type in _OPERATORS), len(children) - 1)
            sides = (self._terms(children[:at]), self._terms(children[at + 1 :]))
            return Other(self.file.of(node), children[at].type, sides)
        finally:
            self._depth -= 1

    def _for(self, node: Node) -> Expr:
        inner = node.children[0]
        intro = next(one for one in inner.children if one.type == "for_intro")
        names = tuple(self.file.piece(one) for one in intro.children if one.type == "identifier")
        over = next((self.of(one) for one in _expressions_in(intro)), None)
        values = [self.of(one) for one in _expressions_in(inner)]
        span = self.file.of(node)
        if over is None or not values:
            return Other(span, "error")
        return Loop(span, names, over, self._filtered(inner, self._made(inner, values)))

    def _made(self, node: Node, values: list[Expr]) -> Expr:
        """What a `for` makes each time: of an object a record of one entry."""
        if len(values) < 2:
            return values[0]
        span = self.file.span(values[0].span.start, values[1].span.end)
        return Record(span, (Entry(span, values[0], values[1]),))

    def _filtered(self, node: Node, value: Expr) -> Expr:
        condition = next((one for one in node.children if one.type == "for_cond"), None)
        inner = next(_expressions_in(condition), None) if condition is not None else None
        return value if inner is None else Choice(value.span, (value,), self.of(inner))

    def _name(self, node: Node) -> Expr:
        return Name(self.file.of(node), self.file.piece(node))

    _reading: ClassVar[dict[str, Callable[[Expressions, Node], Expr]]] = {
        "expression": of,
        "literal_value": _literal,
        "template_expr": _template_expression,
        "collection_value": _collection,
        "variable_expr": _name,
        "function_call": _call,
        "conditional": _conditional,
        "operation": _operation,
        "for_expr": _for,
    }


def _expressions_in(node: Node) -> Iterator[Node]:
    return (one for one in node.named_children if one.type == "expression")


def _without_comments(nodes: list[Node]) -> list[Node]:
    return [one for one in nodes if one.type != "comment"]


def _joined(span: Span, parts: tuple[Expr, ...]) -> Expr:
    if not parts:
        return Literal(span, "")
    if len(parts) == 1 and isinstance(parts[0], Literal):
        return Literal(span, parts[0].value)
    return parts[0] if len(parts) == 1 and not isinstance(parts[0], Other) else Joined(span, parts)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_escape, text) if "\\" in text or "{" in text else text


def _escape(found: re.Match[str]) -> str:
    if found[4]:
        return found[4]
    number = found[1] or found[2]
    if number:
        return by_number(int(number, 16))
    return _ESCAPES.get(found[3], found[3])


def _number(text: str) -> int | float | str:
    try:
        return int(text) if text.isdigit() and len(text) < 20 else float(text)
    except ValueError:
        return text


_FOLLOWING = frozenset({"get_attr", "index", "splat"})
_IN_TEXT = frozenset({"template_interpolation", "template_directive"})
_OPERATORS = frozenset({"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"})
