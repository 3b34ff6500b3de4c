"""The part of OData's `$filter` that the lists of the management plane take.

Rules:
- comparisons `eq ne gt ge lt le` between a field and a literal in single quotes (a quote in it is doubled), a
  number, a boolean or null; `and`, `or`, `not` and parentheses, with OData's precedence;
- functions: those that a list names, such as `atScope()` and `assignedTo('…')`, and `startswith(f, '…')`,
  `contains(f, '…')` and `substringof('…', f)` on a field;
- what a list does not know is refused with its position, never ignored: a filter that is not understood would
  show more than was asked for;
- names of fields and functions compare without case, and so do texts.

Pure. Source: https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html#sec_BuiltinFilterOperations
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from keyless.planes.arm.errors import InvalidFilter

_TOKEN = re.compile(
    r"\s*(?:(?P<text>(?:datetime|guid|duration)?'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?(?![\w.-]))"
    r"|(?P<word>[A-Za-z_$@][\w.$/@-]*|\d[\w:.+-]*)|(?P<mark>[(),]))",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(datetime|guid|duration)(?=')", re.IGNORECASE)
_OPERATORS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_ON_FIELDS = frozenset({"startswith", "substringof", "contains"})
_MOST_CHARACTERS = 4096
_DEEPEST = 32

Value = str | float | bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field (lower case), an operator, and what it is compared with; ``position`` is the field's."""

    field: str
    operator: str
    value: Value | None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Function:
    """A function (lower case) and its arguments: texts as they are, fields in lower case behind a `.`."""

    name: str
    arguments: tuple[str, ...]
    position: int = 0


@dataclass(frozen=True, slots=True)
class Both:
    """Both hold."""

    left: Filter
    right: Filter


@dataclass(frozen=True, slots=True)
class Either:
    """At least one holds."""

    left: Filter
    right: Filter


@dataclass(frozen=True, slots=True)
class Negation:
    """It does not hold."""

    of: Filter


Filter = Comparison | Function | Both | Either | Negation

Fields = Mapping[str, Value | None]
"""An item's fields by lower-case name; none where it does not have one that others have."""
Functions = Mapping[str, Callable[[tuple[str, ...]], bool]]
"""A list's own functions by lower-case name."""


def parse_filter(text: str | None) -> Filter | None:
    """Read a `$filter`; none where there is none.

    Raises:
        InvalidFilter: it is not one; the error has the position.
    """
    if text is None or not text.strip():
        return None
    if len(text) > _MOST_CHARACTERS:
        raise InvalidFilter(text, _MOST_CHARACTERS, "it is too long")
    return _Parser(text).whole()


def conjuncts(found: Filter | None) -> Iterator[Comparison | Function | Either | Negation]:
    """What must hold all together: the parts of a filter that is a chain of `and`."""
    if isinstance(found, Both):
        yield from conjuncts(found.left)
        yield from conjuncts(found.right)
    elif found is not None:
        yield found


def read_filter(text: str | None, fields: Collection[str], functions: Collection[str] = ()) -> Filter | None:
    """Read the `$filter` of a list that has these fields, and these functions beside those on fields.

    Raises:
        InvalidFilter: it is none, or names something that the list does not have.
    """
    found = parse_filter(text)
    for part in _simple_parts(found):
        _check(part, text or "", fields, functions)
    return found


def _simple_parts(found: Filter | None) -> Iterator[Comparison | Function]:
    if isinstance(found, Both | Either):
        yield from _simple_parts(found.left)
        yield from _simple_parts(found.right)
    elif isinstance(found, Negation):
        yield from _simple_parts(found.of)
    elif found is not None:
        yield found


def _check(
    part: Comparison | Function, text: str, fields: Collection[str], functions: Collection[str]
) -> None:
    names = [part.field] if isinstance(part, Comparison) else []
    if isinstance(part, Function) and part.name not in functions:
        if part.name not in _ON_FIELDS or len(part.arguments) != 2:
            raise InvalidFilter(text, part.position, f"there is no function `{part.name}` to filter by")
        names = [_field_and_part(part)[0]]
    for name in names:
        if name not in fields:
            raise InvalidFilter(text, part.position, f"there is no field `{name}` to filter by")


def _field_and_part(function: Function) -> tuple[str, str]:
    """The field that a function looks at, and the text that it looks for: `substringof` has them reversed."""
    first, second = function.arguments[:: -1 if function.name == "substringof" else 1]
    return first.removeprefix("."), second


