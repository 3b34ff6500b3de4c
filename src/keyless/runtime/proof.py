"""The copy of a project's world in which a proof runs: one at a time, each made anew."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from keyless.runtime.client import PlaneUnavailable, wait_for_end
from keyless.runtime.project import PROOF, Project

_END_S = 10.0


@contextmanager
def only_proof(project: Project) -> Iterator[Project]:
    """An empty place for a proof's world, for as long as no other proof runs in the project.

    What is left of the last proof is removed; what this one leaves stays, for `keyless explain --proof`.

    Raises:
        PlaneUnavailable: another proof runs.
        ProjectError: the place cannot be made.
    """
    project.prepare()
    lock = os.open(project.proof_lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(lock)
        copy = project.below(PROOF)
        if copy.state.exists():
            _remove(copy)
        copy.prepare()
        yield copy
    finally:
        os.close(lock)


def _take(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PlaneUnavailable("another proof runs in this project: wait until it has ended") from None


def _remove(copy: Project) -> None:
    """Remove the last proof's world, once its plane has ended (it does so a moment after its command)."""
    if not wait_for_end(copy, _END_S):
        raise PlaneUnavailable(
            f"the plane of the last proof does not end: `kill` the process in `{copy.lock_file}`"
        )
    shutil.rmtree(copy.state)
