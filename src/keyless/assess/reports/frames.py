"""Code frames: the line of a place as it may be shown, and what of it is meant.

Rules:
- what could be a credential is `…` (``keyless.assess.masking``); of findings about credentials so is every
  literal of the line, whatever it looks like, but for names by which something is read or that are given to
  something, addresses, GUIDs and texts that expressions and names of their parts make up;
- where quotes do not pair, as at the edge of a window or in a comment, what is between any two is hidden;
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
_SHELLS = _DOCUMENTS | {FileKind.POWERSHELL}
_TICKS = {FileKind.JAVASCRIPT, FileKind.GO}
"""Where a back quote begins a text."""
_QUOTED = re.compile(r"(?<!\\)(?:\"(?P<double>(?:[^\"\\]|\\.)*+)\"|'(?P<single>(?:[^'\\]|\\.)*+)')")
_TICKED = re.compile(rf"{_QUOTED.pattern}|`(?P<tick>(?:[^`\\]|\\.)*+)`")
_MARK = re.compile(r"(?<!\\)[\"'`]")
_GLUE = re.compile(r"[\s,;:()\[\]{}+=<>./|&?!-]*")
_READ = re.compile(
    r"(?:\[|\.(?:get|at|GetValue|GetSection|GetConnectionString|getProperty|getString|Get|GetString)\(|getenv\("
    r"|LookupEnv\(|GetEnvironmentVariable\(|env\(|secrets\.|parameters\(|variables\(|resourceId\(|listKeys\("
    r"|\b(?:name|location|kind|type|tier|sku|uses|image|scope|source|version|apiVersion|host|endpoint|url|uri)[\"']?\s?[:=]"
    r"|^\s*(?:resource|data|variable|output|module|provider)\s[^=:]{0,100})\s*$",
    re.IGNORECASE,
)
"""What stands before a name by which something is read, or declared."""
_PUBLIC = re.compile(
    r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z+.-]{2,20}://[^@]*|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|@Microsoft\.KeyVault\(.*|\[[A-Za-z.]{2,40}\(.*|[./][a-z0-9./-]{0,60}"
    r"|\s*|.{0,3}|true|false",
    re.DOTALL,
)
_EXPRESSION = re.compile(
    r"\$\{\{?[^{}]{1,300}\}?\}|\$\([^()]{1,300}\)|\{\{[^{}]{1,300}\}\}|#?\{[A-Za-z_][^{}]{0,300}\}"
    r"|<[A-Za-z][^<>]{0,60}>|\$[A-Z_][A-Z0-9_]{2,100}"
)
_BEFORE_ONE = re.compile(r"(?s).*[\s=/:@;,(\"'._\-]|")
_AFTER_ONE = re.compile(r"(?s)[\s=/:@;,)\"'._\-?&].*|")
_PLAIN = re.compile(r"(?:[\w.\- ]{1,100}[:=]\s*)?(?P<value>[^\s\"'|>{\[&*!][^\"']*)")
_ASSIGNED = re.compile(r"(?:\w{1,20} )?[\w.\-]{1,100}=(?P<value>[^\s\"'()]+)")
"""What a shell would take for an assignment, in a text that code holds."""
_SET = re.compile(r"(?<![\w-])[\w.:\-]{1,100}=(?P<value>[^\s\"'`;&|()]{4,4000})")


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
        pieces += literals_in(line, begin, end, kind_of(place.path), cut=start > 0)
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


def literals_in(
    line: str, begin: int, end: int, kind: FileKind | None, *, cut: bool = False
) -> Iterator[Piece]:
    """The literals of a line that may be secret; ``cut`` where it begins within one."""
    document = kind in _DOCUMENTS
    marks = [one.start() for one in _MARK.finditer(line)]
    if cut or any(
        sum(line[at] == mark for at in marks) % 2 for mark in ("\"'`" if kind in _TICKS else "\"'")
    ):
        yield from _between(line, marks, cut=cut)
    for found in (_TICKED if kind in _TICKS else _QUOTED).finditer(line):
        is_key = document and line[found.end() :].lstrip().startswith(":")
        is_name = _READ.search(line[max(0, found.start() - _LOOKED_BEHIND) : found.start()])
        if not is_key and not is_name and not _is_public(found[0][1:-1]):
            yield found.start() + 1, found.end() - 1
    plain = (_PLAIN if document else _ASSIGNED).fullmatch(line, begin, end)
    unquoted = [*([plain] if plain else ()), *(_SET.finditer(line) if kind in _SHELLS else ())]
    yield from (one.span("value") for one in unquoted if not _is_public(one["value"]))


def _between(line: str, marks: list[int], *, cut: bool) -> Iterator[Piece]:
    """What stands between any two quotes, and behind the last one."""
    starts, ends = [one + 1 for one in marks], [*marks[1:], len(line)]
    if cut:
        starts, ends = [0, *starts], [*(marks[:1] or [len(line)]), *ends]
    for start, end in zip(starts, ends, strict=False):
        if not _GLUE.fullmatch(line, start, end):
            yield start, end


def _is_public(value: str) -> bool:
    """Whether a text may be shown: by its form, or since expressions make it up and nothing adjoins them."""
    if _PUBLIC.fullmatch(value):
        return True
    if value.startswith("$"):
        return _EXPRESSION.match(value) is not None or re.fullmatch(r"\$[A-Za-z_]\w*", value) is not None
    parts = _EXPRESSION.split(value)
    if len(parts) == 1:
        return False
    befores, afters = parts[:-1], parts[1:]
    return all(map(_BEFORE_ONE.fullmatch, befores)) and all(map(_AFTER_ONE.fullmatch, afters))


def _cut(number: int, text: str, first: int, last: int) -> Frame:
    """A window of a line, without what stands before it in every line, control characters escaped."""
    begin = 0 if first <= _BEFORE * 2 and len(text) <= _WIDTH else max(0, first - _BEFORE)
    begin = max(begin, min(first, len(text) - len(text.lstrip())))
    piece = text[begin : begin + _WIDTH]
    before = visible(text[begin:first].replace("\t", " "))
    meant = visible(text[first : min(last, begin + _WIDTH)].replace("\t", " "))
    return Frame(number, visible(piece.replace("\t", " ").rstrip()), len(before), max(1, len(meant)))
