"""Finding the store behind an endpoint, which is its own or a replica's."""

from __future__ import annotations

from keyless.model.replicas import hosts_of
from keyless.model.resources import STORE_SUFFIX, ConfigurationStore
from keyless.store.collections import STORES
from keyless.store.ports import Reader


async def store_at(reader: Reader, endpoint: str) -> ConfigurationStore | None:
    """The store whose own endpoint, or a replica's, has a name; none where there is no such endpoint."""
    found = await reader.get(STORES, (endpoint,))
    if found is not None or "-" not in endpoint:
        return found
    stores = [store for _, store in await reader.scan(STORES)]
    return next((store for store in stores if f"{endpoint}{STORE_SUFFIX}" in hosts_of(store)), None)
