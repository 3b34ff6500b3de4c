"""Where Azure Arc's challenges are put: the directory that client libraries look into, or one of our own.

Client libraries take a challenge's file from `/var/opt/azcmagent/tokens` and from nowhere else. Rules:
- that directory is used where it is there and is safe: ours, and no other user but root can change it or
  what lies above it;
- where it is not, the files go into a directory of the project's own, which `keyless run` shows its command
  in that place (`keyless.gateway.private_mount`). Only root without the right to mount makes the directory;
- a file has an unguessable name, is new (never one that was there, never through a link), and can be read by
  its owner alone;
- what a killed plane left behind is removed when the next one begins, once it is old enough to be worthless.

Source: msal for Python, `managed_identity.py`, on the directory, the suffix and the size
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import time
from pathlib import Path

from keyless.gateway.owner_files import make_owner_only

DIRECTORY = Path("/var/opt/azcmagent/tokens")
_PREFIX, _SUFFIX = "keyless-", ".key"
_WORTHLESS_S = 300
_CAP_SYS_ADMIN = 21
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CHANGED_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class KeyFiles:
    """Writes challenges. ``own`` is the project's directory, ``known`` the one that clients look into."""

    def __init__(self, own: Path, known: Path = DIRECTORY) -> None:
        self._own = own
        self._known = known
        self._used: Path | None = None

    def directory(self) -> Path:
        """Where the files are; settled, and swept, when it is first asked for.

        Raises:
            UnsafeFile: the project's own directory is open to others.
            OSError: it cannot be made.
        """
        if self._used is None or not self._used.is_dir():
            self._used = self._settle()
            _sweep(self._used)
        return self._used

    def write(self, content: str) -> str:
        """Put a challenge into a new file; the path by which clients know it."""
        name = f"{_PREFIX}{secrets.token_hex(16)}{_SUFFIX}"
        descriptor = os.open(self.directory() / name, _NEW, 0o400)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(content)
        return str(self._known / name)

    def remove(self, path: str) -> None:
        """Remove a challenge; nothing where it is gone."""
        if self._used is not None:
            (self._used / Path(path).name).unlink(missing_ok=True)

    def close(self) -> None:
        """Remove the project's own directory, which is empty by now."""
        with contextlib.suppress(OSError):
            self._own.rmdir()

    def _settle(self) -> Path:
        if is_safe(self._known):
            return self._known
        if _is_root() and not _may_mount() and not self._known.exists():
            make_owner_only(self._known)
            if is_safe(self._known):
                return self._known
        make_owner_only(self._own)
        return self._own


def is_safe(directory: Path) -> bool:
    """Whether a directory is ours, and no other user but root can put anything in its place or into it."""
    try:
        found = directory.lstat()
        above = [parent.lstat() for parent in directory.parents]
    except OSError:
        return False
    own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    return own and not found.st_mode & _CHANGED_BY_OTHERS and all(map(_keeps_its_entries, above))


def _keeps_its_entries(directory: os.stat_result) -> bool:
    """Whether no other user but root can replace what lies in a directory and is not theirs."""
    ours = stat.S_ISDIR(directory.st_mode) and directory.st_uid in {0, os.geteuid()}
    return ours and (not directory.st_mode & _CHANGED_BY_OTHERS or bool(directory.st_mode & stat.S_ISVTX))


def _sweep(directory: Path) -> None:
    """Remove old challenges of ours; those of a plane that runs now are younger."""
    for path in directory.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            if path.lstat().st_mtime < time.time() - _WORTHLESS_S:
                path.unlink()


def _is_root() -> bool:
    return os.geteuid() == 0


def _may_mount() -> bool:
    """Whether this process has the right to mount in a namespace of its own."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return False
    effective = next((line for line in status.splitlines() if line.startswith("CapEff:")), "CapEff: 0")
    return bool(int(effective.split()[1], 16) >> _CAP_SYS_ADMIN & 1)
