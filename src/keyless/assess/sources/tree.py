"""What the readers share that go through a syntax tree: spans, texts, and what is not understood.

Rules:
- a file has its bytes and line starts once; a span is made from byte offsets, which a tree gives cheaply;
- a tree's error and missing nodes become problems, the outermost of each piece, a few of them for a file.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from keyless.assess.syntax.expressions import Expr, Literal
from keyless.assess.syntax.source import Lack, Problem
from keyless.assess.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_PROBLEMS = 5
_STRIDE = 1024


class FileText:
    """A file's text, and where its lines begin."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.data = text.encode()
        self._plain = len(self.data) == len(text)
        self._starts = [0]
        position = self.data.find(b"\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = self.data.find(b"\n", position + 1)

    def span(self, start: int, end: int) -> Span:
        """The span between two byte offsets."""
        line, column = self._at(start)
        end_line, end_column = self._at(end)
        return Span(line, column, end_line, end_column, start, end)

    def of(self, node: Node) -> Span:
        """The span of a node."""
        return self.span(node.start_byte, node.end_byte)

    def piece(self, node: Node) -> str:
        """The text of a node."""
        return self.between(node.start_byte, node.end_byte)

    def between(self, start: int, end: int) -> str:
        """What is written between two byte offsets."""
        return self.data[start:end].decode("utf-8", "replace")

    def leaf(self, value: str, start: int, end: int) -> Expr:
        """The text that is written between two byte offsets, and means ``value``."""
        return Literal(self.span(start, end), value)

    def _at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        begin = self._starts[line - 1]
        if self._plain:
            return line, offset - begin + 1
        if offset - begin <= _STRIDE:
            return line, len(self.data[begin:offset].decode("utf-8", "replace")) + 1
        return line, self._characters(offset) - self._characters(begin) + 1

    def _characters(self, offset: int) -> int:
        """How many characters stand before a byte, without going through all of a long line each time."""
        index = min(offset // _STRIDE, len(self._counts) - 1)
        at, counted = self._counts[index]
        return counted + len(self.data[at:offset].decode("utf-8", "replace"))

    @cached_property
    def _counts(self) -> list[tuple[int, int]]:
        """Bytes that begin a character, one every so many, with how many characters stand before each."""
        found = [(0, 0)]
        for wanted in range(_STRIDE, len(self.data), _STRIDE):
            mark = wanted
            while self.data[mark] & 0xC0 == 0x80:  # within a character
                mark -= 1
            at, counted = found[-1]
            found.append((mark, counted + len(self.data[at:mark].decode("utf-8", "replace"))))
        return found


def not_parsed(file: FileText, root: Node) -> tuple[Problem, ...]:
    """The pieces that the grammar does not understand."""
    found: list[Problem] = []
    waiting = [root] if root.has_error else []
    while waiting and len(found) < _MOST_PROBLEMS:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            message = (
                "the grammar expected more here"
                if node.is_missing
                else "the grammar does not understand this"
            )
            found.append(Problem(file.path, Lack.NOT_PARSED, message, file.of(node)))
        else:
            waiting.extend(one for one in reversed(node.children) if one.has_error or one.is_missing)
    return tuple(found)
