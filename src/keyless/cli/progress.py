"""How far a long command is, on a terminal: one line on standard error, taken away in the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_AFTER_S, _EVERY_S = 0.7, 0.1


@contextmanager
def shown(what: str = "reading files") -> Iterator[Callable[[int, int], None] | None]:
    """A function to tell how many are done, and of how many; none where nobody looks."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    line = _Line(what)
    try:
        yield line.tell
    finally:
        line.clear()


class _Line:
    def __init__(self, what: str) -> None:
        self._what = what
        self._next = time.monotonic() + _AFTER_S
        self._written = False

    def tell(self, done: int, total: int) -> None:
        """Say it, unless it was said just now."""
        now = time.monotonic()
        if now < self._next and done < total:
            return
        if done < total or self._written:
            self._next = now + _EVERY_S
            self._written = True
            how_far = f"{self._what}: {done:,} of {total:,}" if done < total else "following what was read …"
            self._write(f"\r\x1b[Kkeyless: {how_far}")

    def clear(self) -> None:
        """Take the line away."""
        if self._written:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
