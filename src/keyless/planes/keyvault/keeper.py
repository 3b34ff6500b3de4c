"""The keeper: it does what is due in vaults by itself, in the order of time, each thing in a transaction.

Rules:
- nothing is looked through but what has changed: what is due next is known between times;
- what is done at a time can bring forth more that is due by then, which is done in its place in the order;
- who asks gives the time up to which things are done; a thing is done as at the time that it was due.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import math
from collections.abc import AsyncIterator, Iterable, Sequence

from keyless.planes.keyvault.upkeep import Due, Kept, Place, Upkeep
from keyless.store.collections import VAULTS
from keyless.store.ports import Store

log = logging.getLogger(__name__)

_AT_ONCE = 200
_SLACK = 8  # how many entries there may be for each object; at most three of them are due


class Agenda:
    """What is due for which object, the next of all at hand."""

    def __init__(self) -> None:
        self._newest: dict[Place, int] = {}
        self._order: list[tuple[int, int, Place, int, Due]] = []
        self._numbers = itertools.count()

    def put(self, place: Place, due: list[Due]) -> None:
        """Have this due for an object, in place of what was."""
        number = next(self._numbers)
        self._newest[place] = number
        for one in due:
            heapq.heappush(self._order, (one.at, one.rank, place, number, one))
        if len(self) > _SLACK * len(self._newest):
            self._tidy()

    def _tidy(self) -> None:
        """Let go of what is no longer due, which would else stay until its time."""
        self._order = [one for one in self._order if self._newest[one[2]] == one[3]]
        heapq.heapify(self._order)

    def __len__(self) -> int:
        """How many entries there are, those that are no longer due among them."""
        return len(self._order)

    @property
    def next(self) -> tuple[Due, Place] | None:
        """What is due first, of one time in the order of ranks and names."""
        while self._order:
            _, _, place, number, due = self._order[0]
            if self._newest[place] == number:
                return due, place
            heapq.heappop(self._order)  # it is no longer what is due for its object
        return None


class Keeper:
    """Keeps the vaults of one store. All times are the estate's, in epoch seconds."""

    def __init__(self, store: Store, upkeeps: Sequence[Upkeep]) -> None:
        self._store = store
        self._upkeeps = {upkeep.noun: upkeep for upkeep in upkeeps}
        self._seen: dict[tuple[str, str], int] = {}
        self._agenda = Agenda()
        self._passed: dict[Place, set[tuple[int, int]]] = {}

    async def next_at(self) -> float:
        """When the next thing is due, as of what is committed now."""
        await self._refresh()
        due = self._agenda.next
        return math.inf if due is None else due[0].at

    async def keep(self, until: int) -> AsyncIterator[Kept]:
        """Do everything that is due up to a time; what was done, as it is done."""
        while await self.next_at() <= until and (found := self._agenda.next) is not None:
            due, place = found
            done = await self._done(due, place, until)
            if done is None:
                await self._pass_over(place, due)
                continue
            await self._look_again([place])
            yield done

    async def _done(self, due: Due, place: Place, until: int) -> Kept | None:
        """Do one thing; what goes wrong with it keeps nothing else from being done."""
        try:
            return await due.do(due.at, until)
        except Exception:
            log.exception(
                "what is due for %s `%s` of `%s` cannot be done", place.noun, place.name, place.vault
            )
            return None

    async def _refresh(self) -> None:
        self._store.refresh()
        everywhere = self._is_new("", VAULTS.name, self._store.revision(VAULTS))
        places: list[Place] = []
        for upkeep in self._upkeeps.values():
            changed = await self._changed(upkeep)
            places += await upkeep.places() if everywhere or changed is None else changed
        if everywhere:
            self._agenda = Agenda()
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

    async def _pass_over(self, place: Place, due: Due) -> None:
        """Leave alone what could not be done, or was done by another, until something of it changes."""
        passed = self._passed.setdefault(place, set())
        passed.add((due.at, due.rank))
        found = await self._upkeeps[place.noun].due(place)
        self._agenda.put(place, [one for one in found if (one.at, one.rank) not in passed])

    async def _look_again(self, places: Iterable[Place]) -> None:
        """Find out anew what is due for some objects, letting others run between."""
        for number, place in enumerate(places, start=1):
            self._passed.pop(place, None)
            self._agenda.put(place, await self._upkeeps[place.noun].due(place))
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
