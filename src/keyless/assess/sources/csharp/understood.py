"""What the grammar of C# does not understand as it is, though it is valid.

Rules:
- nothing is changed where the file is understood, and nothing moves: a blank stands for each character that
  is taken out, and texts and names are read from the file as it is;
- directives are taken out that stand where the grammar expects none, as within a chain of calls: all branches
  of `#if` stay where the file is then understood; where it is not, only the first of each stays, and each of
  the others is a problem;
- so is what is newer than the grammar and means nothing for values: the name in `.. var rest` of a pattern,
  `?` of an assignment to `a?.b`; `$` of a text with nothing in it, doubled braces next to what is filled in.
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
_NEWER = (
    re.compile(rb"(?<=\.\.)[ \t]{0,8}var[ \t]{1,8}\w{1,80}(?=[ \t]{0,8}[],])"),
    re.compile(rb"\?(?=\.\w{1,80}[ \t]{0,8}(?:\?\?|[-+*/%&|^])?=[^=>])"),
    re.compile(rb'(?<![$@\w])\$(?=""(?!"))'),
    re.compile(rb'(?<=\$")\{\{(?=\{)|(?<=\})\}\}(?=")'),
)
_CHARACTER = re.compile(rb"[^\r\n]")


def understood(file: FileText) -> tuple[Node, tuple[Problem, ...]]:
    """The tree of a file, without what it is not understood with."""
    root = parsed("csharp", file.data)
    if not root.has_error:
        return root, ()
    plain = _without_newer(file.data)
    for data in dict.fromkeys((plain, _DIRECTIVE.sub(_blank, plain))):
        if data != file.data and not (tree := parsed("csharp", data)).has_error:
            return tree, ()
    if not _DIRECTIVE.search(plain):
        return root, ()
    data, left_out = _first_branches(plain)
    first = parsed("csharp", data)
    if first.has_error:
        return root, ()
    message = "this branch of `#if` stands where it is not understood, and was not read"
    spans = (file.span(start, end) for start, end in left_out)
    return first, tuple(Problem(file.path, Lack.NOT_PARSED, message, span) for span in spans)


def _without_newer(data: bytes) -> bytes:
    for pattern in _NEWER:
        data = pattern.sub(_blank, data)
    return data


def _blank(found: re.Match[bytes]) -> bytes:
    """As many blanks; lines stay lines."""
    return _CHARACTER.sub(b" ", found[0])


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
        result[start:end] = _CHARACTER.sub(b" ", data[start:end])
    return bytes(result), left_out


def _close(start: int | None, end: int, left_out: list[tuple[int, int]]) -> None:
    if start is not None:
        left_out.append((start, end))
