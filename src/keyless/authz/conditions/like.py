"""Wildcards of the `Like` operators: `*` for any run of characters, `?` for one, a backslash before either
for the character itself.

Matching takes time in proportion to pattern times text, whatever they are: a pattern may come from a caller.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format#stringlike
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PART = re.compile(r"\\([*?\\])|(.)", re.DOTALL)


def like(pattern: str, text: str) -> bool:
    """Whether the whole text matches: the pieces between the stars, each found as early as it can be."""
    first, *between = _pieces(pattern)
    if not between:
        return first.regex.fullmatch(text) is not None
    last = between.pop()
    start = _behind(first.regex.match(text))
    for piece in between:
        start = _behind(piece.regex.search(text, start)) if start >= 0 else start
    tail = len(text) - last.length
    return 0 <= start <= tail and last.regex.match(text, tail) is not None


def beginning_of(pattern: str) -> str | None:
    """The text that a pattern of the form `text*` asks for at the beginning; None for any other pattern."""
    parts = _PART.findall(pattern)
    if not parts or parts[-1][1] != "*" or any(plain in {"*", "?"} for _, plain in parts[:-1]):
        return None
    return "".join(escaped or plain for escaped, plain in parts[:-1])


def _behind(found: re.Match[str] | None) -> int:
    return found.end() if found else -1


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands between two stars: a regular expression that matches texts of one length only."""

    regex: re.Pattern[str]
    length: int


@lru_cache(maxsize=1024)
def _pieces(pattern: str) -> tuple[_Piece, ...]:
    pieces: list[list[str]] = [[]]
    for escaped, plain in _PART.findall(pattern):
        if plain == "*":
            pieces.append([])
        else:
            pieces[-1].append("." if plain == "?" else re.escape(escaped or plain))
    return tuple(_Piece(re.compile("".join(piece), re.DOTALL), len(piece)) for piece in pieces)
