"""A piece of a file that is read on its own, with spans in the whole file."""

from __future__ import annotations

from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.span import Span


class Piece(FileText):
    """A text that stands in a file from ``begin`` on; where it is not written there as it is (with escapes of
    the file's language), every span in it is ``whole``."""

    def __init__(self, file: FileText, text: bytes, begin: int, whole: Span | None = None) -> None:
        self.path = file.path
        self.text = text.decode("utf-8", "replace")
        self.data = text
        self._file, self._begin, self._whole = file, begin, whole

    def span(self, start: int, end: int) -> Span:
        """The span in the file."""
        return self._whole or self._file.span(self._begin + start, self._begin + end)
