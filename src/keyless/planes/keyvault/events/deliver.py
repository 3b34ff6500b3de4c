"""Delivery of what waits to be told: at least once, and by one process at a time.

Rules:
- an attempt is claimed in the store before it is made, so that two processes never make it at once; what a
  process that died has claimed is tried again a minute later;
- to one destination of one vault events go one after the other, in the order of their times; one that fails
  keeps no other from being tried;
- what was told or given up is kept, the newest thousand of them, for who wants to see.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from keyless.model.events import Destination, EventSubscription, Told, Waiting
from keyless.planes.keyvault.events.retries import is_due, next_attempt
from keyless.store.collections import EVENT_SUBSCRIPTIONS, EVENTS_TOLD, EVENTS_WAITING
from keyless.store.ports import Key, Store

_CLAIMED_S = 60
_MOST_TOLD = 1000
_NOBODY = "nobody is subscribed any more"


class Answer(NamedTuple):
    """How an attempt went: ``problem`` is empty where the event was taken; ``final`` where trying again is
    of no use."""

    problem: str = ""
    final: bool = False


Send = Callable[[Waiting, EventSubscription], Awaitable[Answer]]
"""Makes one attempt to tell an event to a subscriber; never raises."""


class Delivered(NamedTuple):
    """One attempt, and what became of its event: told, given up, or (``again_at``) to be tried again."""

    waiting: Waiting
    problem: str
    again_at: int | None = None


class Deliveries:
    """Delivers what waits in one store. ``senders`` are by destination."""

    def __init__(self, store: Store, senders: Mapping[Destination, Send]) -> None:
        self._store = store
        self._senders = senders
        self._revision = -1
        self._waiting: list[Waiting] = []

    async def next_at(self, now: int) -> float:
        """When the next event is to be tried (the estate's epoch seconds), as of the store's last refresh."""
        revision = self._store.revision(EVENTS_WAITING)
        if revision != self._revision:
            self._waiting = [one for _, one in await self._store.scan(EVENTS_WAITING)]
            self._revision = revision
        return min((now if is_due(one, now) else one.next_at for one in self._waiting), default=math.inf)

    async def deliver(self, now: int) -> list[Delivered]:
        """Try everything that is due at a time; what was tried, in order."""
        waiting = [(key, one) for key, one in await self._store.scan(EVENTS_WAITING) if is_due(one, now)]
        by_place = sorted(waiting, key=_place)
        groups = [list(group) for _, group in itertools.groupby(by_place, key=_place)]
        done = await asyncio.gather(*(self._one_by_one(group, now) for group in groups))
        if any(done):
            await self._forget_oldest()
        return sorted((one for group in done for one in group), key=lambda one: one.waiting.event.time)

    async def _one_by_one(self, group: Sequence[tuple[Key, Waiting]], now: int) -> list[Delivered]:
        tried = [await self._try(key, now) for key, _ in group]
        return [one for one in tried if one is not None]

    async def _try(self, key: Key, now: int) -> Delivered | None:
        """Make one attempt; none where another process has."""
        claimed = await self._claim(key, now)
        if claimed is None:
            return None
        subscription = await self._store.get(EVENT_SUBSCRIPTIONS, (claimed.event.vault.casefold(),))
        if subscription is None or claimed.destination not in subscription.destinations:
            return await self._settle(key, claimed, Answer(_NOBODY, final=True), now)
        answer = await self._senders[claimed.destination](claimed, subscription)
        return await self._settle(key, claimed, answer, now)

    async def _claim(self, key: Key, now: int) -> Waiting | None:
        async with self._store.transaction() as transaction:
            waiting = await transaction.get(EVENTS_WAITING, key)
            if waiting is None or not is_due(waiting, now):
                return None
            claimed = msgspec.structs.replace(
                waiting, attempts=waiting.attempts + 1, next_at=now + _CLAIMED_S
            )
            await transaction.put(EVENTS_WAITING, key, claimed)
            return claimed

    async def _settle(self, key: Key, claimed: Waiting, answer: Answer, now: int) -> Delivered:
        again_at = None if not answer.problem or answer.final else next_attempt(claimed, now)
        async with self._store.transaction() as transaction:
            if again_at is None:
                told = Told(claimed.event, claimed.destination, now, claimed.attempts, answer.problem)
                await transaction.delete(EVENTS_WAITING, key)
                await transaction.put(EVENTS_TOLD, key, told)
            else:
                again = msgspec.structs.replace(claimed, next_at=again_at, problem=answer.problem)
                await transaction.put(EVENTS_WAITING, key, again)
        return Delivered(claimed, answer.problem, again_at)

    async def _forget_oldest(self) -> None:
        async with self._store.transaction() as transaction:
            told = await transaction.scan(EVENTS_TOLD)
            for key, _ in told[: max(0, len(told) - _MOST_TOLD)]:
                await transaction.delete(EVENTS_TOLD, key)


def _place(found: tuple[Key, Waiting]) -> tuple[str, str]:
    _, waiting = found
    return waiting.event.vault.casefold(), waiting.destination.value
