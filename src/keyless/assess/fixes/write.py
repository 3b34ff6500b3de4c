"""Writing changed files: each whole or not at all, and all of them or none.

Rules:
- every file is written beside the old one first, then they take its place one after the other; where one
  cannot, those before it are put back;
- a file that is not as it was read just before is not written, and nothing is;
- the mode of a file is kept.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from keyless.assess.files.contents import CannotRead, NotThere, bytes_of
from keyless.assess.fixes.apply import Changed


class CannotWrite(OSError):
    """Files that could not be written: all are as they were."""


def write_all(root: Path, files: Sequence[Changed]) -> None:
    """Write files below a folder.

    Raises:
        CannotWrite: one of them could not be written, or is not as it was.
    """
    drafts: list[Path] = []
    done: list[Changed] = []
    try:
        for one in files:
            _check(root, one)
            drafts.append(_draft(root / one.path, one.after))
        for one, draft in zip(files, drafts, strict=True):
            os.replace(draft, root / one.path)
            done.append(one)
    except OSError as error:
        for one in done:
            os.replace(_draft(root / one.path, one.before), root / one.path)
        raise CannotWrite(f"nothing is changed: {(error.strerror or str(error)).lower()}") from error
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)


def _check(root: Path, one: Changed) -> None:
    try:
        same = bytes_of(root, one.path, len(one.before)) == one.before
    except (NotThere, CannotRead):
        same = False
    if not same:
        raise OSError(f"`{one.path}` changed in the meantime: assess again")


def _draft(target: Path, data: bytes) -> Path:
    draft = target.with_name(f".{target.name[:100]}.{os.getpid()}.draft")
    mode = stat.S_IMODE(target.stat().st_mode)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(descriptor)
        draft.chmod(mode)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft
