"""Literals of code: numbers, escapes in texts, and what is put together from texts.

Rules:
- a number that is written in a way that is not understood is no literal;
- `a + b` is a text unless one of them is a number: what is added otherwise is of no account here;
- neighbours that are both literal become one;
- an escape can name half of a character (`\\ud800`): no text keeps it, since none could be written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from keyless.assess.syntax.expressions import Expr, Joined, Literal, Other
from keyless.assess.syntax.span import Span

_ESCAPE = re.compile(
    r"\\(u\{[0-9a-fA-F]{1,8}\}|u+[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{1,4}|[0-7]{1,3}|\r?\n|.)",
    re.DOTALL,
)

_PLAIN = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "a": "\a",
    "e": "\x1b",
    "s": " ",
}
_SUFFIX = re.compile(r"(?<=[0-9a-fA-F.])[uUlLmMn]+$|(?<=[0-9.])[fFdD]$")
_MOST_DIGITS = 60


def unescaped(text: str) -> str:
    """A text with its escapes resolved; a line that is continued goes on without its end."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "uUx" and len(code) > 1:
        return by_number(int(code.lstrip("uUx").strip("{}") or "0", 16))
    if code[0] in "01234567":
        return by_number(int(code, 8))
    return "" if code[-1] == "\n" else _PLAIN.get(code, code)


def by_number(number: int) -> str:
    """The character of a number; the sign for none where it is half of one, or beyond all."""
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def whole(text: str) -> str:
    """A text in which two halves are one character; a half that is left alone is none."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def number(span: Span, kind: str, text: str) -> Expr:
    """A number; what it is written like decides between whole and broken ones."""
    plain = text.replace("_", "")
    if len(plain) > _MOST_DIGITS:
        return Other(span, kind)
    if not plain.casefold().startswith("0x"):
        plain = _SUFFIX.sub("", plain)
    for read in (_whole, _octal, float):
        try:
            return Literal(span, read(plain.rstrip("lLuU")))
        except ValueError:
            continue
    return Other(span, kind)


def _whole(text: str) -> int:
    return int(text, 0)


def _octal(text: str) -> int:
    return int(text, 8)


def joined(span: Span, parts: Iterable[Expr]) -> Expr:
    """Texts and expressions as one text; a literal where all of it is."""
    plain = [piece for part in parts for piece in _pieces(part) if not _is_empty(piece)]
    found: list[Expr] = []
    for is_text, run in groupby(plain, key=_is_text):
        pieces = list(run)
        found.extend([_one(pieces)] if is_text else pieces)
    if not found:
        return Literal(span, "")
    if len(found) == 1 and _is_text(found[0]) and isinstance(found[0], Literal):
        return Literal(span, found[0].value)
    return Joined(span, tuple(found))


def _pieces(part: Expr) -> tuple[Expr, ...]:
    return part.parts if isinstance(part, Joined) else (part,)


def _is_empty(part: Expr) -> bool:
    return isinstance(part, Literal) and part.value == ""


def added(span: Span, kind: str, operands: Sequence[Expr]) -> Expr:
    """`a + b + c`."""
    numbers = any(isinstance(one, Literal) and not isinstance(one.value, str) for one in operands)
    if numbers and not any(_is_text(one) for one in operands):
        return Other(span, kind, tuple(operands))
    return joined(span, operands)


def _is_text(part: Expr) -> bool:
    return isinstance(part, Literal) and isinstance(part.value, str)


def _one(pieces: Sequence[Expr]) -> Literal:
    a, b = pieces[0].span, pieces[-1].span
    span = Span(a.line, a.column, b.end_line, b.end_column, a.start, b.end)
    return Literal(span, "".join(str(getattr(piece, "value", "")) for piece in pieces))
