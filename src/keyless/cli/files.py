"""Writing the files that a person asked for: whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from keyless.cli.failure import Failure


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a text as UTF-8, or bytes; a file that is there is replaced in one step, and keeps its mode.

    What is no plain file (a pipe, `/dev/stdout`) is written to as it is.

    Raises:
        Failure: it cannot be written; what was there before is still there.
    """
    data = content.encode() if isinstance(content, str) else content
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
        else:
            _replace(target, data)
    except OSError as error:
        raise Failure(f"cannot write `{path}`: {(error.strerror or str(error)).lower()}", 2) from error


def _replace(target: Path, data: bytes) -> None:
    draft = target.with_name(f".{target.name[:100]}.{os.getpid()}.draft")
    try:
        draft.write_bytes(data)
        if target.exists():
            shutil.copymode(target, draft)
        os.replace(draft, target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
