"""Naming a Unix socket whose path is longer than a socket's address may be.

`sun_path` holds 104 bytes (BSD, macOS) or 108 (Linux), the ending zero included; a project can lie deeper
than that. Then the socket goes by its name alone while the current directory is, for a moment, the one it
lies in. So it stays where its owner's state is, and no directory that everybody may write to takes part.

Source: unix(7); https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/sys_un.h.html
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST_BYTES = 100


@contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A name for the socket at ``path`` that fits, valid inside the block.

    The current directory may change meanwhile, so no other thread should be naming files by relative paths.
    Raises OSError where the directory cannot be entered.
    """
    if len(os.fsencode(path)) <= MOST_BYTES:
        yield str(path)
        return
    before = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.chdir(path.parent)
        yield path.name
    finally:
        os.fchdir(before)
        os.close(before)
