"""Expressions of ARM templates and of Bicep, as one tree; and the reading of those of ARM templates.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keyless.estate.imported.entry import CannotRead


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it stands there."""

    value: object


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol of Bicep: a parameter, a variable, a resource, a module or the item of a loop."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function, by its case-folded name."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object, or an item of a list."""

    of: Node
    name: Node


@dataclass(frozen=True, slots=True)
class Record:
    """An object."""

    pairs: tuple[tuple[Node, Node], ...]

    def get(self, name: str) -> Node | None:
        """The node under a plain name, compared without case."""
        for key, value in self.pairs:
            if isinstance(key, Literal) and str(key.value).casefold() == name.casefold():
                return value
        return None


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that is not understood; ``what`` says what it is."""

    what: str


Node = Literal | Name | Call | Member | Record | Items | Unknown

_TOKEN = re.compile(r"\s*(?:([A-Za-z_][A-Za-z0-9_]*)|'((?:[^']|'')*)'|(-?\d+)|(.))", re.DOTALL)
_DEEPEST = 100


def node_of(value: object, depth: int = 0) -> Node:
    """A value of a template's JSON; texts in brackets are expressions."""
    if depth > _DEEPEST:
        raise CannotRead("it is nested too deep")
    if isinstance(value, dict):
        return Record(tuple((node_of(key), node_of(one, depth + 1)) for key, one in value.items()))
    if isinstance(value, list):
        return Items(tuple(node_of(one, depth + 1) for one in value))
    if not isinstance(value, str) or not value.startswith("[") or not value.endswith("]"):
        return Literal(value)
    if value.startswith("[["):
        return Literal(value[1:])
    try:
        return _Parser(value[1:-1]).whole()
    except (_NotUnderstood, RecursionError):
        return Unknown("is an expression that is not understood")


class _NotUnderstood(Exception):
    """The text is no expression."""


class _Parser:
    """Reads one expression."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def whole(self) -> Node:
        """The expression that the whole text is."""
        found = self._expression()
        if self._peek() is not None:
            raise _NotUnderstood
        return found

    def _expression(self) -> Node:
        kind, text = self._next()
        if kind == "text":
            found: Node = Literal(text.replace("''", "'"))
        elif kind == "number":
            found = Literal(int(text))
        elif kind == "word":
            found = self._call(text)
        else:
            raise _NotUnderstood
        return self._members(found)

    def _call(self, name: str) -> Node:
        while self._take("."):  # a namespace, as in `az.resourceId` or `sys.concat`
            name = self._word()
        if not self._take("("):
            raise _NotUnderstood
        arguments: list[Node] = []
        while not self._take(")"):
            if arguments:
                self._need(",")
            arguments.append(self._expression())
        return Call(name.casefold(), tuple(arguments))

    def _members(self, found: Node) -> Node:
        while True:
            if self._take("?"):
                continue
            if self._take("."):
                found = Member(found, Literal(self._word()))
            elif self._take("["):
                found = Member(found, self._expression())
                self._need("]")
            else:
                return found

    def _word(self) -> str:
        kind, text = self._next()
        if kind not in {"word", "number"}:
            raise _NotUnderstood
        return text

    def _peek(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> tuple[str, str]:
        found = self._peek()
        if found is None:
            raise _NotUnderstood
        self._at += 1
        return found

    def _take(self, sign: str) -> bool:
        if self._peek() != ("sign", sign):
            return False
        self._at += 1
        return True

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise _NotUnderstood


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for found in _TOKEN.finditer(text):
        word, quoted, number, sign = found.groups()
        if word is not None:
            yield "word", word
        elif quoted is not None:
            yield "text", quoted
        elif number is not None:
            yield "number", number
        elif sign is not None and not sign.isspace():
            yield "sign", sign
