"""Texts of scripts: escapes, and what is expanded in them.

Rules:
- texts side by side are one, and one part is all: `$X` and `"$X"` are the same value;
- a sign that escapes takes the character after it, and that one escapes nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from keyless.assess.sources.reading import Reading
from keyless.assess.sources.texts import joined
from keyless.assess.syntax.expressions import Expr, Joined
from keyless.assess.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node


def one_text(span: Span, parts: Iterable[Expr]) -> Expr:
    """Parts as one text."""
    found = joined(span, parts)
    return found.parts[0] if isinstance(found, Joined) and len(found.parts) == 1 else found


def expanded(
    reading: Reading, inner: Iterable[Node], start: int, end: int, meant: Callable[[str], str]
) -> Expr:
    """A text between two byte offsets in which nodes are expanded; ``meant`` is what the rest of it means.

    Grammars have no nodes for all of the rest, so it is whatever stands between.
    """
    parts: list[Expr] = []
    at = start
    for child in inner:
        _rest(reading, parts, at, child.start_byte, meant)
        parts.append(reading.expression(child))
        at = child.end_byte
    _rest(reading, parts, at, end, meant)
    return one_text(reading.file.span(start, max(start, end)), parts)


def _rest(reading: Reading, parts: list[Expr], start: int, end: int, meant: Callable[[str], str]) -> None:
    if end > start:
        parts.append(reading.file.leaf(meant(reading.file.between(start, end)), start, end))


def without_escapes(written: str, sign: str, meanings: Mapping[str, str]) -> str:
    """A text whose escapes are resolved: a character that has no meaning of its own stands for itself."""
    if sign not in written:
        return written
    found: list[str] = []
    characters = iter(written)
    for one in characters:
        escaped = next(characters, "") if one == sign else None
        found.append(one if escaped is None else meanings.get(escaped, escaped))
    return "".join(found)