def matches(found: Filter | None, fields: Fields, functions: Functions = MappingProxyType({})) -> bool:
    """Whether a filter that was read for a list holds of one of its items."""
    if found is None:
        return True
    if isinstance(found, Both):
        return matches(found.left, fields, functions) and matches(found.right, fields, functions)
    if isinstance(found, Either):
        return matches(found.left, fields, functions) or matches(found.right, fields, functions)
    if isinstance(found, Negation):
        return not matches(found.of, fields, functions)
    if isinstance(found, Comparison):
        return _compares(found, fields)
    own = functions.get(found.name)
    return own(found.arguments) if own is not None else _has(found, fields)


def _compares(found: Comparison, fields: Fields) -> bool:
    mine, other = _comparable(fields[found.field]), _comparable(found.value)
    if found.operator in {"eq", "ne"}:
        return (mine == other) == (found.operator == "eq")
    if mine is None or type(mine) is not type(other):
        return False
    return _ordered(found.operator, mine, other)


def _ordered(operator: str, mine: Value, other: Value | None) -> bool:
    less, more = mine < other, mine > other  # type: ignore[operator]  # they are of one type
    return {"lt": less, "le": not more, "gt": more, "ge": not less}[operator]


def _comparable(value: Value | None) -> Value | None:
    return value.casefold() if isinstance(value, str) else value


def _has(found: Function, fields: Fields) -> bool:
    name, part = _field_and_part(found)
    value = str(fields[name] or "").casefold()
    return value.startswith(part.casefold()) if found.name == "startswith" else part.casefold() in value


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


class _Parser:
    """Recursive descent over the tokens: `or` binds least, then `and`, then `not`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._read())
        self._at = 0
        self._depth = 0

    def whole(self) -> Filter:
        found = self._either()
        if self._at < len(self._tokens):
            raise self._wrong("nothing more was expected")
        return found

    def _read(self) -> Iterator[_Token]:
        position, end = 0, len(self._text.rstrip())
        while position < end:
            found = _TOKEN.match(self._text, position)
            if found is None or found.lastgroup is None:
                wrong = len(self._text) - len(self._text[position:].lstrip())
                raise InvalidFilter(self._text, wrong, "there is a character that means nothing")
            yield _Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup))
            position = found.end()

    def _either(self) -> Filter:
        left = self._both()
        while self._takes("or"):
            left = Either(left, self._both())
        return left

    def _both(self) -> Filter:
        left = self._unary()
        while self._takes("and"):
            left = Both(left, self._unary())
        return left

    def _unary(self) -> Filter:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong("it is nested too deeply")
        try:
            if self._takes("not"):
                return Negation(self._unary())
            if self._takes("("):
                inner = self._either()
                self._expect(")")
                return inner
            return self._simple()
        finally:
            self._depth -= 1

    def _simple(self) -> Filter:
        name = self._next("word", "a field or a function was expected")
        if self._takes("("):
            return Function(name.text.lower(), self._arguments(), name.position)
        operator = self._next("word", "an operator was expected")
        if operator.text.lower() not in _OPERATORS:
            self._at -= 1
            known = ", ".join(sorted(_OPERATORS))
            raise self._wrong(f"`{operator.text[:20]}` is no operator: use one of {known}")
        return Comparison(name.text.lower(), operator.text.lower(), self._value(), name.position)

    def _arguments(self) -> tuple[str, ...]:
        found: list[str] = []
        while not self._takes(")"):
            if found:
                self._expect(",")
            token = self._next("", "an argument was expected")
            found.append(f".{token.text.lower()}" if token.kind == "word" else str(_literal(token)))
        return tuple(found)

    def _value(self) -> Value | None:
        token = self._next("", "a value was expected")
        if token.kind == "mark":
            self._at -= 1
            raise self._wrong("a value was expected")
        return _literal(token)

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _takes(self, text: str) -> bool:
        token = self._peek()
        if token is None or token.kind not in {"word", "mark"} or token.text.lower() != text:
            return False
        self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise self._wrong(f"`{text}` was expected")

    def _next(self, kind: str, otherwise: str) -> _Token:
        token = self._peek()
        if token is None or (kind and token.kind != kind):
            raise self._wrong(otherwise)
        self._at += 1
        return token

    def _wrong(self, reason: str) -> InvalidFilter:
        token = self._peek()
        return InvalidFilter(self._text, token.position if token else len(self._text), reason)


def _literal(token: _Token) -> Value | None:
    if token.kind == "text":
        return _PREFIX.sub("", token.text)[1:-1].replace("''", "'")
    if token.kind == "number":
        return float(token.text)
    word = token.text.lower()
    if word == "null":
        return None
    return word == "true" if word in {"true", "false"} else token.text
