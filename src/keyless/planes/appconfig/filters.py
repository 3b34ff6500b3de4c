r"""The filter syntax of keys, labels and tags, and what it matches.

Rules:
- no filter, an empty one and `*` match everything, no label included;
- `abc` matches that text, `abc*` what begins with it, `abc,xyz` either, of at most five;
- a NUL character alone (`%00` in a URL) stands for no label;
- `*`, `,` and `\` stand for themselves behind a `\`, as any other character does;
- a tag filter is `name=value`, the value NUL for null; `=` too must be escaped within either.

Everything here is pure. Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-key-value#filtering
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NO_LABEL = "\0"
MOST_VALUES = 5
_RESERVED = re.compile(r"[*,\\]")
_RESERVED_IN_TAGS = re.compile(r"[*,\\=]")
_INVALID_CHARACTER = "Invalid character"


class FilterError(ValueError):
    """A text that is not a filter; ``position`` is where, counted from zero in characters."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(reason)
        self.position = position
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TextFilter:
    """Which texts are meant: one of ``values``, where there are any; else those that begin with ``prefix``.

    An empty prefix means all, and none itself. Among the values none stands for no label.
    """

    prefix: str = ""
    values: frozenset[str | None] | None = None

    def matches(self, text: str | None) -> bool:
        """Whether a key or label is meant."""
        if self.values is not None:
            return text in self.values
        return not self.prefix or (text is not None and text.startswith(self.prefix))


EVERYTHING = TextFilter()


@dataclass(frozen=True, slots=True)
class TagFilter:
    """A tag that must be there with this value; none stands for null."""

    name: str
    value: str | None


def parse_filter(text: str | None) -> TextFilter:
    """Read a key or label filter.

    Raises:
        FilterError: a reserved character is not escaped, or there are too many values.
    """
    if not text or text == "*":
        return EVERYTHING
    parts = _split(text, ",")
    if len(parts) > MOST_VALUES:
        start, _ = parts[MOST_VALUES]
        raise FilterError(start, f"Too many values. Maximum supported is {MOST_VALUES}")
    if len(parts) == 1 and _ends_with_wildcard(text):
        return TextFilter(prefix=_unescape(text[:-1], 0))
    return TextFilter(
        values=frozenset(None if part == NO_LABEL else _unescape(part, start) for start, part in parts)
    )


def parse_tag_filter(text: str) -> TagFilter:
    """Read one `name=value`.

    Raises:
        FilterError: it has not exactly one `=`, no name, or an unescaped reserved character.
    """
    parts = _split(text, "=")
    if len(parts) != 2:
        at = parts[2][0] - 1 if len(parts) > 2 else len(text)
        raise FilterError(at, "A tag filter has the form name=value")
    (_, name), (start, value) = parts
    if not name.strip() or name == NO_LABEL:
        raise FilterError(0, "A tag filter has a name before the =")
    return TagFilter(_unescape(name, 0), None if value == NO_LABEL else _unescape(value, start))


def escape(text: str) -> str:
    """The filter that matches exactly this text."""
    return _RESERVED.sub(r"\\\g<0>", text)


def escape_tag(text: str) -> str:
    """A tag's name or value as a tag filter has it."""
    return _RESERVED_IN_TAGS.sub(r"\\\g<0>", text)


def _split(text: str, separator: str) -> list[tuple[int, str]]:
    """The parts between unescaped separators, each with where it begins."""
    parts: list[tuple[int, str]] = []
    start = at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == separator:
            parts.append((start, text[start:at]))
            start = at + 1
        at += 1
    parts.append((start, text[start:]))
    return parts


def _ends_with_wildcard(text: str) -> bool:
    body = text[:-1]
    escapes = len(body) - len(body.rstrip("\\"))
    return text.endswith("*") and escapes % 2 == 0


def _unescape(text: str, offset: int) -> str:
    """The text that an escaped one stands for; ``offset`` is where it begins in its filter."""
    plain: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
            if at == len(text):
                raise FilterError(offset + at - 1, _INVALID_CHARACTER)
        elif _RESERVED.match(text[at]):
            raise FilterError(offset + at, _INVALID_CHARACTER)
        plain.append(text[at])
        at += 1
    return "".join(plain)
