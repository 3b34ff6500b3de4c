"""The history of key-values: what is written down of each change, and for how long it is kept.

Rules:
- every change is a revision, a deletion too;
- a revision expires when it is older than its store keeps history for, which the tier decides and the store
  may shorten. It is not listed any more, and goes at the next change of its key-value;
- the newest of those that have expired stays: it says what the key-value was when the time began.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-revisions
"""

from __future__ import annotations

from keyless.lifecycle.store_tiers import revision_retention_s, tier_of
from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.key_values.records import (
    AS_KEY_VALUES,
    Kept,
    KeyValue,
    Name,
    Revision,
    key_value_key,
    places_before,
    revision_place,
    store_key,
)
from keyless.planes.appconfig.key_values.storage import Change, note
from keyless.store.collections import STORES
from keyless.store.ports import Collection, Key, Reader, Transaction

_PURGED_AT_ONCE = 256


async def kept_for_s(reader: Reader, store_name: str) -> int:
    """How long a store keeps revisions."""
    return revision_retention_s(await _store(reader, store_name))


async def keep(
    transaction: Transaction,
    store_name: str,
    name: Name,
    record: KeyValue | None,
    now: int,
    kept: Kept = AS_KEY_VALUES,
    *,
    must_fit: bool = False,
) -> None:
    """Make a key-value what it is from now on (none: deleted), and write down that it became so.

    Raises:
        StorageFull: it must fit into what the store's tier gives it, and does not.
    """
    lies_at, store = key_value_key(store_name, name), await _store(transaction, store_name)
    before = await transaction.get(kept.current, lies_at)
    if record is None:
        await transaction.delete(kept.current, lies_at)
    else:
        await transaction.put(kept.current, lies_at, record)
    newest = await transaction.scan(kept.revisions, lies_at, limit=1)
    place = revision_place(now, newest[0][0][-1] if newest else None)
    revision, kept_since = Revision(now, record), now - revision_retention_s(store)
    await transaction.put(kept.revisions, (*lies_at, place), revision)
    purged = await _purge(transaction, kept.revisions, lies_at, kept_since)
    change = Change(before, revision, purged, kept_since)
    await note(transaction, store_name, kept, change, tier_of(store).storage_bytes if must_fit else None)


async def _store(reader: Reader, store_name: str) -> ConfigurationStore:
    return await reader.get(STORES, store_key(store_name)) or ConfigurationStore("", store_name, "")


async def _purge(
    transaction: Transaction, revisions: Collection[Revision], lies_at: Key, expired_before: int
) -> list[Revision]:
    """Remove what has expired of a key-value's history, but for the newest of it; what that was."""
    behind = (*lies_at, places_before(expired_before))
    expired = await transaction.scan(revisions, lies_at, after=behind, limit=_PURGED_AT_ONCE)
    for place, _ in expired[1:]:
        await transaction.delete(revisions, place)
    return [revision for _, revision in expired[1:]]
