"""What `.gitignore` files name, where git is not there to say it.

Rules:
- the file of each folder holds below it; the innermost one that says anything of a path decides;
- a pattern that could take for ever to compare (many stars) ignores nothing: too much is read then, and never
  too little;
- nearly every path is named by none: one expression of all patterns of a file tells that first.

Source: https://git-scm.com/docs/gitignore
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_LARGEST_BYTES = 256 * 1024
_MOST_STARS = 2
"""In one name of a pattern: with more, comparing takes time in no proportion to the length of a name."""
_LONGEST = 500
_GROUP = re.compile(r"\(\?P<\w+>")


class Ignored:
    """The patterns of the `.gitignore` of a folder, whose path from the root ends with `/`, or is empty."""

    def __init__(self, folder: str, spec: GitIgnoreSpec) -> None:
        self._folder = folder
        self._spec = spec
        expressions = (_GROUP.sub("(?:", one.regex.pattern) for one in spec.patterns if one.regex)
        self._any = re.compile("|".join(expressions) or "(?!)")

    def says(self, path: str) -> bool | None:
        """Whether a path below the folder is ignored; none where nothing is said of it."""
        below = path[len(self._folder) :]
        return self._spec.check_file(below).include if self._any.match(below) else None


def ignored_by(folder: Path, path: str) -> tuple[Ignored, ...]:
    """The patterns of a folder's `.gitignore`, if it has one that can be read."""
    file = folder / ".gitignore"
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > _LARGEST_BYTES:
            return ()
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ()
    from pathspec import GitIgnoreSpec

    try:
        return (Ignored(path, GitIgnoreSpec.from_lines(filter(_is_simple, lines))),)
    except (ValueError, re.error):
        return ()


def is_ignored(path: str, those: Sequence[Ignored]) -> bool:
    """Whether a path is ignored; those of outer folders come first."""
    for one in reversed(those):
        said = one.says(path)
        if said is not None:
            return said
    return False


def _is_simple(pattern: str) -> bool:
    parts = pattern.split("/")
    stars = max(part.count("*") for part in parts)
    return stars <= _MOST_STARS and parts.count("**") <= _MOST_STARS and len(pattern) < _LONGEST
