"""What is assessed: a folder as it is, what is staged of it, or a revision; all of it, or some paths.

Rules:
- contents of the index and of revisions come from git's objects: nothing is checked out, and no filter runs;
- where only changes are asked for all is read, so that flows are whole; what is told is chosen afterwards;
- a name that is no UTF-8 can be written in no report: the file is said not to be read.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keyless.assess.files.chosen import Chosen, chosen
from keyless.assess.files.git import (
    Blob,
    blobs_at,
    commit_of,
    contents_of,
    fork_of,
    sizes_of,
    staged_blobs,
    top_of,
)
from keyless.assess.files.kinds import kind_of
from keyless.assess.files.left_out import LeftOut
from keyless.assess.files.limits import MOST_FILES, largest_bytes
from keyless.assess.files.texts import Texts
from keyless.assess.files.tree import tree
from keyless.assess.messages import Request
from keyless.assess.syntax.source import Lack, Problem

Exclude = tuple[Sequence[str], str]


class NoTarget(ValueError):
    """What was asked for cannot be assessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """``root`` is a resolved folder; ``only`` paths below it, all where there are none."""

    root: Path
    only: tuple[str, ...] = ()
    revision: str = ""
    staged: bool = False
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What is to be read. ``base`` is the commit whose lines do not count, empty before the first one;
    ``compared`` is whether there is such a thing."""

    requests: Sequence[Request]
    left_out: Mapping[LeftOut, int]
    problems: tuple[Problem, ...]
    texts: Texts
    commit: str = ""
    compared: bool = False
    base: str = ""


def prefix_of(root: Path) -> tuple[Path | None, str]:
    """The root of the repository that a folder is in, if any, and where the folder lies below it."""
    found = top_of(root)
    return (None, "") if found is None else found


def gather(target: Target, exclude: Exclude = ((), "")) -> Gathered:
    """What is to be read; not what patterns exclude, which count from where the given prefix does.

    Raises:
        NoTarget: there is no repository where one is needed, or no such revision.
    """
    if target.staged or target.revision or target.since:
        _check(target)
    if target.staged or target.revision:
        return _of_git(target, exclude)
    found = tree(target.root)
    files, problems = _chosen(found.paths, target.only, exclude)
    if found.cut:
        problems.append(
            Problem("", Lack.TOO_LARGE, f"there are more than {MOST_FILES:,} files: assess parts of it")
        )
    return Gathered(
        requests=[Request(path, has_bicep=path in files.compiled) for path in files.paths],
        left_out=files.left_out,
        problems=tuple(problems),
        texts=Texts(target.root),
        compared=bool(target.since),
        base=_base(target, "HEAD"),
    )


def _check(target: Target) -> None:
    if top_of(target.root) is None:
        raise NoTarget(f"`{target.root}` is in no git repository, or git cannot be used")
    for revision in (target.revision, target.since):
        if revision and commit_of(target.root, revision) is None:
            raise NoTarget(
                f"there is no revision `{revision}` here: a branch, a tag or the id of a commit is wanted"
            )


def _base(target: Target, until: str) -> str:
    """The commit since which changes count."""
    if target.staged:
        return commit_of(target.root, "HEAD") or ""
    since = commit_of(target.root, target.since)
    return fork_of(target.root, since, until) if since else ""


def _chosen(paths: Iterable[str], only: Sequence[str], exclude: Exclude) -> tuple[Chosen, list[Problem]]:
    wanted = [path for path in paths if not only or _is_among(path, only)]
    files = chosen(wanted, *exclude)
    named = [path for path in files.paths if path.isascii() or _is_unicode(path)]
    problems = [
        Problem(path.encode("utf-8", "backslashreplace").decode(), Lack.NOT_READ, "its name is no UTF-8")
        for path in files.paths
        if not (path.isascii() or _is_unicode(path))
    ]
    return Chosen(tuple(named), files.left_out, files.compiled), problems


def _is_among(path: str, only: Sequence[str]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in only)


def _is_unicode(path: str) -> bool:
    return not any("\ud800" <= one <= "\udfff" for one in path)


def _of_git(target: Target, exclude: Exclude) -> Gathered:
    commit = commit_of(target.root, target.revision) or ""
    blobs = blobs_at(target.root, commit) if commit else staged_blobs(target.root)
    by_path = {one.path: one for one in blobs[:MOST_FILES]}
    files, problems = _chosen(by_path, target.only, exclude)
    left_out = Counter(files.left_out)
    wanted = []
    for path in files.paths:
        if by_path[path].plain:
            wanted.append(by_path[path])
        else:
            left_out[LeftOut.LINK] += 1
    contents, lacking = _contents(target.root, wanted)
    return Gathered(
        requests=[Request(path, data, path in files.compiled) for path, data in contents.items()],
        left_out=left_out,
        problems=(*problems, *lacking),
        texts=Texts(target.root, contents),
        commit=commit,
        compared=target.staged or bool(target.since),
        base=_base(target, commit or "HEAD"),
    )


def _contents(root: Path, blobs: Sequence[Blob]) -> tuple[dict[str, bytes], list[Problem]]:
    """The contents of files of git, and what is too large or not there."""
    sizes = sizes_of(root, [one.id for one in blobs])
    fitting = [one for one in blobs if sizes.get(one.id, 0) <= _most(one.path)]
    by_id = contents_of(root, [one.id for one in fitting if one.id in sizes])
    found = {one.path: by_id[one.id] for one in fitting if one.id in by_id}
    lacking = []
    for one in blobs:
        if one.path not in found:
            size = sizes.get(one.id)
            large = (
                f"it has {size:,} bytes, and {_most(one.path):,} are read of a file of its kind"
                if size
                else ""
            )
            why = Lack.TOO_LARGE if large else Lack.NOT_READ
            lacking.append(Problem(one.path, why, large or "git does not have it here"))
    return found, lacking


def _most(path: str) -> int:
    kind = kind_of(path)
    return largest_bytes(kind) if kind else 0


def target_of(paths: Sequence[Path], *, revision: str = "", staged: bool = False, since: str = "") -> Target:
    """The target that paths name: a folder alone is the root; else their repository, or what they share, is.

    Raises:
        NoTarget: two ways to choose contents exclude one another.
    """
    if staged and (revision or since):
        raise NoTarget("`--staged` compares what is staged with `HEAD`: leave `--revision` and `--since` out")
    found = [_resolved(path) for path in paths or (Path(),)]
    if len(found) == 1 and found[0].is_dir():
        return Target(root=found[0], revision=revision, staged=staged, since=since)
    folders = [one if one.is_dir() else one.parent for one in found]
    shared = Path(os.path.commonpath(folders))
    top = prefix_of(shared)[0]
    root = shared if top is None else top
    only = () if root in found else tuple(one.relative_to(root).as_posix() for one in found)
    return Target(root=root, only=only, revision=revision, staged=staged, since=since)


def _resolved(path: Path) -> Path:
    """A path whose folder is resolved: a file that is a link stays one, and is not followed."""
    return path.resolve() if path.is_dir() else path.parent.resolve() / path.name
