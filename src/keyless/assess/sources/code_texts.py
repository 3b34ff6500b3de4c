"""Texts in code: escapes resolved, and pieces put together.

Rules:
- escapes are those that Python and JavaScript share, and what only one of them has (`\\N{…}`, `\\u{…}`); one
  that is not known stays as it is written;
- literal texts that are next to each other are one; what is left as a single text is a ``Literal``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from keyless.assess.syntax.expressions import Expr, Joined, Literal, text_of
from keyless.assess.syntax.span import Span

_ESCAPE = re.compile(
    r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|U[0-9a-fA-F]{8}|[0-7]{1,3}|\r?\n|.)",
    re.DOTALL,
)
_PLAIN = {
    "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "\n": "", "\r\n": "",
    "\\": "\\", "'": "'", '"': '"', "`": "`", "$": "$", "/": "/",
}  # fmt: skip
_LAST = 0x10FFFF


def unescaped(text: str) -> str:
    """A text with its escapes resolved."""
    return _ESCAPE.sub(_resolved, text) if "\\" in text else text


def _resolved(match: re.Match[str]) -> str:
    escape = match[1]
    if escape in _PLAIN:
        return _PLAIN[escape]
    if escape[0] in "xuU" and len(escape) > 1:
        return _character(int(escape[1:].strip("{}"), 16), match[0])
    return _character(int(escape, 8), match[0]) if escape.isdecimal() and escape < "8" else match[0]


def _character(code: int, written: str) -> str:
    surrogate = 0xD800 <= code <= 0xDFFF
    return written if code > _LAST or surrogate else chr(code)


def joined(span: Span, parts: Iterable[Expr]) -> Expr:
    """One text of several parts."""
    merged = _merged([piece for part in parts for piece in _pieces(part) if text_of(piece) != ""])
    if not merged:
        return Literal(span, "")
    first = merged[0]
    if len(merged) == 1 and isinstance(first, Literal):
        return Literal(span, first.value)
    return Joined(span, tuple(merged))


def _pieces(part: Expr) -> Sequence[Expr]:
    return part.parts if isinstance(part, Joined) else (part,)


def _merged(parts: Sequence[Expr]) -> list[Expr]:
    found: list[Expr] = []
    for literal, run in groupby(parts, key=lambda part: text_of(part) is not None):
        pieces = list(run)
        found.extend([_one_literal(pieces)] if literal else pieces)
    return found


def _one_literal(pieces: Sequence[Expr]) -> Expr:
    first, last = pieces[0].span, pieces[-1].span
    span = Span(first.line, first.column, last.end_line, last.end_column, first.start, last.end)
    return Literal(span, "".join(text_of(piece) or "" for piece in pieces))
