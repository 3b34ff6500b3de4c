"""The source files of a project: those that git would keep, or without a repository what looks like them.

Rules:
- `keyless.assess.files.tree` says which files there are, and runs nothing of a repository for that;
- hidden folders and those that tools fill (`node_modules`, `venv`) are left out;
- links are not followed, those of folders neither, and nothing outside the project is read;
- a file is read where it is of a known language and of a size that people write; so many files and bytes, and
  no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from keyless.assess.files.contents import CannotRead, NotThere, bytes_of
from keyless.assess.files.tree import tree

MOST_FILES = 20_000
MOST_BYTES = 64 * 1024 * 1024
LARGEST_BYTES = 1024 * 1024
LANGUAGES = frozenset(
    {".py", ".cs", ".fs", ".vb", ".java", ".kt", ".scala", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx"}
    | {".go", ".rb", ".php", ".rs", ".ps1", ".sh"}
)
_FILLED = frozenset(
    {"node_modules", "bower_components", "venv", "env", "site-packages", "__pycache__", "vendor", "bin"}
    | {"obj", "dist", "build", "target", "out", "packages", "coverage"}
)
_GIT_S = 10


class CodeFile(NamedTuple):
    """A source file: its path within the project, with `/`, and its text."""

    path: str
    text: str


def code_files(root: Path) -> Iterator[CodeFile]:
    """The source files of the project at ``root``, in the order of their paths."""
    found = filter(_is_code, tree(root, _GIT_S).paths)
    base, left = root.resolve(), MOST_BYTES
    for path in islice(found, MOST_FILES):
        text = _text(base, path)
        if text is not None:
            yield CodeFile(path, text)
            left -= len(text)
        if left <= 0:
            return


def _is_code(path: str) -> bool:
    """Whether a path is of a source file, and lies in no folder of tools."""
    *folders, name = path.split("/")
    return Path(name).suffix.casefold() in LANGUAGES and not any(map(_is_filled, folders))


def _is_filled(folder: str) -> bool:
    return folder.startswith(".") or folder in _FILLED


def _text(root: Path, path: str) -> str | None:
    """The text of a file; none where a link leads to it, it is too large or gone, or may not be read."""
    try:
        return bytes_of(root, path, LARGEST_BYTES).decode("utf-8", "replace")
    except (NotThere, CannotRead):
        return None
