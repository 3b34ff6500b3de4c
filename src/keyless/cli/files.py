"""Reading the files that a person names, and writing those that were asked for: whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from keyless.cli.failure import Failure

_ANYONE, _OWNER = 0o666, 0o600


def read_whole(path: Path, most_bytes: int, what: str) -> bytes:
    """A file's content, which is to be ``what``.

    Raises:
        Failure: it cannot be read, or is larger than that can be.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as error:
        raise Failure(f"cannot read `{path}`: {(error.strerror or str(error)).lower()}", 2) from error
    if len(data) > most_bytes:
        raise Failure(f"`{path}` is too large to be read as {what}", 2)
    return data


def write_whole(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a text as UTF-8, or bytes; a file that is there is replaced in one step, and keeps its mode.

    A new file is for its owner alone where it is ``private``, else for whom the umask says. What is no plain
    file (a pipe, `/dev/stdout`) is written to as it is.

    Raises:
        Failure: it cannot be written; what was there before is still there.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data, _OWNER if private else _ANYONE)
    except OSError as error:
        raise Failure(f"cannot write `{path}`: {(error.strerror or str(error)).lower()}", 2) from error


def _replace(target: Path, data: bytes, mode: int) -> None:
    """Write beside it first: into a file that nobody can have made before, to read what comes into it."""
    draft = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.draft")
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with open(opened, "wb") as file:
            file.write(data)
        if target.exists():
            shutil.copymode(target, draft)
        os.replace(draft, target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
