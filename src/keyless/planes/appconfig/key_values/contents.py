"""The key-values of configuration stores for those who manage stores, not for who asks a store's own host."""

from __future__ import annotations

from collections.abc import Mapping

from keyless.planes.appconfig.key_values.records import KEY_VALUES, REVISIONS, KeyValue, Name, store_key
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.store.ports import Transaction


class StoreContents:
    """Reads and writes single key-values, with their history, and forgets all that a store held."""

    def __init__(self, key_values: KeyValues) -> None:
        self._key_values = key_values

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
        """Take away everything that a store held, its history included."""
        for place, _ in await transaction.scan(KEY_VALUES, store_key(store_name)):
            await transaction.delete(KEY_VALUES, place)
        for place, _ in await transaction.scan(REVISIONS, store_key(store_name)):
            await transaction.delete(REVISIONS, place)
