"""What has managed identities beside what runs: everything that can have one, seen alike.

A configuration store has identities as compute has, to reach the key that encrypts it; it runs nothing, and
so gets no token.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identities-status
"""

from __future__ import annotations

from keyless.model.identities import ComputeResource
from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE, ConfigurationStore
from keyless.store.collections import COMPUTE, STORES
from keyless.store.ports import Reader


async def identity_hosts(reader: Reader) -> list[ComputeResource]:
    """Every resource that can have identities."""
    compute = [one for _, one in await reader.scan(COMPUTE)]
    return [*compute, *(store_as_host(store) for _, store in await reader.scan(STORES))]


async def identity_host(reader: Reader, resource: ResourceId) -> ComputeResource | None:
    """The resource of an id, where it can have identities."""
    if not resource.is_type(STORE_TYPE):
        return await reader.get(COMPUTE, (resource.text.casefold(),))
    store = await reader.get(STORES, (resource.name.casefold(),))
    there = store is not None and ResourceId.parse(store.resource_id) == resource
    return store_as_host(store) if store is not None and there else None


def store_as_host(store: ConfigurationStore) -> ComputeResource:
    """A store, seen as a host of its identities."""
    return ComputeResource(
        store.resource_id,
        store.name,
        store.location,
        system_assigned=store.system_assigned,
        user_assigned=store.user_assigned,
        tags=store.tags,
    )
