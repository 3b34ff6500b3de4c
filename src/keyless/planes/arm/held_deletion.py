"""Deleting resources of whatever type, alone or with their group, within one transaction.

Rules:
- a vault can be recovered for as long as its retention says, and so can a store of a tier that keeps deleted
  ones; both keep what they hold;
- identities go as `lifecycle/` has it: their tokens are refused at once;
- role assignments and locks at a resource or within it go with it.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/delete-resource-group
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.lifecycle.identities import live_identities, settle_identities
from keyless.lifecycle.scopes import drop_assignments_within
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, DeletedStore, DeletedVault, Vault
from keyless.planes.arm.held import Held
from keyless.store.collections import (
    COMPUTE,
    DELETED_STORES,
    DELETED_VAULTS,
    IDENTITIES,
    LOCKS,
    RESOURCES,
    STORES,
    VAULTS,
)
from keyless.store.ports import Transaction

_DAY_S = 24 * 60 * 60


async def delete_held(transaction: Transaction, resources: Iterable[Held], now: int) -> None:
    """Delete resources; ``now`` is in epoch seconds."""
    before = await live_identities(transaction)
    for one in resources:
        await _delete(transaction, one, now)
        await drop_assignments_within(transaction, one.resource)
        await drop_locks_within(transaction, one.resource)
    await settle_identities(transaction, before, now)


async def drop_locks_within(transaction: Transaction, scope: ResourceId) -> None:
    """Forget the locks at a scope and below it, which nothing is left for to hold."""
    for key, lock in await transaction.scan(LOCKS):
        if scope.contains(ResourceId.parse(lock.scope)):
            await transaction.delete(LOCKS, key)


async def _delete(transaction: Transaction, one: Held, now: int) -> None:
    record, key = one.record, (one.resource.text.casefold(),)
    if isinstance(record, Vault):
        await _delete_vault(transaction, record, now)
    elif isinstance(record, ConfigurationStore):
        await _delete_store(transaction, record, now)
    elif isinstance(record, ManagedIdentity):
        await transaction.delete(IDENTITIES, key)
    else:
        if isinstance(record, ComputeResource):
            await transaction.delete(COMPUTE, key)
        await transaction.delete(RESOURCES, key)


async def _delete_vault(transaction: Transaction, vault: Vault, now: int) -> None:
    key = (vault.name.casefold(),)
    gone_at = now + vault.soft_delete_retention_days * _DAY_S
    await transaction.delete(VAULTS, key)
    await transaction.put(DELETED_VAULTS, key, DeletedVault(vault, now, gone_at))


async def _delete_store(transaction: Transaction, store: ConfigurationStore, now: int) -> None:
    key = (store.name.casefold(),)
    gone_at = now + store.soft_delete_retention_days * _DAY_S
    await transaction.delete(STORES, key)
    await transaction.put(DELETED_STORES, key, DeletedStore(store, now, gone_at))
