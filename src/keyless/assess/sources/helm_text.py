"""Templates of Helm (and others with double braces) made YAML again, every character in its place.

Rules:
- a line of nothing but `{{ … }}` is control (`if`, `range`, `include`) and becomes blank;
- elsewhere braces with what is in them become a plain word of the same length, a hole;
- braces that are not closed stay as they are, and so do `${{ … }}`, which are YAML already.
"""

from __future__ import annotations

import re

from keyless.assess.sources.characters import Characters
from keyless.assess.sources.surroundings import Found, expressions_in
from keyless.assess.syntax.expressions import Other

_BRACES = re.compile(r"(?<!\$)\{\{")
_OTHERS = re.compile(r"\{\{[^{}]*\}\}")
_NO_BREAK = re.compile(r"[^\n]")
_FILL = "Z"
_LONG = 300


def has_braces(text: str) -> bool:
    """Whether there is anything to make YAML of."""
    return "{{" in text and _BRACES.search(text) is not None


def hollow(characters: Characters, blank: str = " ") -> tuple[str, list[Found]]:
    """The text as YAML, and the holes in it; ``blank`` is what control begins with: a space, or `#`.

    Neither suits everywhere: a comment ends a block of text that is indented further, and white space at the
    start of one says how far it is indented.
    """
    text = characters.file.text
    holes: list[Found] = []
    parts: list[str] = []
    at = 0
    while (opening := _BRACES.search(text, at)) is not None:
        end = text.find("}}", opening.end())
        if end < 0:
            break
        start, end = opening.start(), end + 2
        parts.append(text[at:start])
        if _stands_alone(text, start, end):
            parts.append(blank + _NO_BREAK.sub(" ", text[start + 1 : end]))
        else:
            parts.append(_FILL * (end - start))
            holes.append(_hole(text, start, end, characters))
        at = end
    parts.append(text[at:])
    return "".join(parts), holes


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing else is on the lines of a piece, other braces left out; never so on a long line."""
    before = text[max(0, start - _LONG) : start].rpartition("\n")[2]
    after = text[end : end + _LONG].partition("\n")[0]
    if max(len(before), len(after)) == _LONG:
        return False
    return not _OTHERS.sub("", before + after).strip()


def _hole(text: str, start: int, end: int, characters: Characters) -> Found:
    span = characters.span(start, end)
    inner = next(expressions_in(text[start:end], lambda _first, _last: span), None)
    return Found(start, end, Other(span, "expression") if inner is None else inner.expression)
