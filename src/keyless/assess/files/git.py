"""Asking git about a repository that nobody vouches for.

Rules:
- git is asked without the repository's own hooks and monitors, and fetches nothing: all of these could run
  anything;
- nothing is asked that would compare the work tree (`diff`, `status`): that runs the filters which the
  repository's configuration names;
- git looks for the repository as it always does, so that a hook's `GIT_INDEX_FILE` holds; but files of the
  tree that look like a repository are none.

Source: https://git-scm.com/docs/git
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from keyless.assess.files.limits import GIT_S

_UNHOOKED = (
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    *("-c", "safe.bareRepository=explicit"),
)
_QUIET = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
"""For a clone that lacks files: git would get them with the programs that the repository names."""


def asked(root: Path, arguments: Sequence[str], given: bytes = b"", within_s: float = GIT_S) -> bytes | None:
    """What git answers in a folder; none where it is in no repository, or git is not there, or says no."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(
            (git, *_UNHOOKED, "-C", str(root), *arguments),
            check=False,
            input=given,
            capture_output=True,
            timeout=within_s,
            env={**os.environ, **_QUIET},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else done.stdout


def names_in(answer: bytes) -> Iterator[str]:
    """The names of an answer in which each ends with a NUL."""
    return (os.fsdecode(name) for name in answer.split(b"\0") if name)


def kept_paths(root: Path, within_s: float = GIT_S) -> list[str] | None:
    """The files below a folder that are in the repository, and those that it does not ignore."""
    listing = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    answer = asked(root, listing, within_s=within_s)
    return None if answer is None else list(names_in(answer))


def top_of(root: Path) -> tuple[Path, str] | None:
    """The root of the repository that a folder is in, if any, and the folder's path below it."""
    answer = asked(root, ("rev-parse", "--show-toplevel", "--show-prefix"))
    if answer is None:
        return None
    top, _, prefix = os.fsdecode(answer).removesuffix("\n").partition("\n")
    return Path(top), prefix


def commit_of(root: Path, revision: str) -> str | None:
    """The id of the commit that a revision names; none where it names none."""
    if not revision or revision.startswith("-"):
        return None
    return _word(asked(root, ("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")))


def fork_of(root: Path, one: str, other: str) -> str:
    """The commit at which two went different ways; the first where they never went together."""
    return _word(asked(root, ("merge-base", one, other))) or one


def _word(answer: bytes | None) -> str | None:
    return None if answer is None else answer.decode("ascii", "replace").strip() or None


class Blob(NamedTuple):
    """A file as git keeps it: its path below the folder, its id, and whether it is a plain file."""

    path: str
    id: str
    plain: bool


_PLAIN = {"100644", "100755", "100664"}


def blobs_at(root: Path, commit: str) -> list[Blob]:
    """The files below a folder in a commit."""
    found = []
    for line in names_in(asked(root, ("ls-tree", "-r", "-z", commit)) or b""):
        about, _, path = line.partition("\t")
        mode, _, blob = about.split(" ")
        found.append(Blob(path, blob, mode in _PLAIN))
    return found


def staged_blobs(root: Path) -> list[Blob]:
    """The files below a folder in the index; of those in conflict, ours."""
    found: dict[str, Blob] = {}
    for line in names_in(asked(root, ("ls-files", "-s", "-z")) or b""):
        about, _, path = line.partition("\t")
        mode, blob, stage = about.split(" ")
        if stage in {"0", "2"}:
            found[path] = Blob(path, blob, mode in _PLAIN)
    return list(found.values())


def sizes_of(root: Path, ids: Sequence[str]) -> dict[str, int]:
    """The sizes of blobs; those that are not there have none."""
    answer = asked(root, ("cat-file", "--batch-check=%(objectname) %(objectsize)"), _lines(ids)) or b""
    lines = (line.split(" ") for line in answer.decode("ascii", "replace").splitlines())
    return {one[0]: int(one[1]) for one in lines if len(one) == 2 and one[1].isdigit()}


def contents_of(root: Path, ids: Sequence[str]) -> dict[str, bytes]:
    """The contents of blobs; those that are not there have none."""
    answer = asked(root, ("cat-file", "--batch"), _lines(ids)) or b""
    found, at = {}, 0
    while (end := answer.find(b"\n", at)) >= 0:
        words = answer[at:end].split(b" ")
        at = end + 1
        if len(words) == 3 and words[1] == b"blob":
            size = int(words[2])
            found[words[0].decode("ascii")] = answer[at : at + size]
            at += size + 1
    return found


def _lines(ids: Sequence[str]) -> bytes:
    return "".join(f"{one}\n" for one in dict.fromkeys(ids)).encode("ascii")
