"""Deleting resources of whatever type, alone or with their group, within one transaction.

Rules:
- vaults and stores go as their own packages delete them, so that they can be recovered where these say so;
- identities go as `lifecycle/` has it: their tokens are refused at once;
- role assignments at a resource or within it go with it. Locks there are none left: nothing that is locked,
  or that has something locked in it, is deleted.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/delete-resource-group
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keyless.lifecycle.identities import live_identities, settle_identities
from keyless.lifecycle.scopes import drop_assignments_within
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.resources import ConfigurationStore, Vault
from keyless.planes.arm.appconfiguration import stores
from keyless.planes.arm.held import Held
from keyless.planes.arm.keyvault import vaults
from keyless.planes.arm.service import Arm
from keyless.store.collections import COMPUTE, IDENTITIES, RESOURCES
from keyless.store.ports import Transaction
from keyless.wire.call import Authorized


async def delete_held(
    transaction: Transaction, resources: Iterable[Held], arm: Arm, call: Authorized[Any]
) -> None:
    """Delete resources, at the time of a call."""
    before = await live_identities(transaction)
    for one in resources:
        await _delete(transaction, one, arm, call.now)
        await drop_assignments_within(transaction, one.resource)
    await settle_identities(transaction, before, call.machine_time)


async def _delete(transaction: Transaction, one: Held, arm: Arm, now: int) -> None:
    record, key = one.record, (one.resource.text.casefold(),)
    if isinstance(record, Vault):
        await vaults.delete_in(transaction, record, now)
    elif isinstance(record, ConfigurationStore):
        await stores.delete_in(transaction, record, arm, now)
    elif isinstance(record, ManagedIdentity):
        await transaction.delete(IDENTITIES, key)
    else:
        if isinstance(record, ComputeResource):
            await transaction.delete(COMPUTE, key)
        await transaction.delete(RESOURCES, key)
