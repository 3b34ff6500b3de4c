"""The part of OData's `$filter` that tools send to Graph.

Rules:
- `eq ne gt ge lt le in`, `startswith endswith contains`, `and or not` with parentheses, and `any` over the
  elements of a collection (`identifierUris/any(u:u eq '…')`);
- texts compare without case; a quote within a text is doubled;
- a property that the objects do not have is refused, and so is whatever else is not understood: a filter that
  is passed over would show more than was asked for.

Pure. Source: https://learn.microsoft.com/graph/filter-query-parameter
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from keyless.planes.graph.errors import BadRequest

Document = Mapping[str, Any]
Predicate = Callable[[Document], bool]

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<word>[^\s'(),:]+)|(?P<mark>[(),:]))")
_MOST_CHARACTERS = 8192
_DEEPEST = 24
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_ON_TEXT: Mapping[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": operator.contains,
}
_CONSTANTS: Mapping[str, object] = {"true": True, "false": False, "null": None}


def read_filter(text: str, properties: Mapping[str, str]) -> Predicate:
    """What a filter says of objects with these properties (by lower-case name).

    Raises:
        BadRequest: it is not understood.
    """
    if len(text) > _MOST_CHARACTERS:
        raise invalid("it is too long")
    return _Parser(_tokens(text), properties).whole()


def invalid(why: str) -> BadRequest:
    """A filter that is not understood."""
    return BadRequest(f"Invalid filter clause: {why}")


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise invalid(f"a text in quotes does not end, at character {at + 1}")
        found.append(match[0].strip())
        at = match.end()
    return found


class _Parser:
    """Reads tokens from left to right; ``properties`` are the names that are known where it stands."""

    def __init__(self, tokens: list[str], properties: Mapping[str, str]) -> None:
        self._tokens = tokens
        self._properties = properties
        self._at = 0
        self._depth = 0

    def whole(self) -> Predicate:
        found = self._either()
        if self._at < len(self._tokens):
            raise invalid(f"`{self._tokens[self._at][:40]}` is not expected")
        return found

    def _either(self) -> Predicate:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise invalid("it is too deep")
        parts = [self._both()]
        while self._skip("or"):
            parts.append(self._both())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else lambda one: any(part(one) for part in parts)

    def _both(self) -> Predicate:
        parts = [self._negated()]
        while self._skip("and"):
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else lambda one: all(part(one) for part in parts)

    def _negated(self) -> Predicate:
        if self._skip("not"):
            inner = self._simple()
            return lambda one: not inner(one)
        return self._simple()

    def _simple(self) -> Predicate:
        if self._skip("("):
            inner = self._either()
            self._expect(")")
            return inner
        word = self._next()
        if word.casefold() in _ON_TEXT and self._skip("("):
            return self._on_text(_ON_TEXT[word.casefold()])
        if word.casefold().endswith("/any") and self._skip("("):
            return self._any(self._path(word[: -len("/any")]))
        return self._comparison(self._path(word))

    def _on_text(self, holds: Callable[[str, str], bool]) -> Predicate:
        path = self._path(self._next())
        self._expect(",")
        wanted = str(self._literal()).casefold()
        self._expect(")")
        return lambda one: isinstance(found := path(one), str) and holds(found.casefold(), wanted)

    def _any(self, path: Callable[[Document], Any]) -> Predicate:
        name = self._next()
        self._expect(":")
        outer, self._properties = self._properties, {name.casefold(): name}
        inner = self._either()
        self._properties = outer
        self._expect(")")
        return lambda one: any(inner({name: element}) for element in path(one) or ())

    def _comparison(self, path: Callable[[Document], Any]) -> Predicate:
        word = self._next().casefold()
        if word == "in":
            return self._among(path)
        wanted = _folded(self._literal())
        if word == "eq":
            return lambda one: _folded(path(one)) == wanted
        if word == "ne":
            return lambda one: _folded(path(one)) != wanted
        if word not in _ORDERS:
            raise invalid(f"`{word[:40]}` is no operator")
        return _ordered(path, _ORDERS[word], wanted)

    def _among(self, path: Callable[[Document], Any]) -> Predicate:
        self._expect("(")
        wanted = [_folded(self._literal())]
        while self._skip(","):
            wanted.append(_folded(self._literal()))
        self._expect(")")
        return lambda one: _folded(path(one)) in wanted

    def _path(self, word: str) -> Callable[[Document], Any]:
        first, *rest = word.split("/")
        known = self._properties.get(first.casefold())
        if known is None:
            raise invalid(f"there is no property `{first[:40]}` to filter by")
        return lambda one: _at_path(one, (known, *rest))

    def _literal(self) -> object:
        token = self._next()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token.casefold() in _CONSTANTS:
            return _CONSTANTS[token.casefold()]
        if token in {"(", ")", ",", ":"}:
            raise invalid(f"a value is expected before `{token}`")
        return int(token) if token.isdigit() else token

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise invalid("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _skip(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at].casefold() == word:
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._skip(word):
            raise invalid(f"`{word}` is expected at part {self._at + 1}")


def _ordered(path: Callable[[Document], Any], holds: Callable[[Any, Any], bool], wanted: object) -> Predicate:
    def predicate(one: Document) -> bool:
        found = _folded(path(one))
        return found is not None and type(found) is type(wanted) and holds(found, wanted)

    return predicate


def _at_path(document: Any, names: tuple[str, ...]) -> Any:  # noqa: ANN401  # a value of JSON
    for name in names:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _folded(value: Any) -> Any:  # noqa: ANN401  # a value of JSON
    return value.casefold() if isinstance(value, str) else value
