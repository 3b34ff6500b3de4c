"""The key-values of configuration stores: reading and writing them, on conditions, with their history.

Rules:
- every write leaves a revision; a write that would change nothing is none (no new etag, no revision);
- a locked key-value is neither written nor deleted until it is unlocked; conditions are looked at first;
- how long revisions stay, `history.py` says.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-key-value and rest-api-locks
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from msgspec import structs

from keyless.model.estate import DeclaredSetting
from keyless.planes.appconfig.conditions import UNCONDITIONAL, Conditions
from keyless.planes.appconfig.errors import KeyLocked
from keyless.planes.appconfig.etags import new_etag
from keyless.planes.appconfig.key_values import listing
from keyless.planes.appconfig.key_values.history import keep
from keyless.planes.appconfig.key_values.listing import Wanted
from keyless.planes.appconfig.key_values.lists import Lists
from keyless.planes.appconfig.key_values.records import (
    KEY_VALUES,
    KeyValue,
    Name,
    key_value_key,
    store_key,
)
from keyless.planes.appconfig.key_values.rules import (
    Content,
    check_content,
    check_name,
    content_of,
    is_too_long,
)
from keyless.planes.appconfig.key_values.sameness import says_the_same
from keyless.planes.appconfig.paging import Page
from keyless.store.ports import Key, Store, Transaction
from keyless.wire.errors import Missing, NotFound, PreconditionFailed


class KeyValues(Lists):
    """All key-values of a store of records. Times (``now``, ``at``) are epoch seconds."""

    def __init__(self, store: Store, entropy: Callable[[int], bytes] = os.urandom) -> None:
        super().__init__(store)
        self._entropy = entropy

    def sequence(self) -> int:
        """A number that rises with every write."""
        return self._store.revision(KEY_VALUES)

    async def get(self, store_name: str, name: Name, at: float | None = None) -> KeyValue:
        """A key-value as it is, or as it was at a time.

        Raises:
            NotFound: there is none.
        """
        if at is None:
            found = await self._store.get(KEY_VALUES, key_value_key(store_name, name))
            if found is None:
                raise _missing(store_name, name)
            return found
        found = await listing.key_value_at(self._store, store_name, name, at)
        if found is None:
            raise NotFound(f"there was no key-value `{name.key[:256]}` at that time")
        return found

    async def keys(self, store_name: str, wanted: Wanted, after: Key | None = None) -> Page[str | None]:
        """A page of the keys in use."""
        return await listing.page_of_keys(self._store, store_name, wanted, after)

    async def list_all(self, store_name: str) -> Sequence[KeyValue]:
        """Every key-value of a configuration store, in order."""
        return [record for _, record in await self._store.scan(KEY_VALUES, store_key(store_name))]

    async def set(
        self,
        store_name: str,
        name: Name,
        content: Content,
        now: int,
        conditions: Conditions = UNCONDITIONAL,
    ) -> KeyValue:
        """Write a key-value; what is there already stays as it is.

        Raises:
            InvalidRequest, PayloadTooLarge: it cannot be called that, or hold that.
            PreconditionFailed: the conditions do not hold.
            KeyLocked: it is read-only.
            StorageFull: the store has no room for it.
        """
        check_name(name)
        check_content(name, content)
        async with self._store.transaction() as transaction:
            existing = await _existing(transaction, store_name, name, conditions)
            _require_unlocked(existing)
            if existing is not None and content_of(existing) == content:
                return existing
            return await self.write(transaction, store_name, name, content, now)

    async def write(
        self,
        transaction: Transaction,
        store_name: str,
        name: Name,
        content: Content,
        now: int,
        *,
        locked: bool = False,
    ) -> KeyValue:
        """Write a key-value within a transaction, whatever is there: whoever calls has looked at that.

        Raises:
            StorageFull: the store has no room for it.
        """
        record = KeyValue(
            key=name.key,
            label=name.label or None,
            value=content.value,
            content_type=content.content_type,
            tags=dict(content.tags),
            description=content.description,
            etag=new_etag(self._entropy),
            modified_at=now,
            locked=locked,
        )
        await keep(transaction, store_name, name, record, now, must_fit=True)
        return record

    async def remove(self, transaction: Transaction, store_name: str, name: Name, now: int) -> None:
        """Delete a key-value within a transaction: whoever calls has looked at what is there."""
        await keep(transaction, store_name, name, None, now)

    async def declared(self, store_name: str, setting: DeclaredSetting, now: int) -> KeyValue:
        """Bring a key-value up to what an estate declares; raises what ``set`` does.

        One that is so already is left alone, locked or not.
        """
        name = Name(setting.key, setting.label)
        content = Content(setting.value, setting.content_type, setting.tags)
        found = await self._store.get(KEY_VALUES, key_value_key(store_name, name))
        if found is not None and says_the_same(content_of(found), content):
            return found
        return await self.set(store_name, name, content, now)

    async def delete(
        self, store_name: str, name: Name, now: int, conditions: Conditions = UNCONDITIONAL
    ) -> KeyValue | None:
        """Delete a key-value and return what it was; none where there is none.

        Raises:
            PreconditionFailed: the conditions do not hold.
            KeyLocked: it is read-only.
        """
        async with self._store.transaction() as transaction:
            existing = await _existing(transaction, store_name, name, conditions)
            _require_unlocked(existing)
            if existing is not None:
                await keep(transaction, store_name, name, None, now)
        return existing

    async def lock(
        self,
        store_name: str,
        name: Name,
        now: int,
        conditions: Conditions = UNCONDITIONAL,
        *,
        locked: bool,
    ) -> KeyValue:
        """Make a key-value read-only, or writable again.

        Raises:
            PreconditionFailed: the conditions do not hold.
            NotFound: there is no such key-value.
            StorageFull: it is to be locked, and the store has no room for that in its history.
        """
        async with self._store.transaction() as transaction:
            existing = await _existing(transaction, store_name, name, conditions)
            if existing is None:
                raise _missing(store_name, name)
            if existing.locked is locked:
                return existing
            record = structs.replace(existing, locked=locked, etag=new_etag(self._entropy), modified_at=now)
            await keep(transaction, store_name, name, record, now, must_fit=locked)
        return record


async def _existing(
    transaction: Transaction, store_name: str, name: Name, conditions: Conditions
) -> KeyValue | None:
    """What a write begins from, once its conditions hold."""
    existing = await transaction.get(KEY_VALUES, key_value_key(store_name, name))
    if not conditions.allow_write(existing.etag if existing else None):
        raise PreconditionFailed("the key-value is not in the state that the request is conditional on")
    return existing


def _require_unlocked(existing: KeyValue | None) -> None:
    if existing is not None and existing.locked:
        raise KeyLocked(Name(existing.key, existing.label))


def _missing(store_name: str, name: Name) -> NotFound:
    label = f" with the label `{name.label[:256]}`" if name.label else ""
    missing = None if is_too_long(name) else Missing("key-value", store_name, name.key, name.label)
    return NotFound(f"there is no key-value `{name.key[:256]}`{label}", missing=missing)
