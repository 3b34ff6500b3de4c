"""Whose turn it is: looking through every process takes a while, and one user must not keep others waiting.

Rules:
- a few connections are looked at at once, and of one user's only one;
- whose a connection is, the kernel says at once; so a stranger waits behind strangers of the same user alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakValueDictionary

from keyless.gateway.attest.addresses import Connection
from keyless.gateway.attest.peer import Attestor

AT_ONCE = 4

R = TypeVar("R")


class Turns:
    """Looks at connections beside the event loop, each user's one after the other."""

    def __init__(self, attestor: Attestor, at_once: int = AT_ONCE) -> None:
        self._attestor = attestor
        self._all = asyncio.Semaphore(at_once)
        self._of_user: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def maker(self, connection: Connection) -> int:
        """The user who made a connection; raises Unattested."""
        return await asyncio.to_thread(self._attestor.maker, connection)

    async def take(self, uid: int, look: Callable[[], R]) -> R:
        """Look at a connection of a user's when it is their turn.

        Who is not interested any more leaves the queue; a look that has begun ends before the next begins.
        """
        lock = self._of_user.setdefault(uid, asyncio.Lock())
        async with lock, self._all:
            looking = asyncio.get_running_loop().run_in_executor(None, look)
            try:
                return await asyncio.shield(looking)
            finally:
                await asyncio.wait({looking})
                looking.exception()  # whoever has left does not ask how it went
