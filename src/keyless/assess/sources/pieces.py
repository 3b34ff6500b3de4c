"""A text that stands within a file (a scalar, a script in a workflow), with its spans in the whole file.

Rules:
- what is written there and what it means differ by indentation, quotes and escapes: segments say which byte
  of the text stands at which byte of the file, each up to the next;
- expressions of the surroundings (`${{ … }}`) that stand in a script are holes: the script's own grammar sees
  a word of the same length there, and a leaf that covers a hole is made of what is around it and of the
  expression.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import msgspec

from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.expressions import Expr, Joined, Literal
from keyless.assess.syntax.span import Span

_SLACK = 64


class Hole(msgspec.Struct, frozen=True, gc=False):
    """An expression of the surroundings, between two byte offsets of the text."""

    start: int
    end: int
    expression: Expr


class Piece(FileText):
    """A text of its own, whose spans are those of the file that it stands in."""

    def __init__(
        self, outer: FileText, text: str, segments: Sequence[tuple[int, int]], holes: Sequence[Hole] = ()
    ) -> None:
        super().__init__(outer.path, text)
        self.outer = outer
        self.segments = segments
        self.holes = tuple(holes)
        self._starts_of_holes = [hole.start for hole in self.holes]
        self._starts_of_segments = [start for start, _ in segments]

    def span(self, start: int, end: int) -> Span:
        """The span in the outer file of what is between two byte offsets of the text."""
        first = self._outside(start)
        last = self._outside(end - 1) + 1 if end > start else first
        return self.outer.span(first, max(first, last))

    def _outside(self, offset: int) -> int:
        index = max(0, bisect_right(self._starts_of_segments, offset) - 1)
        inside, outside = self.segments[index]
        return min(outside + max(0, offset - inside), len(self.outer.data))

    def leaf(self, value: str, start: int, end: int) -> Expr:
        """A text with the holes that it covers: ``value`` as it stands where there are none."""
        first = bisect_left(self._starts_of_holes, start)
        within = self.holes[first : bisect_left(self._starts_of_holes, end)]
        if not within:
            return Literal(self.span(start, end), value)
        parts: list[Expr] = []
        at = start
        for hole in within:
            self._rest(parts, at, hole.start)
            parts.append(hole.expression)
            at = hole.end
        self._rest(parts, at, end)
        return parts[0] if len(parts) == 1 else Joined(self.span(start, end), tuple(parts))

    def _rest(self, parts: list[Expr], start: int, end: int) -> None:
        if end > start:
            parts.append(Literal(self.span(start, end), self.between(start, end)))


def segments_of(value: str, written: str, at: int) -> list[tuple[int, int]]:
    """Where the lines of ``value`` stand in what is written at byte ``at`` of a file.

    Each line of the file, without the white space around it, is looked for in the value a little way on from
    the one before; one that is not there (it has escapes in it) counts on from that.
    """
    found: list[tuple[int, int]] = []
    place, inside, outside = 0, 0, at
    for line in written.split("\n"):
        bare = line.strip()
        start = value.find(bare, place, place + len(bare) + _SLACK) if bare else -1
        if start >= 0:
            inside += len(value[place:start].encode())
            lead = len(line[: len(line) - len(line.lstrip())].encode())
            found.append((inside, outside + lead))
            place, inside = start + len(bare), inside + len(bare.encode())
        outside += len(line.encode()) + 1
    return found or [(0, at)]


def hollowed(text: str, holes: Sequence[Hole]) -> str:
    """The text with a plain word of as many bytes in each hole."""
    if not holes:
        return text
    data = bytearray(text.encode())
    for hole in holes:
        data[hole.start : hole.end] = b"Z" * (hole.end - hole.start)
    return data.decode()
