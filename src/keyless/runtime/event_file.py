"""Events told to a file: one line of JSON each, on the disk before an event counts as told.

Rules:
- the file is made readable by its owner alone, and only ever added to; a symbolic link is not followed;
- a line that a process was killed in the middle of is ended first, so that the next one stands for itself.
"""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

from keyless.model.events import EventSubscription, Waiting
from keyless.planes.keyvault.events.cloud_events import cloud_event
from keyless.planes.keyvault.events.deliver import Answer

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class EventFile:
    """Adds events to files below a project's directory, or wherever its estate says."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def __call__(self, waiting: Waiting, subscription: EventSubscription) -> Answer:
        """Add one event to the subscription's file."""
        path = self._root / (subscription.file or "")
        try:
            await asyncio.to_thread(_add, path, cloud_event(waiting.event))
        except OSError as error:
            return Answer(f"`{path}` cannot be written: {(error.strerror or str(error)).lower()}")
        return Answer()


def _add(path: Path, line: bytes) -> None:
    descriptor = os.open(path, _FLAGS, 0o600)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError("it is no regular file")
        torn = found.st_size and os.pread(descriptor, 1, found.st_size - 1) != b"\n"
        rest = (b"\n" if torn else b"") + line + b"\n"
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
