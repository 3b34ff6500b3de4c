"""Beginning anew: a project's store is removed, so that the next plane makes it from the estate alone."""

from __future__ import annotations

import os
from pathlib import Path

from keyless.runtime.client import PlaneUnavailable, take_lock, wait_for_end
from keyless.runtime.project import Project

_END_S = 3.0  # a plane ends a moment after its last run, or two seconds where a webhook keeps silent


def remove_store(project: Project) -> None:
    """Remove the store: vaults' contents, settings, assignments and signing keys. All else stays.

    The plane's lock is held meanwhile. What SQLite keeps beside its file goes first, for a write-ahead log
    that is left alone would be taken for a new store's.

    Raises:
        PlaneUnavailable: a plane runs on it.
        ProjectError: the project's directory cannot be used.
        OSError: a file cannot be removed.
    """
    project.prepare()
    lock = take_lock(project) if wait_for_end(project, _END_S) else None
    if lock is None:
        raise PlaneUnavailable(
            "a plane runs in this project: end what runs on it before you begin anew with `--fresh`"
        )
    try:
        for beside in ("-wal", "-shm", ""):
            Path(f"{project.store_file}{beside}").unlink(missing_ok=True)
    finally:
        os.close(lock)
