"""Preprocessor directives of C# that stand where the grammar expects none, as within a chain of calls.

Rules:
- they are only taken out where the file is not understood as it is, and nothing moves by it: a blank stands
  for each of their characters;
- all branches of `#if` stay where the file is then understood; where it is not, only the first of each stays,
  and each of the others is a problem.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.source import Lack, Problem
from keyless.grammars import parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_DIRECTIVE = re.compile(
    rb"^[ \t]*#[ \t]*(if|elif|else|endif|region|endregion|pragma|nullable|line)\b[^\n]*", re.M
)


def understood(file: FileText) -> tuple[Node, tuple[Problem, ...]]:
    """The tree of a file, without the directives that it is not understood with."""
    root = parsed("csharp", file.data)
    if not root.has_error or not _DIRECTIVE.search(file.data):
        return root, ()
    every = parsed("csharp", _DIRECTIVE.sub(lambda found: b" " * len(found[0]), file.data))
    if not every.has_error:
        return every, ()
    data, left_out = _first_branches(file.data)
    first = parsed("csharp", data)
    if first.has_error:
        return root, ()
    message = "this branch of `#if` stands where it is not understood, and was not read"
    spans = (file.span(start, end) for start, end in left_out)
    return first, tuple(Problem(file.path, Lack.NOT_PARSED, message, span) for span in spans)


def _first_branches(data: bytes) -> tuple[bytes, list[tuple[int, int]]]:
    """The text with the first branch of each `#if` alone, and where the others stand."""
    result = bytearray(data)
    opened: list[int | None] = []
    left_out: list[tuple[int, int]] = []
    for found in _DIRECTIVE.finditer(data):
        match found[1]:
            case b"if":
                opened.append(None)
            case b"elif" | b"else" if opened:
                _close(opened.pop(), found.start(), left_out)
                opened.append(found.end())
            case b"endif" if opened:
                _close(opened.pop(), found.start(), left_out)
        result[found.start() : found.end()] = b" " * (found.end() - found.start())
    for start, end in left_out:
        result[start:end] = re.sub(rb"[^\r\n]", b" ", data[start:end])
    return bytes(result), left_out


def _close(start: int | None, end: int, left_out: list[tuple[int, int]]) -> None:
    if start is not None:
        left_out.append((start, end))
