"""The files of a folder: those that git would keep, or without a repository those that `.gitignore` leaves.

Rules:
- in a repository `git ls-files` says which files there are: those in it, and those that it does not ignore;
- elsewhere folders are walked, and the `.gitignore` of each holds below it;
- links are not followed, those of folders neither, and nothing outside the folder is listed;
- so many files, and no more: that there were more is said.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from keyless.assess.files.git import kept_paths
from keyless.assess.files.ignored import Ignored, ignored_by, is_ignored
from keyless.assess.files.left_out import is_vendored_folder
from keyless.assess.files.limits import GIT_S, MOST_FILES


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
    waiting: list[tuple[str, tuple[Ignored, ...]]] = [("", ())]
    while waiting:
        folder, above = waiting.pop()
        names, folders = _entries(root / folder)
        those = (*above, *ignored_by(root / folder, folder)) if ".gitignore" in names else above
        yield from (folder + name for name in names if not is_ignored(folder + name, those))
        below = (f"{folder}{name}/" for name in reversed(folders) if not is_vendored_folder(name))
        waiting.extend((path, those) for path in below if not is_ignored(path, those))


def _entries(folder: Path) -> tuple[list[str], list[str]]:
    """The names of the files and of the folders in a folder; nothing where it cannot be listed."""
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as found:
            for one in sorted(found, key=lambda entry: entry.name):
                (folders if one.is_dir(follow_symlinks=False) else files).append(one.name)
    except OSError:
        return files, folders
    return files, folders
