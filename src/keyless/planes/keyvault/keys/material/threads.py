"""Who waits for whom where keys are made and read, which takes seconds, or as long as an import has it take.

Rules:
- there are as many as processors, and each use has its own: what waits for others (a sign-in, a file) never
  waits behind keys, and making keys never behind a PFX that was sealed so that opening it takes minutes;
- they begin when they are first needed.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Threads:
    """Threads for one use."""

    def __init__(self, use: str) -> None:
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix=use)

    async def run(self, work: Callable[[], T]) -> T:
        """What some work comes to."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


MAKING = Threads("making keys")
READING = Threads("reading keys")
