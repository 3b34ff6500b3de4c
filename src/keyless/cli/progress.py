"""How far a long command is, on a terminal: one line on standard error, taken away in the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_AFTER_S, _EVERY_S = 0.7, 0.1


@contextmanager
def shown() -> Iterator[Callable[[str, int, int], None] | None]:
    """A function to tell what is done, how many are, and of how many; none where nobody looks."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    line = _Line()
    try:
        yield line.tell
    finally:
        line.clear()


class _Line:
    def __init__(self) -> None:
        self._next = time.monotonic() + _AFTER_S
        self._written = False

    def tell(self, what: str, done: int, total: int) -> None:
        """Say it, unless it was said just now."""
        now = time.monotonic()
        if now < self._next and done < total:
            return
        if done < total or self._written:
            self._next = now + _EVERY_S
            self._written = True
            how_far = f"{what}: {done:,} of {total:,}" if done < total else "following what was read …"
            self._write(f"\r\x1b[Kkeyless: {how_far}")

    def clear(self) -> None:
        """Take the line away."""
        if self._written:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
