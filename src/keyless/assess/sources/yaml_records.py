"""YAML as records, from the parser's events: nothing here recurses, and nothing is built but expressions.

Rules:
- an alias is what its anchor is, as far as all aliases of a file together stay small: beyond that, and where
  an anchor holds itself, the alias is ``Other`` and a problem;
- `<<` brings in the entries of what it names that are not there already;
- after a mistake the file is read on from the next `---`, a few times;
- a plain scalar is a number, truth value or null as YAML 1.2 says it (and `yes`, `on`, `off` are texts).

Source: https://yaml.org/spec/1.2.2/
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import yaml

from keyless.assess.sources.characters import Characters
from keyless.assess.sources.pieces import Piece, segments_of
from keyless.assess.sources.surroundings import Found, Macros, expressed, may_hold_expressions
from keyless.assess.syntax.expressions import Entry, Expr, Items, Joined, Literal, Other, Record, text_of
from keyless.assess.syntax.source import Lack, Problem
from keyless.assess.syntax.span import Span

_DEEPEST = 150
_MOST_BY_ALIASES = 20_000
_MOST_STARTS = 5
_NEXT = re.compile(r"^---", re.MULTILINE)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,50})")
_NUMBER = re.compile(r"[-+]?(\.[0-9]{1,50}|(0|[1-9][0-9]{0,50})(\.[0-9]{0,50})?)([eE][-+]?[0-9]{1,4})?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_FILL = "ZZZZ"
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Scalar:
    """A text of the file: what it means, and where it stands in characters."""

    __slots__ = ("end", "start", "value")

    def __init__(self, value: str, start: int, end: int) -> None:
        self.value = value
        self.start = start
        self.end = end


class _Open:
    __slots__ = ("anchor", "entries", "is_record", "items", "key", "size", "start")

    def __init__(self, start: int, is_record: bool, anchor: str | None) -> None:
        self.start = start
        self.is_record = is_record
        self.anchor = anchor
        self.key: Expr | None = None
        self.entries: list[Entry] = []
        self.items: list[Expr] = []
        self.size = 1


class _TooDeep(Exception):
    pass


class YamlReader:
    """One file. ``text`` is what is parsed, of the same length as the file's, with ``holes`` in it."""

    def __init__(
        self, characters: Characters, text: str, holes: Sequence[Found], macros: Macros, *, names: bool
    ) -> None:
        self.characters = characters
        self.text = text
        self.holes = holes
        self._starts_of_holes = [hole.start for hole in holes]
        self.macros = macros
        self.names = names
        self.roots: list[Expr] = []
        self.problems: list[Problem] = []
        self.scalars: dict[int, Scalar] = {}
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Expr, int]] = {}
        self._by_aliases = 0
        self._base = 0

    def read(self) -> None:
        """Read all documents: ``roots``, ``scalars`` by their first byte, ``problems``."""
        for _ in range(_MOST_STARTS):
            after = self._read_from()
            if after is None:
                return
            self._base = after

    def piece(self, scalar: Scalar, value: str | None = None) -> Piece:
        """A scalar's text by itself, with its places in the file."""
        start, end = scalar.start, scalar.end
        written = self.characters.file.text[start:end]
        text = scalar.value if value is None else value
        at = self.characters.byte(start)
        if written == scalar.value:
            return Piece(self.characters.file, text, [(0, at)])
        return Piece(self.characters.file, text, segments_of(scalar.value, written, at))

    def _read_from(self) -> int | None:
        """Read on from the base; where to start again, if it goes wrong and there is more."""
        rest = self.text[self._base :] if self._base else self.text
        try:
            for event in yaml.parse(rest, Loader=_LOADER):
                self._event(event)
        except _TooDeep:
            self._lacks(Lack.TOO_DEEP, f"it is nested more than {_DEEPEST} levels deep", self._at())
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            index = self._base + (mark.index if mark is not None else 0)
            said = getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML"
            lack = Lack.TOO_DEEP if "nesting" in said else Lack.NOT_PARSED
            self._lacks(lack, f"this is not understood as YAML: {said}", index)
        else:
            return None
        last = self._at()
        self._close_all()
        again = _NEXT.search(self.text, max(last, self._base + 1))
        return None if again is None else again.start()

    def _at(self) -> int:
        return max((one.end for one in list(self.scalars.values())[-1:]), default=self._base)

    def _lacks(self, lack: Lack, message: str, index: int) -> None:
        at = min(index, len(self.text))
        span = self.characters.span(at, min(at + 1, len(self.text)))
        self.problems.append(Problem(self.characters.file.path, lack, message, span))

    def _close_all(self) -> None:
        while self._open:
            self._close(len(self.text))
        self._anchors.clear()

    def _event(self, event: Any) -> None:  # noqa: ANN401 - has no types of its own
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if len(self._open) >= _DEEPEST:
                raise _TooDeep
            start = self._base + event.start_mark.index
            self._open.append(_Open(start, kind is yaml.MappingStartEvent, event.anchor))
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close(self._base + event.end_mark.index)
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self._anchors.clear()

    def _close(self, end: int) -> None:
        done = self._open.pop()
        span = self._span(done.start, self._trimmed(done.start, end))
        value: Expr
        value = Record(span, tuple(done.entries)) if done.is_record else Items(span, tuple(done.items))
        self._value(value, done.size, done.anchor)

    def _trimmed(self, start: int, end: int) -> int:
        """The end without the white space before it, which block collections and scalars count as theirs."""
        while end > start and self.text[end - 1] in " \t\r\n":
            end -= 1
        return end

    def _span(self, start: int, end: int) -> Span:
        return self.characters.span(start, end)

    def _alias(self, event: Any) -> None:  # noqa: ANN401 - has no types of its own
        start, end = self._base + event.start_mark.index, self._base + event.end_mark.index
        known = self._anchors.get(event.anchor)
        size = known[1] if known else 1
        self._by_aliases += size
        if known is not None and self._by_aliases <= _MOST_BY_ALIASES:
            self._value(known[0], size, None)
            return
        message = "what this alias stands for is too large" if known else "this alias has no anchor before it"
        self._lacks(Lack.NOT_PARSED, message, start)
        self._value(Other(self._span(start, end), "alias"), 1, None)

    def _scalar(self, event: Any) -> None:  # noqa: ANN401 - has no types of its own
        start = self._base + event.start_mark.index
        end = self._trimmed(start, self._base + event.end_mark.index)
        if event.style in {'"', "'"}:
            start, end = start + 1, end - 1
        value: str = event.value
        span = self._span(start, end)
        expression: Expr
        if not event.style and event.implicit[0]:
            expression = Literal(span, _plain(value))
        else:
            expression = Literal(span, value)
        if isinstance(expression.value, str):
            self.scalars[span.start] = Scalar(value, start, end)
            if may_hold_expressions(value) or self.holes:
                expression = self._with_expressions(span, value, start, end)
        self._value(expression, 1, event.anchor)

    def _with_expressions(self, span: Span, value: str, start: int, end: int) -> Expr:
        if self.holes and _FILL in value:
            first = bisect_left(self._starts_of_holes, start)
            within = self.holes[first : bisect_left(self._starts_of_holes, end)]
            if within:
                return _filled(span, value, within)
        if not may_hold_expressions(value):
            return Literal(span, value)
        offsets = Characters(self.piece(self.scalars[span.start]))
        found = expressed(value, offsets.span, self.macros, names=self.names)
        if isinstance(found, Joined):
            return Joined(span, found.parts)
        return Literal(span, value) if isinstance(found, Literal) else found

    def _value(self, value: Expr, size: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (value, size)
        if not self._open:
            self.roots.append(value)
            return
        around = self._open[-1]
        around.size += size
        if not around.is_record:
            around.items.append(value)
        elif around.key is None:
            around.key = value
        else:
            key, around.key = around.key, None
            if text_of(key) == "<<":
                around.entries.extend(_brought_in(value, around.entries))
            else:
                span = self.characters.file.span(
                    key.span.start,
                    max(key.span.end, value.span.end if value.span.start >= key.span.start else 0),
                )
                around.entries.append(Entry(span, key, value))


def _plain(value: str) -> str | int | float | bool | None:
    if value in _WORDS:
        return _WORDS[value]
    if value[0] in "+-.0123456789":
        if _INTEGER.fullmatch(value):
            return int(value)
        if _NUMBER.fullmatch(value):
            return float(value)
    return value


def _brought_in(value: Expr, there: Sequence[Entry]) -> list[Entry]:
    """The entries that `<<` adds."""
    records = value.items if isinstance(value, Items) else (value,)
    known = {text_of(one.key) for one in there}
    found: list[Entry] = []
    for record in records:
        for entry in record.entries if isinstance(record, Record) else ():
            if text_of(entry.key) not in known:
                known.add(text_of(entry.key))
                found.append(entry)
    return found


def _filled(span: Span, value: str, holes: Sequence[Found]) -> Expr:
    """A text whose holes are made the expressions again that stood there."""
    parts: list[Expr] = []
    at = 0
    for hole in holes:
        fill = value.find(_FILL, at)
        if fill > at:
            parts.append(Literal(span, value[at:fill]))
        parts.append(hole.expression)
        at = max(fill, at) + hole.end - hole.start
    if at < len(value):
        parts.append(Literal(span, value[at:]))
    return parts[0] if len(parts) == 1 else Joined(span, tuple(parts))
