"""Policies of API Management that are no XML as they stand: C# is written in them without escapes.

Rules:
- what stands in `@(…)` and `@{…}` keeps its words; the signs that mean something in XML are taken out of it,
  each for a sign of the same length;
- an expression that does not end is left as it is, with all that follows.

Source: https://learn.microsoft.com/azure/api-management/api-management-policy-expressions
"""

from __future__ import annotations

import re

_POLICIES = re.compile(rb"<(?:policies|fragment)[\s>]")
_OPENS = re.compile(rb"@[({]")
_PART = re.compile(
    rb'[$@]{1,2}"(?:[^"]|"")*+"|"(?:[^"\\\n]|\\.)*+"|\'(?:[^\'\\\n]|\\.){1,8}+\'|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/|[(){}]'
)
_SIGNS = bytes.maketrans(b"\"<>&'", b"_____")


def escaped(data: bytes) -> bytes:
    """The text of a policy as XML, every byte in its place; as it is where it is none."""
    if _POLICIES.search(data) is None:
        return data
    made: list[bytes] = []
    at = 0
    while (found := _OPENS.search(data, at)) is not None and (end := _end(data, found.end())) is not None:
        made += (data[at : found.end()], data[found.end() : end].translate(_SIGNS))
        at = end
    return b"".join((*made, data[at:]))


def _end(data: bytes, start: int) -> int | None:
    """Where the bracket that was opened before a byte is closed."""
    depth = 1
    for part in _PART.finditer(data, start):
        if part[0] in b"({":
            depth += 1
        elif part[0] in b")}":
            depth -= 1
            if depth == 0:
                return part.start()
    return None
