"""Asking git about a repository that nobody vouches for.

Rules:
- git is asked without the repository's own hooks and monitors, and fetches nothing: all of these could run
  anything;
- nothing is asked that would compare the work tree (`diff`, `status`): that runs the filters which the
  repository's configuration names;
- git looks for the repository as it always does, so that a hook's `GIT_INDEX_FILE` holds.

Source: https://git-scm.com/docs/git
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from keyless.assess.files.limits import GIT_S

_UNHOOKED = ("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
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
