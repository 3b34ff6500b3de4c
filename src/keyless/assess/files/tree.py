"""The files of a folder: those that git would keep, or without a repository those that `.gitignore` leaves.

Rules:
- in a repository `git ls-files` says which files there are: those in it, and those that it does not ignore;
- elsewhere folders are walked, and the `.gitignore` of each holds below it;
- links are not followed, those of folders neither, and nothing outside the folder is listed;
- so many files, and no more: that there were more is said.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from keyless.assess.files.git import kept_paths
from keyless.assess.files.left_out import is_vendored_folder
from keyless.assess.files.limits import GIT_S, MOST_FILES

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_LARGEST_IGNORE_BYTES = 256 * 1024
_MOST_STARS = 2
"""In one name of a pattern: with more, comparing takes time in no proportion to the length of a name."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The paths below a folder, with `/`, in order; ``cut`` is whether there were more than are listed."""

    paths: tuple[str, ...]
    of_git: bool
    cut: bool = False


def tree(root: Path, within_s: float = GIT_S, most: int = MOST_FILES) -> Tree:
    """What files there are below a folder."""
    listed = kept_paths(root, within_s)
    found = list(islice(_walked(root) if listed is None else filter(_is_below, listed), most + 1))
    return Tree(tuple(sorted(found[:most])), listed is not None, len(found) > most)


def _is_below(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/")


def _walked(root: Path) -> Iterator[str]:
    """Files below a folder, without what `.gitignore` names and the folders of packages."""
    waiting: list[tuple[str, tuple[tuple[str, GitIgnoreSpec], ...]]] = [("", ())]
    while waiting:
        folder, above = waiting.pop()
        names, folders = _entries(root / folder)
        specs = (*above, *_ignored_by(root / folder, folder)) if ".gitignore" in names else above
        for name in names:
            if not _is_ignored(folder + name, specs):
                yield folder + name
        below = (f"{folder}{name}/" for name in reversed(folders) if not is_vendored_folder(name))
        waiting.extend((path, specs) for path in below if not _is_ignored(path, specs))


def _entries(folder: Path) -> tuple[list[str], list[str]]:
    """The names of what is in a folder, and of the folders there; nothing where it cannot be listed."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda one: one.name)
    except OSError:
        return [], []
    folders = [one.name for one in entries if one.is_dir(follow_symlinks=False)]
    return [one.name for one in entries if not one.is_dir(follow_symlinks=False)], folders


def _ignored_by(folder: Path, path: str) -> Iterator[tuple[str, GitIgnoreSpec]]:
    """The patterns of a folder's `.gitignore`, with the folder; those that could take for ever left out."""
    file = folder / ".gitignore"
    try:
        if not file.is_file() or file.is_symlink() or file.stat().st_size > _LARGEST_IGNORE_BYTES:
            return
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    from pathspec import GitIgnoreSpec

    for spec in _specs(GitIgnoreSpec, lines):
        yield path, spec


def _specs(kind: type[GitIgnoreSpec], lines: Sequence[str]) -> Iterator[GitIgnoreSpec]:
    simple = [line for line in lines if _is_simple(line)]
    try:
        yield kind.from_lines(simple)
    except ValueError:
        return


def _is_simple(pattern: str) -> bool:
    parts = pattern.split("/")
    stars = max(part.count("*") for part in parts)
    return stars <= _MOST_STARS and parts.count("**") <= _MOST_STARS and len(pattern) < 500


def _is_ignored(path: str, specs: Sequence[tuple[str, GitIgnoreSpec]]) -> bool:
    """Whether the innermost `.gitignore` that says anything of a path ignores it."""
    for folder, spec in reversed(specs):
        said = spec.check_file(path[len(folder) :]).include
        if said is not None:
            return said
    return False
