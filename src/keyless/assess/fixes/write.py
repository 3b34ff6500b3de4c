"""Writing changed files: each whole or not at all, and all of them or none.

Rules:
- every file is written beside the old one first, and so is what it was; then the new ones take their places,
  one after the other. Where one cannot, those before it are put back; what cannot is kept, and named;
- a file that is read-only is left alone, and so are all others;
- a file that is not as it was read just before is not written, and nothing is;
- the mode of a file is kept.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from keyless.assess.files.contents import CannotRead, NotThere, bytes_of
from keyless.assess.fixes.apply import Changed


class CannotWrite(OSError):
    """Files that could not be written: all are as they were, but for those that the message names."""


@dataclass(frozen=True, slots=True)
class _Swap:
    """A file, what is to take its place, and what it was."""

    target: Path
    new: Path
    old: Path


def write_all(root: Path, files: Sequence[Changed]) -> None:
    """Write files below a folder.

    Raises:
        CannotWrite: one of them could not be written, or is not as it was.
    """
    swaps: list[_Swap] = []
    begun: list[_Swap] = []
    lost: list[_Swap] = []
    try:
        for one in files:
            _check(root, one)
            swaps.append(_prepared(root / one.path, one))
        for swap in swaps:
            begun.append(swap)
            os.replace(swap.new, swap.target)
    except BaseException as error:
        lost = [swap for swap in begun if not swap.new.exists() and not _is_put_back(swap)]
        if not isinstance(error, OSError):
            raise
        raise CannotWrite(f"{_left(root, lost)}: {(error.strerror or str(error)).lower()}") from error
    finally:
        for swap in swaps:
            for draft in (swap.new, *(() if swap in lost else (swap.old,))):
                with suppress(OSError):
                    draft.unlink(missing_ok=True)


def _is_put_back(swap: _Swap) -> bool:
    try:
        os.replace(swap.old, swap.target)
    except OSError:
        return False
    return True


def _left(root: Path, lost: Sequence[_Swap]) -> str:
    """How the files are left."""
    if not lost:
        return "nothing is changed"
    named = ", ".join(f"`{one.target.relative_to(root)}` (in `{one.old.name}` beside it)" for one in lost)
    return f"what could not be put back is kept, put it back by hand: {named}"


def _prepared(target: Path, one: Changed) -> _Swap:
    old = _draft(target, one.before, "before")
    try:
        return _Swap(target, _draft(target, one.after, "draft"), old)
    except BaseException:
        old.unlink(missing_ok=True)
        raise


def _check(root: Path, one: Changed) -> None:
    try:
        same = bytes_of(root, one.path, len(one.before)) == one.before
    except (NotThere, CannotRead):
        same = False
    if not same:
        raise OSError(f"`{one.path}` changed in the meantime: assess again")
    if not (root / one.path).stat().st_mode & stat.S_IWUSR:
        raise OSError(f"`{one.path}` is read-only: make it writable, or apply the patch of `--fix --out`")


def _draft(target: Path, data: bytes, kind: str) -> Path:
    draft = target.with_name(f".{target.name[:100]}.{os.getpid()}.{kind}")
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
