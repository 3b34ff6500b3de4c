"""Which lines of a file are not as they were in a commit.

Rules:
- contents are compared here, not by `git diff`, which would run filters that the repository names;
- a file that the commit has not is changed whole: one that was renamed, too;
- ends of lines do not count; of files so different that comparing would take long, all between the first and
  the last difference counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from keyless.assess.files.contents import text_of
from keyless.assess.files.git import blobs_at, contents_of
from keyless.assess.files.texts import Texts
from keyless.assess.syntax.span import Place

_MOST_COMPARED = 4_000_000
Lines = tuple[tuple[int, int], ...]
"""Pieces by their first and last line, counted from 1."""


class Changes:
    """What changed below a folder since a commit; none is that before the first one."""

    def __init__(self, root: Path, commit: str | None, texts: Texts) -> None:
        self._root = root
        self._texts = texts
        self._before = {one.path: one.id for one in blobs_at(root, commit)} if commit else {}
        self._changed: dict[str, Lines] = {}

    def touch(self, place: Place) -> bool:
        """Whether a place has a line that changed."""
        lines = self.of(place.path)
        return any(first <= place.span.end_line and place.span.line <= last for first, last in lines)

    def of(self, path: str) -> Lines:
        """The changed lines of a file."""
        if path not in self._changed:
            blob = self._before.get(path)
            data = contents_of(self._root, [blob]).get(blob) if blob else None
            before = text_of(data).split("\n") if data is not None else []
            self._changed[path] = changed_lines(before, self._texts.lines(path))
        return self._changed[path]


def changed_lines(before: Sequence[str], after: Sequence[str]) -> Lines:
    """The pieces of a text that are not in an earlier one; where lines are gone, the line that follows."""
    old, new = [one.rstrip("\r") for one in before], [one.rstrip("\r") for one in after]
    start, end = 0, 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if len(old) * len(new) > _MOST_COMPARED:
        return ((start + 1, start + len(new)),)
    pieces = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(
        (start + first + 1, start + max(last, first + 1))
        for kind, _, _, first, last in pieces
        if kind != "equal"
    )
