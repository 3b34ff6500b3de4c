"""What configuration stores hold, for those who manage stores, not for who asks a store's own host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.errors import AlreadyExists
from keyless.planes.appconfig.feature_flags.records import AS_FLAGS
from keyless.planes.appconfig.key_values.records import KEY_VALUES, REVISIONS, KeyValue, Name, store_key
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.key_values.storage import USAGE
from keyless.planes.appconfig.snapshots.records import SNAPSHOT_PAGES, SNAPSHOTS, Filter, Snapshot
from keyless.planes.appconfig.snapshots.rules import NewSnapshot
from keyless.store.ports import Collection, Transaction

_COLLECTIONS: tuple[Collection[Any], ...] = (
    KEY_VALUES,
    REVISIONS,
    USAGE,
    SNAPSHOTS,
    SNAPSHOT_PAGES,
    *AS_FLAGS,
)


class AskedSnapshot(Protocol):
    """A snapshot to make: ``filters`` are pairs of key and label."""

    @property
    def filters(self) -> tuple[tuple[str, str | None], ...]: ...
    @property
    def composition(self) -> str: ...
    @property
    def retention_s(self) -> int | None: ...
    @property
    def tags(self) -> Mapping[str, str]: ...


class StoreContents:
    """Reads and writes single key-values and snapshots, and forgets all that a store held."""

    def __init__(self, configuration: Configuration) -> None:
        self._key_values = configuration.key_values
        self._snapshots = configuration.snapshots

    async def read(self, store_name: str, key: str, label: str | None) -> KeyValue:
        """A key-value.

        Raises:
            NotFound: there is none.
        """
        return await self._key_values.get(store_name, Name(key, label))

    async def write(
        self,
        store_name: str,
        key: str,
        label: str | None,
        content: tuple[str | None, str | None, Mapping[str, str]],
        now: int,
    ) -> KeyValue:
        """Write a key-value's value, content type and tags; raises what `KeyValues.set` does."""
        value, content_type, tags = content
        return await self._key_values.set(
            store_name, Name(key, label), Content(value, content_type, dict(tags)), now
        )

    async def remove(self, store_name: str, key: str, label: str | None, now: int) -> bool:
        """Delete a key-value; false where there was none.

        Raises:
            KeyLocked: it is read-only.
        """
        return await self._key_values.delete(store_name, Name(key, label), now) is not None

    async def snapshot(self, store_name: str, name: str, now: int) -> Snapshot:
        """A snapshot.

        Raises:
            NotFound: there is none.
        """
        return await self._snapshots.get(store_name, name, now)

    async def make_snapshot(
        self, store: ConfigurationStore, name: str, asked: AskedSnapshot, now: int
    ) -> tuple[Snapshot, bool]:
        """A snapshot as it is asked for, and whether it was made now.

        Raises:
            InvalidRequest: there can be none such.
            AlreadyExists: there is another of that name.
        """
        filters = tuple(Filter(key, label) for key, label in asked.filters)
        new = NewSnapshot(name, filters, asked.composition, asked.retention_s, asked.tags)
        try:
            await self._snapshots.create(store, new, now)
        except AlreadyExists:
            found = await self._snapshots.get(store.name, name, now)
            if not _is_as_asked(found, new):
                raise
            return found, False
        return await self._snapshots.get(store.name, name, now), True

    async def forget(self, transaction: Transaction, store_name: str) -> None:
        """Take away everything that a store held, its history, snapshots and feature flags included."""
        for collection in _COLLECTIONS:
            for place, _ in await transaction.scan(collection, store_key(store_name)):
                await transaction.delete(collection, place)


def _is_as_asked(found: Snapshot, asked: NewSnapshot) -> bool:
    kept = NewSnapshot(
        found.name,
        found.filters,
        found.composition,
        None if asked.retention_s is None else found.retention_s,
        found.tags,
    )
    return kept == asked
