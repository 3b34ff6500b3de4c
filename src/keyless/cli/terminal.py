"""What Keyless itself says while someone else's program has the terminal: single lines on standard error."""

from __future__ import annotations

import contextlib
import os
import sys

from keyless.model.visible import inert

_DIM, _RED, _PLAIN = "\x1b[2m", "\x1b[31m", "\x1b[0m"


def _coloured() -> bool:
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ


def say(text: str, *, bad: bool = False) -> None:
    """Print one line; written at once, so that it does not mix with the program's own lines.

    Where standard error is closed nobody is told, and nothing else changes.
    """
    if sys.stderr is None:
        return
    line = f"keyless: {inert(text)}"
    with contextlib.suppress(OSError, ValueError):
        if _coloured():
            line = f"{_RED if bad else _DIM}{line}{_PLAIN}"
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
