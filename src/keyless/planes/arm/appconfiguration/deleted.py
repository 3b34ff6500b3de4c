"""Configuration stores that were deleted and can still come back.

Rules:
- a store lies deleted for as many days as it was made with; after that it is gone, whoever asks;
- a store that is there under the same name again is not deleted any more.

Source: https://learn.microsoft.com/azure/azure-app-configuration/concept-soft-delete
"""

from __future__ import annotations

from keyless.model.resources import DeletedStore
from keyless.store.collections import DELETED_STORES, STORES
from keyless.store.ports import Reader

DAY_S = 24 * 60 * 60


async def deleted_store(reader: Reader, name: str, now: float) -> DeletedStore | None:
    """The deleted store of that name, where it can still come back."""
    found = await reader.get(DELETED_STORES, (name.casefold(),))
    if found is None or found.purge_at <= now:
        return None
    there = await reader.get(STORES, (name.casefold(),))
    return found if there is None else None


async def deleted_stores(reader: Reader, now: float) -> list[DeletedStore]:
    """Every deleted store that can still come back, by name."""
    names = [key[0] for key, _ in await reader.scan(DELETED_STORES)]
    found = [await deleted_store(reader, name, now) for name in names]
    return [one for one in found if one is not None]
