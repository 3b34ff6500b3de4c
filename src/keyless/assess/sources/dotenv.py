"""`.env` files: a name and a value on each line.

Rules:
- `export` before a name is left out; lines that begin with `#` are comments, and so is ` #` behind a value
  without quotes;
- a value in double quotes has escapes and may go on over lines; one in single quotes or backticks is as it
  stands;
- `${X}`, `${X:-default}` and `$X` are expressions, but not in single quotes;
- a line without `=` sets nothing, and what reads these files passes over it.

Source: https://github.com/motdotla/dotenv, https://saurabh-kumar.com/python-dotenv/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from keyless.assess.sources.characters import Characters
from keyless.assess.sources.flat import value_of
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Entry, Literal, Record
from keyless.assess.syntax.source import Source

_NAME = re.compile(r"[ \t]*+(?:export[ \t]++)?([\w.\-:]++)[ \t]*+=[ \t]*+")
_BLANK = re.compile(r"[ \t\r]*+(?:#[^\n]*+)?(?:\n|$)")
_QUOTED = {
    '"': re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL),
    "'": re.compile(r"'([^']*+)'"),
    "`": re.compile(r"`([^`]*+)`"),
}
_COMMENT = re.compile(r"[ \t]#")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r"}


class Value(NamedTuple):
    """A value as it comes to be, and where it stands; a ``literal`` one has no expressions in it."""

    text: str
    start: int
    end: int
    literal: bool


def read(path: str, text: str) -> Source:
    """A file of environment variables."""
    file = FileText(path, text)
    characters = Characters(file)
    entries = tuple(_entry(characters, line) for line in lines_of(text))
    root = Record(file.span(0, len(file.data)), entries)
    document = Document(path=path, kind=DocumentKind.DOTENV, roots=(root,))
    return Source(path=path, document=document)


class Line:
    """A name and its value, with where the name stands in the text."""

    __slots__ = ("end", "name", "start", "value")

    def __init__(self, name: str, start: int, end: int, value: Value) -> None:
        self.name = name
        self.start = start
        self.end = end
        self.value = value


def lines_of(text: str) -> Iterator[Line]:
    """The names and values of a file; what sets nothing is passed over."""
    at = 0
    while at < len(text):
        blank = _BLANK.match(text, at)
        if blank is not None:
            at = blank.end()
            continue
        name = _NAME.match(text, at)
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if name is None:
            at = end + 1
            continue
        value = _value(text, name.end())
        yield Line(name.group(1), name.start(1), name.end(1), value)
        end = text.find("\n", value.end)
        at = len(text) if end < 0 else end + 1


def _value(text: str, at: int) -> Value:
    pattern = _QUOTED.get(text[at : at + 1])
    quoted = pattern.match(text, at) if pattern is not None else None
    if quoted is None:
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)]
        comment = _COMMENT.search(line)
        bare = (line[: comment.start()] if comment else line).rstrip()
        return Value("" if bare.startswith("#") else bare, at, at + len(bare), literal=False)
    inner = quoted.group(1)
    if text[at] == '"' and "\\" in inner:
        inner = _ESCAPE.sub(lambda one: _LETTERS.get(one.group(1), one.group(1)), inner)
    return Value(inner, quoted.start(1), quoted.end(1), literal=text[at] != '"')


def _entry(characters: Characters, line: Line) -> Entry:
    value = line.value
    name = Literal(characters.span(line.start, line.end), line.name)
    span = characters.span(line.start, max(value.end, line.end))
    if value.literal:
        return Entry(span, name, Literal(characters.span(value.start, value.end), value.text))
    return Entry(span, name, value_of(characters, value.text, value.start, value.end, names=True))
