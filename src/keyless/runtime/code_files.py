"""The source files of a project: those that git would keep, or without a repository what looks like them.

Rules:
- in a repository `git ls-files` says which files there are: those in it, and those that it does not ignore;
- git is asked without the repository's own hooks and monitors, and fetches nothing: all
  of these could run anything;
- elsewhere folders are walked, but for hidden ones and those that tools fill (`node_modules`, `venv`);
- links are not followed, those of folders neither, and nothing outside the project is read;
- a file is read where it is of a known language and of a size that people write; so many files and bytes, and
  no more.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

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
_NO_FETCHING = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
"""For a clone that lacks files: git would get them with the programs that the repository names."""


class CodeFile(NamedTuple):
    """A source file: its path within the project, with `/`, and its text."""

    path: str
    text: str


def code_files(root: Path) -> Iterator[CodeFile]:
    """The source files of the project at ``root``, in the order of their paths."""
    paths = _of_git(root)
    found = sorted(path for path in (_walked(root) if paths is None else paths) if _is_code(path))
    base, left = root.resolve(), MOST_BYTES
    for path in islice(found, MOST_FILES):
        text = _text(base, path)
        if text is not None:
            yield CodeFile(path, text)
            left -= len(text)
        if left <= 0:
            return


def _of_git(root: Path) -> list[str] | None:
    """What git lists below a folder; none where it is in no repository, or git is not there."""
    git = shutil.which("git")
    if git is None:
        return None
    unhooked = ("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
    listing = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    try:
        done = subprocess.run(
            (git, *unhooked, "-C", str(root), *listing),
            check=False,
            capture_output=True,
            timeout=_GIT_S,
            env={**os.environ, **_NO_FETCHING},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode:
        return None
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def _walked(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not _is_filled(name)]
        for name in files:
            yield (Path(folder) / name).relative_to(root).as_posix()


def _is_code(path: str) -> bool:
    """Whether a path is of a source file, and lies in no folder of tools."""
    *folders, name = path.split("/")
    return Path(name).suffix.casefold() in LANGUAGES and not any(map(_is_filled, folders))


def _is_filled(folder: str) -> bool:
    return folder.startswith(".") or folder in _FILLED


def _text(root: Path, path: str) -> str | None:
    """The text of a file; none where a link leads to it, it is too large or gone, or may not be read."""
    file = root / path
    try:
        if file.resolve() != file or not file.is_file() or file.stat().st_size > LARGEST_BYTES:
            return None
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
