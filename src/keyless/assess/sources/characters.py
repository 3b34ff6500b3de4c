"""Spans from offsets in characters, as the parsers of documents count: a file's own spans count in bytes."""

from __future__ import annotations

from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.span import Span

_STRIDE = 1024


class Characters:
    """A file's text, with the byte at which every so many characters begin."""

    def __init__(self, file: FileText) -> None:
        self.file = file
        self._starts = _starts_in(file)

    def byte(self, offset: int) -> int:
        """The byte at which a character begins."""
        if not self._starts:
            return offset
        index = offset // _STRIDE
        return self._starts[index] + len(self.file.text[index * _STRIDE : offset].encode())

    def span(self, start: int, end: int) -> Span:
        """The span between two characters."""
        if not self._starts:
            return self.file.span(start, end)
        return self.file.span(self.byte(start), self.byte(end))


def _starts_in(file: FileText) -> list[int]:
    text = file.text
    if len(text) == len(file.data):
        return []
    starts = [0]
    for at in range(0, len(text), _STRIDE):
        starts.append(starts[-1] + len(text[at : at + _STRIDE].encode()))
    return starts
