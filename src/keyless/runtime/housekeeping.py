"""Keeping a project's vaults: doing what is due, telling who is subscribed, and moving the estate's time.

Rules:
- a plane does what is due, second by second, unless another process is at it;
- time that is moved goes from one thing that is due to the next: at each the estate's time is that one's, and
  who is subscribed has been told and has answered before it moves on. A rotation that an event sets off so
  happens when it would;
- only one process keeps at a time, and nothing that was done is done again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable

from keyless.lifecycle.clock import advance_to
from keyless.planes.keyvault.events.deliver import Delivered, Deliveries
from keyless.planes.keyvault.keeper import Keeper
from keyless.planes.keyvault.upkeep import Kept
from keyless.runtime.keeper_lock import keeping
from keyless.runtime.project import Project
from keyless.store.clock import estate_time
from keyless.store.ports import Store

log = logging.getLogger(__name__)


class Housekeeping:
    """Keeps the vaults of a project's store. ``clock`` gives the machine's time, in epoch seconds."""

    def __init__(
        self,
        project: Project,
        store: Store,
        keeper: Keeper,
        deliveries: Deliveries,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._project = project
        self._store = store
        self._keeper = keeper
        self._deliveries = deliveries
        self._clock = clock

    async def tick(self) -> list[Kept | Delivered]:
        """Do what is due now; nothing where another process keeps. What nobody can be told is in the log."""
        if await self._next_at() > await self._now():
            return []
        with keeping(self._project, wait=False) as taken:
            done = [one async for one in self._do()] if taken else []
        for one in done:
            _log_what_is_given_up(one)
        return done

    async def move_to(self, until: Callable[[float], float]) -> AsyncIterator[Kept | Delivered]:
        """Move the estate's time forward; what happens on the way, as it happens.

        ``until`` gives where to, in epoch seconds, from the machine's time.
        """
        with keeping(self._project, wait=True):
            while (step := await self._next_at()) <= until(self._clock()):
                await advance_to(self._store, int(step), int(self._clock()))
                async for one in self._do():
                    yield one
            await advance_to(self._store, int(until(self._clock())), int(self._clock()))

    async def _do(self) -> AsyncIterator[Kept | Delivered]:
        now = await self._now()
        async for kept in self._keeper.keep(now):
            yield kept
        for delivered in await self._deliveries.deliver(now):
            yield delivered

    async def _next_at(self) -> float:
        return min(await self._keeper.next_at(), await self._deliveries.next_at(await self._now()))

    async def _now(self) -> int:
        return await estate_time(self._store, self._clock())


def _log_what_is_given_up(one: Kept | Delivered) -> None:
    if isinstance(one, Delivered) and one.problem and one.again_at is None:
        event = one.waiting.event
        log.warning("`%s` of `%s` is told nobody: %s", event.type.value, event.subject.name, one.problem)
