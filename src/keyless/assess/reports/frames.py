"""Code frames: the line of a place as it may be shown, and what of it is meant.

Rules:
- what could be a credential is `…` (``keyless.assess.masking``); of findings about credentials so is every
  literal of the place, whatever it looks like, but for names by which something is read, addresses, GUIDs and
  texts that hold expressions;
- of a long line a window around the place is shown; control characters are escaped;
- the marks below count in the characters that are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from keyless.assess.files.kinds import FileKind, kind_of
from keyless.assess.files.texts import Texts
from keyless.assess.masking import Piece, merged, moved, secrets_in, without
from keyless.assess.syntax.span import Place, Span
from keyless.model.visible import visible

_WINDOW = 4000
"""What of a line is looked at."""
_BEFORE, _WIDTH = 60, 160
_LOOKED_BEHIND = 60
_DOCUMENTS = {
    FileKind.JSON,
    FileKind.YAML,
    FileKind.PROPERTIES,
    FileKind.DOTENV,
    FileKind.XML,
    FileKind.SHELL,
    FileKind.DOCKERFILE,
}
_QUOTED = re.compile(r"\"(?P<double>(?:[^\"\\]|\\.)*+)\"|'(?P<single>(?:[^'\\]|\\.)*+)'")
_READ = re.compile(
    r"(?:\[|\.(?:get|at|GetValue|GetSection|GetConnectionString|getProperty|getString|Get|GetString)\(|getenv\("
    r"|LookupEnv\(|GetEnvironmentVariable\(|env\(|secrets\.|parameters\(|variables\(|resourceId\(|listKeys\("
    r"|^\s*(?:resource|data|variable|output|module|provider)\s[^=:]{0,100})\s*$",
    re.IGNORECASE,
)
"""What stands before a name by which something is read, or declared."""
_PUBLIC = re.compile(
    r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z+.-]{2,20}://[^@]*|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|.{0,2000}?(?:\$\{|\$\(|\$[A-Za-z_]|\{\{|\{[A-Za-z_]|<).*|@Microsoft.*|\[.*|[./][a-z0-9./-]{0,60}"
    r"|\s*|.{0,3}|true|false",
    re.DOTALL,
)
_PLAIN = re.compile(r"(?:[\w.\- ]{1,100}[:=]\s*)?(?P<value>[^\s\"'|>{\[&*!][^\"']*)")
_ASSIGNED = re.compile(r"(?:\w{1,20} )?[\w.\-]{1,100}=(?P<value>[^\s\"'()]+)")
"""What a shell would take for an assignment, in a text that code holds."""


class Frame(NamedTuple):
    """A line; ``mark`` is where the place begins in it, counted from 0, and how long it is."""

    line: int
    text: str
    mark: int
    length: int


def frame(place: Place, texts: Texts, *, secret: bool) -> Frame | None:
    """The frame of a place; none where its line is not there. ``secret``: a literal there may be one."""
    span = place.span
    whole = texts.line(place.path, span.line)
    if not whole.strip():
        return None
    start = max(0, span.column - 1 - _WINDOW // 2)
    line = whole[start : start + _WINDOW]
    begin, end = _columns(span, line, start)
    pieces = secrets_in(line, document=is_document(place.path))
    if secret:
        pieces += literals_in(line, begin, end, document=is_document(place.path))
    hidden = merged(pieces)
    shown, first, last = without(line, hidden), moved(begin, hidden), moved(end, hidden)
    return _cut(span.line, shown, first, max(last, first + 1))


def is_document(path: str) -> bool:
    """Whether what stands in a file without quotes is a value, as in documents and in what a shell reads."""
    return kind_of(path) in _DOCUMENTS


def _columns(span: Span, line: str, start: int) -> tuple[int, int]:
    begin = min(max(span.column - 1 - start, 0), len(line))
    end = len(line.rstrip()) if span.end_line > span.line else span.end_column - 1 - start
    return begin, max(begin, min(end, len(line)))


def literals_in(line: str, begin: int, end: int, *, document: bool) -> Iterator[Piece]:
    """The literals of a piece of a line that may be secret, whatever they look like."""
    for found in _QUOTED.finditer(line, begin, end):
        value = found["double"] or found["single"] or ""
        is_key = document and line[found.end() : end].lstrip().startswith(":")
        is_name = _READ.search(line[max(0, found.start() - _LOOKED_BEHIND) : found.start()])
        if not is_key and not is_name and not _PUBLIC.fullmatch(value):
            yield found.start() + 1, found.end() - 1
    plain = (_PLAIN if document else _ASSIGNED).fullmatch(line, begin, end)
    if plain and not _PUBLIC.fullmatch(plain["value"]):
        yield plain.span("value")


def _cut(number: int, text: str, first: int, last: int) -> Frame:
    """A window of a line, without what stands before it in every line, control characters escaped."""
    begin = 0 if first <= _BEFORE * 2 and len(text) <= _WIDTH else max(0, first - _BEFORE)
    begin = max(begin, min(first, len(text) - len(text.lstrip())))
    piece = text[begin : begin + _WIDTH]
    before = visible(text[begin:first].replace("\t", " "))
    meant = visible(text[first : min(last, begin + _WIDTH)].replace("\t", " "))
    return Frame(number, visible(piece.replace("\t", " ").rstrip()), len(before), max(1, len(meant)))
