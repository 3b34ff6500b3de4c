"""Where an import keeps what it needs for as long as it lasts: the rows that it reads, as they are.

Rules:
- the directory is gone when the import ends, however it ends;
- what an import left that was killed is removed by the next: its name tells the process, which is no more.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = re.compile(r"import-(\d+)-\w+")


@contextmanager
def workplace(below: Path) -> Iterator[Path]:
    """A directory for one import."""
    _sweep(below)
    with tempfile.TemporaryDirectory(prefix=f"import-{os.getpid()}-", dir=below) as made:
        yield Path(made).resolve()


def _sweep(below: Path) -> None:
    for left in below.glob("import-*"):
        named = _NAME.fullmatch(left.name)
        if named and not left.is_symlink() and not _runs(int(named[1])):
            shutil.rmtree(left, ignore_errors=True)


def _runs(pid: int) -> bool:
    """Whether there is a process of that number, whoever's it is."""
    with contextlib.suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
    return True
