"""The snapshots of configuration stores: making, reading, archiving and recovering them.

Rules:
- a snapshot is made at once, in the transaction that reads its key-values; its answer still says that it is
  being provisioned, as Azure's does;
- what is too large for a snapshot, or for what a store's tier lets all of them have, makes a failed one;
- one that is archived goes when its retention is over, and a failed one likewise: from then on it is not
  there, and the next snapshot that is made in its store takes it away.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-snapshot
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from msgspec import structs

from keyless.catalog.limits import AppConfigurationTier, limits
from keyless.lifecycle.store_tiers import tier_of
from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.conditions import UNCONDITIONAL, Conditions
from keyless.planes.appconfig.errors import AlreadyExists, InvalidState
from keyless.planes.appconfig.etags import new_etag
from keyless.planes.appconfig.key_values.listing import walk
from keyless.planes.appconfig.key_values.records import KeyValue, store_key
from keyless.planes.appconfig.paging import ITEMS_PER_PAGE, Page
from keyless.planes.appconfig.snapshots import listing
from keyless.planes.appconfig.snapshots.composition import TooLarge, composed
from keyless.planes.appconfig.snapshots.listing import WantedSnapshots
from keyless.planes.appconfig.snapshots.records import (
    ARCHIVED,
    FAILED,
    PROVISIONING,
    READY,
    SNAPSHOT_PAGES,
    SNAPSHOTS,
    Snapshot,
    SnapshotPage,
    page_key,
    snapshot_key,
)
from keyless.planes.appconfig.snapshots.rules import NewSnapshot, check
from keyless.store.ports import Key, Store, Transaction
from keyless.wire.errors import NotFound, PreconditionFailed

QUOTA_EXCEEDED = "QuotaExceeded"


class Snapshots:
    """All snapshots of a store of records. ``now`` is epoch seconds."""

    def __init__(self, store: Store, entropy: Callable[[int], bytes] = os.urandom) -> None:
        self._store = store
        self._entropy = entropy

    def sequence(self) -> int:
        """A number that rises with every write."""
        return self._store.revision(SNAPSHOTS)

    async def get(self, store_name: str, name: str, now: int) -> Snapshot:
        """A snapshot as it is.

        Raises:
            NotFound: there is none, or it has expired.
        """
        found = await self._store.get(SNAPSHOTS, snapshot_key(store_name, name))
        if found is None or not found.there(now):
            raise _missing(name)
        return found

    async def page(
        self, store_name: str, wanted: WantedSnapshots, now: int, after: Key | None = None
    ) -> Page[Snapshot]:
        """A page of snapshots."""
        return await listing.page_of_snapshots(self._store, store_name, wanted, now, after)

    async def contents(self, store_name: str, name: str, number: int, now: int) -> Page[KeyValue]:
        """A page of the key-values in a snapshot, by its number; an empty one where there are none."""
        found = await self._store.get(SNAPSHOTS, snapshot_key(store_name, name))
        if found is None or not found.there(now):
            return Page([])
        kept = await self._store.get(SNAPSHOT_PAGES, page_key(store_name, name, number))
        more = (number + 1) * ITEMS_PER_PAGE < found.items_count
        return Page(kept.items if kept else [], (str(number + 1),) if more else None)

    async def create(self, store: ConfigurationStore, new: NewSnapshot, now: int) -> Snapshot:
        """Make a snapshot, and return it as it was at first: being provisioned.

        Raises:
            InvalidRequest: there can be none such.
            AlreadyExists: there is one of that name.
        """
        tier = tier_of(store)
        check(new, tier)
        async with self._store.transaction() as transaction:
            used = await _used(transaction, store.name, now)
            if await transaction.get(SNAPSHOTS, snapshot_key(store.name, new.name)) is not None:
                raise AlreadyExists(new.name)
            room = tier.snapshot_storage_bytes - used
            made = await self._made(transaction, store.name, new, tier, room, now)
            await transaction.put(SNAPSHOTS, snapshot_key(store.name, new.name), made)
        return structs.replace(made, status=PROVISIONING, etag=self._etag(), expires_at=None)

    async def archive(
        self, store_name: str, name: str, now: int, conditions: Conditions = UNCONDITIONAL
    ) -> Snapshot:
        """Let a snapshot expire when its retention is over; raises what ``recover`` does."""
        return await self._turn(store_name, name, now, conditions, (READY, ARCHIVED))

    async def recover(
        self, store_name: str, name: str, now: int, conditions: Conditions = UNCONDITIONAL
    ) -> Snapshot:
        """Keep an archived snapshot after all.

        Raises:
            NotFound: there is none.
            PreconditionFailed: the conditions do not hold.
            InvalidState: it has failed.
        """
        return await self._turn(store_name, name, now, conditions, (ARCHIVED, READY))

    async def _turn(
        self, store_name: str, name: str, now: int, conditions: Conditions, turn: tuple[str, str]
    ) -> Snapshot:
        """Bring a snapshot from one status to another."""
        before, after = turn
        async with self._store.transaction() as transaction:
            found = await transaction.get(SNAPSHOTS, snapshot_key(store_name, name))
            if found is None or not found.there(now):
                raise _missing(name)
            if not conditions.allow_write(found.etag):
                raise PreconditionFailed(
                    "the snapshot is not in the state that the request is conditional on"
                )
            if found.status == after:
                return found
            if found.status != before:
                raise InvalidState(name, found.status)
            turned = structs.replace(
                found,
                status=after,
                etag=self._etag(),
                modified_at=now,
                expires_at=now + found.retention_s if after == ARCHIVED else None,
            )
            await transaction.put(SNAPSHOTS, snapshot_key(store_name, name), turned)
        return turned

    async def _made(
        self,
        transaction: Transaction,
        store_name: str,
        new: NewSnapshot,
        tier: AppConfigurationTier,
        room: int,
        now: int,
    ) -> Snapshot:
        """A snapshot of what its filters choose now, whose pages are written; or one that has failed.

        ``room`` is how many bytes the store has for it.
        """
        made = Snapshot(
            name=new.name,
            filters=new.filters,
            etag=self._etag(),
            status=READY,
            created_at=now,
            modified_at=now,
            retention_s=tier.snapshot_retention_default_s if new.retention_s is None else new.retention_s,
            composition=new.composition,
            tags=dict(new.tags),
            description=new.description,
        )
        most = min(limits().app_configuration.snapshot_max_bytes, room)
        try:
            items, size = await composed(transaction, store_name, new.filters, new.composition, most)
        except TooLarge:
            return structs.replace(
                made, status=FAILED, failure=QUOTA_EXCEEDED, expires_at=now + made.retention_s
            )
        await _write_pages(transaction, store_name, new.name, items)
        return structs.replace(made, size_bytes=size, items_count=len(items))

    def _etag(self) -> str:
        return new_etag(self._entropy)


async def _write_pages(
    transaction: Transaction, store_name: str, name: str, items: Sequence[KeyValue]
) -> None:
    for number, start in enumerate(range(0, len(items), ITEMS_PER_PAGE)):
        page = SnapshotPage(tuple(items[start : start + ITEMS_PER_PAGE]))
        await transaction.put(SNAPSHOT_PAGES, page_key(store_name, name, number), page)


async def _used(transaction: Transaction, store_name: str, now: int) -> int:
    """How many bytes the snapshots of a store have, once those that have expired are gone."""
    used = 0
    async for place, found in walk(transaction, SNAPSHOTS, store_key(store_name)):
        if found.there(now):
            used += found.size_bytes
        else:
            await _remove(transaction, place)
    return used


async def _remove(transaction: Transaction, place: Key) -> None:
    for page, _ in await transaction.scan(SNAPSHOT_PAGES, place):
        await transaction.delete(SNAPSHOT_PAGES, page)
    await transaction.delete(SNAPSHOTS, place)


def _missing(name: str) -> NotFound:
    return NotFound(f"there is no snapshot `{name[:256]}`")
