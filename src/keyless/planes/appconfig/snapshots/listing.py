"""Lists of snapshots, by name: those that are there, of the names and statuses asked for."""

from __future__ import annotations

from dataclasses import dataclass

from keyless.planes.appconfig.filters import EVERYTHING, TextFilter
from keyless.planes.appconfig.key_values.listing import walk
from keyless.planes.appconfig.key_values.records import store_key
from keyless.planes.appconfig.paging import ITEMS_PER_PAGE, Page
from keyless.planes.appconfig.snapshots.records import SNAPSHOTS, STATUSES, Snapshot
from keyless.store.ports import Key, Reader


@dataclass(frozen=True, slots=True)
class WantedSnapshots:
    """Which snapshots are meant: both must match."""

    names: TextFilter = EVERYTHING
    statuses: frozenset[str] = frozenset(STATUSES)

    def holds(self, found: Snapshot) -> bool:
        """Whether a snapshot is meant."""
        return found.status in self.statuses and self.names.matches(found.name)


async def page_of_snapshots(
    reader: Reader, store_name: str, wanted: WantedSnapshots, now: int, after: Key | None
) -> Page[Snapshot]:
    """A page of snapshots; places are (name,). ``now`` is epoch seconds."""
    store = store_key(store_name)
    behind = (*store, *after) if after else None
    items: list[Snapshot] = []
    async for _, found in walk(reader, SNAPSHOTS, store, wanted.names.prefix, behind):
        if found.there(now) and wanted.holds(found):
            items.append(found)
            if len(items) == ITEMS_PER_PAGE:
                return Page(items, (found.name,))
    return Page(items)
