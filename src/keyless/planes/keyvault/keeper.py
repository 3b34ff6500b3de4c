"""The keeper: it does what is due in vaults by itself, in the order of time, each thing in a transaction.

Rules:
- nothing is looked through but what has changed: what is due next is known between times;
- what is done at a time can bring forth more that is due by then, which is done in its place in the order;
- who asks gives the time up to which things are done; a thing is done as at the time that it was due.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterable, Sequence

from keyless.planes.keyvault.upkeep import Due, Kept, Place, Upkeep
from keyless.store.collections import VAULTS
from keyless.store.ports import Store

_AT_ONCE = 200


class Keeper:
    """Keeps the vaults of one store. All times are the estate's, in epoch seconds."""

    def __init__(self, store: Store, upkeeps: Sequence[Upkeep]) -> None:
        self._store = store
        self._upkeeps = {upkeep.noun: upkeep for upkeep in upkeeps}
        self._seen: dict[tuple[str, str], int] = {}
        self._due: dict[Place, list[Due]] = {}
        self._next: tuple[Due, Place] | None = None

    async def next_at(self) -> float:
        """When the next thing is due, as of what is committed now."""
        await self._refresh()
        return math.inf if self._next is None else self._next[0].at

    async def keep(self, until: int) -> AsyncIterator[Kept]:
        """Do everything that is due up to a time; what was done, as it is done."""
        while await self.next_at() <= until and self._next is not None:
            due, place = self._next
            done = await due.do(due.at, until)
            await self._look_again([place])
            if done is not None:
                yield done
            elif self._next is not None and self._next == (due, place):
                self._due.pop(place)

    async def _refresh(self) -> None:
        self._store.refresh()
        everywhere = self._is_new("", VAULTS.name, self._store.revision(VAULTS))
        places: list[Place] = []
        for upkeep in self._upkeeps.values():
            changed = await self._changed(upkeep)
            places += await upkeep.places() if everywhere or changed is None else changed
        if everywhere:
            self._due.clear()
        if places:
            await self._look_again(places)

    async def _changed(self, upkeep: Upkeep) -> list[Place] | None:
        """The objects that something has changed for; none where that may be any."""
        found: set[Place] = set()
        unknown = False
        for collection in upkeep.rests_on:
            before = self._seen.get((upkeep.noun, collection.name), -1)
            if not self._is_new(upkeep.noun, collection.name, self._store.revision(collection)):
                continue
            keys = None if before < 0 else self._store.changed_since(collection, before)
            unknown = unknown or keys is None
            found.update(Place(upkeep.noun, key[0], key[1]) for key in keys or ())
        return None if unknown else list(found)

    def _is_new(self, noun: str, collection: str, revision: int) -> bool:
        known = self._seen.get((noun, collection))
        self._seen[noun, collection] = revision
        return known != revision

    async def _look_again(self, places: Iterable[Place]) -> None:
        """Find out anew what is due for some objects, letting others run between."""
        for number, place in enumerate(places, start=1):
            due = await self._upkeeps[place.noun].due(place)
            if due:
                self._due[place] = due
            else:
                self._due.pop(place, None)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
        self._next = min(
            ((due, place) for place, dues in self._due.items() for due in dues),
            key=lambda one: (one[0].at, one[0].rank, one[1]),
            default=None,
        )
