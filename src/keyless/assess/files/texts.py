"""The texts of files that something was found in, for reports: read again when they are asked for.

Rules:
- of a revision or of the index what was read is kept; a file of the folder is opened again, as safely;
- lines end as the readers count them: at a line feed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from keyless.assess.files.contents import CannotRead, NotThere, bytes_of, text_of
from keyless.assess.files.limits import LARGEST_DOCUMENT_BYTES


class Texts:
    """Texts by path. ``given`` are contents that do not come from the folder."""

    def __init__(self, root: Path, given: Mapping[str, bytes] | None = None) -> None:
        self._root = root
        self._given = given
        self._lines: dict[str, tuple[str, ...]] = {}

    def data(self, path: str) -> bytes | None:
        """The bytes of a file; none where it cannot be read any more."""
        if self._given is not None:
            return self._given.get(path)
        try:
            return bytes_of(self._root, path, LARGEST_DOCUMENT_BYTES)
        except (NotThere, CannotRead):
            return None

    def lines(self, path: str) -> tuple[str, ...]:
        """The lines of a file; none where it cannot be read any more."""
        if path not in self._lines:
            data = self.data(path)
            self._lines[path] = () if data is None else tuple(text_of(data).split("\n"))
        return self._lines[path]

    def line(self, path: str, number: int) -> str:
        """A line by its number from 1; empty where there is none."""
        lines = self.lines(path)
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""
