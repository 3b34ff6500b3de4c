"""How much of a repository is looked at, and for how long: hostile input costs so much and no more.

Rules:
- what goes past a limit is said, and makes the result incomplete;
- code that people write stays far below; documents may be larger, since tools write them as well.
"""

from __future__ import annotations

from keyless.assess.files.kinds import FileKind

MOST_FILES = 250_000
LARGEST_CODE_BYTES = 2 * 1024 * 1024
LARGEST_DOCUMENT_BYTES = 8 * 1024 * 1024
FILE_S = 30.0
"""For one file: a worker that takes longer is ended. A grammar gives up before that by itself."""
WORKER_BYTES = 4 * 1024 * 1024 * 1024
"""Address space of a worker: what would need more fails in it, for that file alone."""
MOST_WORKERS = 16
GIT_S = 120.0
DEEPEST = 500
"""Brackets within brackets of what was read of a file: past it nothing could go through it safely."""

_DOCUMENTS = {FileKind.JSON, FileKind.YAML, FileKind.XML, FileKind.PROPERTIES}


def largest_bytes(kind: FileKind) -> int:
    """The size to which a file of a kind is read."""
    return LARGEST_DOCUMENT_BYTES if kind in _DOCUMENTS else LARGEST_CODE_BYTES
