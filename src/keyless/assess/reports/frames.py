"""Code frames: the line of a place as it may be shown, and what of it is meant.

Rules:
- what could be a credential is `…` (``keyless.assess.masking``); of findings about credentials so is a place
  that is one literal alone, whatever it looks like;
- of a long line a window around the place is shown; control characters are escaped;
- the marks below count in the characters that are shown.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from keyless.assess.files.kinds import FileKind, kind_of
from keyless.assess.files.texts import Texts
from keyless.assess.masking import merged, moved, secrets_in, without
from keyless.assess.syntax.span import Place, Span
from keyless.model.visible import visible

_WINDOW = 4000
"""What of a line is looked at."""
_BEFORE, _WIDTH = 60, 160
_DOCUMENTS = {FileKind.JSON, FileKind.YAML, FileKind.PROPERTIES, FileKind.DOTENV, FileKind.XML}
_QUOTED = re.compile(r"[@$frbu]{0,2}([\"'`]).*\1", re.IGNORECASE | re.DOTALL)


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
    if secret and _is_literal(line[begin:end], place.path):
        pieces.append((begin, end))
    hidden = merged(pieces)
    shown, first, last = without(line, hidden), moved(begin, hidden), moved(end, hidden)
    return _cut(span.line, shown, first, max(last, first + 1))


def is_document(path: str) -> bool:
    """Whether a file holds no code, so that what stands in it without quotes is a value."""
    return kind_of(path) in _DOCUMENTS


def _columns(span: Span, line: str, start: int) -> tuple[int, int]:
    begin = min(max(span.column - 1 - start, 0), len(line))
    end = len(line.rstrip()) if span.end_line > span.line else span.end_column - 1 - start
    return begin, max(begin, min(end, len(line)))


def _is_literal(piece: str, path: str) -> bool:
    """Whether a piece is one text in quotes, or in a document one value."""
    if _QUOTED.fullmatch(piece):
        return True
    return is_document(path) and ":" not in piece and "=" not in piece and "$" not in piece


def _cut(number: int, text: str, first: int, last: int) -> Frame:
    """A window of a line, without what stands before it in every line, control characters escaped."""
    begin = 0 if first <= _BEFORE * 2 and len(text) <= _WIDTH else max(0, first - _BEFORE)
    begin = max(begin, min(first, len(text) - len(text.lstrip())))
    piece = text[begin : begin + _WIDTH]
    before = visible(text[begin:first].replace("\t", " "))
    meant = visible(text[first : min(last, begin + _WIDTH)].replace("\t", " "))
    return Frame(number, visible(piece.replace("\t", " ").rstrip()), len(before), max(1, len(meant)))
