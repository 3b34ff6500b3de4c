"""What configuration stores hold, for those who manage stores, not for who asks a store's own host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.key_values.records import KEY_VALUES, REVISIONS, KeyValue, Name, store_key
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.snapshots.records import SNAPSHOT_PAGES, SNAPSHOTS
from keyless.store.ports import Collection, Transaction

_COLLECTIONS: tuple[Collection[Any], ...] = (KEY_VALUES, REVISIONS, SNAPSHOTS, SNAPSHOT_PAGES)


class StoreContents:
    """Reads and writes single key-values, with their history, and forgets all that a store held."""

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

    async def forget(self, transaction: Transaction, store_name: str) -> None:
        """Take away everything that a store held, its history and its snapshots included."""
        for collection in _COLLECTIONS:
            for place, _ in await transaction.scan(collection, store_key(store_name)):
                await transaction.delete(collection, place)
