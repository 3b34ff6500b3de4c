"""Lets operations settle by themselves, soon after their time, whoever may ask.

A timer of this process does it; what a process that ended has left is settled by whoever asks next, and by
the vaults' keeper.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from keyless.model.resources import Vault

log = logging.getLogger(__name__)

Settle = Callable[[Vault, str, int], Awaitable[object]]
"""Ends the operation of a vault's certificate, at a time."""


class Settler:
    """Calls ``settle`` a given number of seconds after it was told of an operation."""

    def __init__(self, settle: Settle, after_s: float) -> None:
        self._settle = settle
        self._after_s = after_s
        self._settling: set[asyncio.Task[None]] = set()

    def soon(self, vault: Vault, name: str, settles_at: int) -> None:
        """Have an operation settled, as if it were at ``settles_at``."""
        asyncio.get_running_loop().call_later(self._after_s, self._begin, vault, name, settles_at)

    def _begin(self, vault: Vault, name: str, settles_at: int) -> None:
        task = asyncio.get_running_loop().create_task(self._run(vault, name, settles_at))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def _run(self, vault: Vault, name: str, settles_at: int) -> None:
        try:
            await self._settle(vault, name, settles_at)
        except Exception:  # whoever asks next settles it
            log.exception("the operation of certificate `%s` in `%s` did not settle", name, vault.name)
