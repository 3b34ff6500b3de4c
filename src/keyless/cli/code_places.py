"""Where code names secrets and settings: file and line of each name that stands in quotes.

Rules:
- files of programming languages alone, under the project's directory; what tools make or bring along
  (`node_modules`, `.venv`, `bin`, …) and hidden directories are left out, and links are not followed;
- nothing is run for it, and nothing of a file is kept but its name and the line's number;
- large files, and what lies beyond so many files and bytes, are not looked at: places are a help, and no
  proof that a name is nowhere else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from keyless.plan.results.secrets import CodePlace

_SUFFIXES = frozenset(
    {".py", ".cs", ".fs", ".vb", ".java", ".kt", ".scala", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx"}
    | {".go", ".rb", ".php", ".rs", ".ps1", ".sh"}
)
_LEFT_OUT = frozenset(
    {"node_modules", "bower_components", "venv", "env", "site-packages", "__pycache__", "vendor", "bin"}
    | {"obj", "dist", "build", "target", "out", "packages", "coverage"}
)
_QUOTED = re.compile(r"""(["'`])([A-Za-z0-9][A-Za-z0-9:._/-]{0,199})\1""")
_LONGEST_FILE = 1024 * 1024
_MOST_FILES = 20_000
_MOST_BYTES = 64 * 1024 * 1024
_MOST_PLACES = 5


def code_places(root: Path, names: Iterable[str]) -> Mapping[str, tuple[CodePlace, ...]]:
    """The first places of each name, in the order of files; names compare without case."""
    by_folded: dict[str, list[str]] = {}
    for name in names:
        by_folded.setdefault(name.casefold(), []).append(name)
    found: dict[str, list[CodePlace]] = {}
    if by_folded:
        for file, text in _texts(root):
            for line, folded in _quoted(text):
                for name in by_folded.get(folded, ()):
                    _note(found.setdefault(name, []), CodePlace(file, line))
    return {name: tuple(places) for name, places in found.items()}


def _note(places: list[CodePlace], place: CodePlace) -> None:
    if len(places) < _MOST_PLACES and place not in places:
        places.append(place)


def _quoted(text: str) -> Iterator[tuple[int, str]]:
    """Every short text in quotes, without case, with its line."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in _QUOTED.finditer(line):
            yield number, match[2].casefold()


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    """Source files, by their name from the root, with their text."""
    left = _MOST_BYTES
    for count, file in enumerate(_files(root)):
        if count >= _MOST_FILES or left <= 0:
            return
        try:
            content = file.read_bytes() if file.stat().st_size <= _LONGEST_FILE else b""
        except OSError:
            continue
        left -= len(content)
        yield file.relative_to(root).as_posix(), content.decode(errors="replace")


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root, followlinks=False):
        folders[:] = sorted(one for one in folders if one not in _LEFT_OUT and not one.startswith("."))
        for name in sorted(files):
            file = Path(folder, name)
            if file.suffix.casefold() in _SUFFIXES and file.is_file() and not file.is_symlink():
                yield file
