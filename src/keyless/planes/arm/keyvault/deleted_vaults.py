"""The operations on deleted vaults: look at them, list them, purge them.

Rules:
- a deleted vault is found in its region; one whose time is over is not there any more;
- what was purged is gone with all that it held; a vault under purge protection waits until its time is over.

Source: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults (get-deleted,
list-deleted, purge-deleted)
"""

from __future__ import annotations

from typing import Any

from keyless.model.resources import DeletedVault
from keyless.planes.arm.keyvault.access import LIST_DELETED, OF_SUBSCRIPTION, PROVIDER, PURGE, READ_DELETED
from keyless.planes.arm.keyvault.api_versions import VAULTS as VERSIONS
from keyless.planes.arm.keyvault.bodies import deleted_body, deleted_id
from keyless.planes.arm.keyvault.errors import DeletedVaultNotFound, PurgeNotAllowed
from keyless.planes.arm.keyvault.lookup import deleted_vault, deleted_vaults
from keyless.planes.arm.keyvault.schemas import DeletedVaultBody
from keyless.planes.arm.long_running import keep, reply
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.places import subscription_of
from keyless.planes.arm.regions import plain
from keyless.planes.arm.scopes import needs, of_subscription
from keyless.planes.arm.service import Arm
from keyless.store.collections import DELETED_VAULTS
from keyless.store.ports import Reader
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import NotFound
from keyless.wire.operation import Operation, operation

_DELETED = f"{OF_SUBSCRIPTION}/locations/{{location}}/deletedVaults/{{vault_name}}"
_SPEC = "https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/"


@operation(
    id="Vaults.GetDeleted",
    route=f"GET {_DELETED}",
    api_versions=VERSIONS,
    access=needs(READ_DELETED, of_subscription),
    response=DeletedVaultBody,
    errors=(NotFound,),
    spec=_SPEC + "get-deleted",
)
async def get_deleted_vault(call: Authorized[None], arm: Arm) -> DeletedVaultBody:
    """Return a deleted vault."""
    return deleted_body(await _named(call, arm, arm.store))


@operation(
    id="Vaults.ListDeleted",
    route=f"GET {OF_SUBSCRIPTION}/deletedVaults",
    api_versions=VERSIONS,
    access=needs(LIST_DELETED, of_subscription),
    response=Page[DeletedVaultBody],
    errors=(NotFound,),
    spec=_SPEC + "list-deleted",
)
async def list_deleted_vaults(call: Authorized[None], arm: Arm) -> Page[DeletedVaultBody]:
    """List the subscription's deleted vaults."""
    await subscription_of(arm, call.params)
    bodies = [deleted_body(one) for one in await deleted_vaults(arm.store, call.now)]
    return page(call, bodies, lambda one: one.name.casefold())


@operation(
    id="Vaults.PurgeDeleted",
    route=f"POST {_DELETED}/purge",
    api_versions=VERSIONS,
    access=needs(PURGE, of_subscription),
    errors=(NotFound, PurgeNotAllowed),
    spec=_SPEC + "purge-deleted",
)
async def purge_deleted_vault(call: Authorized[None], arm: Arm) -> Reply:
    """Remove a deleted vault for good, with all that it held."""
    async with arm.store.transaction() as transaction:
        vault = (await _named(call, arm, transaction)).vault
        if vault.purge_protection:
            raise PurgeNotAllowed
        await transaction.delete(DELETED_VAULTS, (vault.name.casefold(),))
        await arm.vaults.forget(transaction, vault.name)
        done = await keep(transaction, call, arm, scope=deleted_id(vault), read_action=READ_DELETED)
    return reply(call, done, namespace=PROVIDER, location=vault.location)


async def _named(call: Authorized[Any], arm: Arm, reader: Reader) -> DeletedVault:
    """The deleted vault that the route names."""
    await subscription_of(arm, call.params)
    name, location = call.params["vault_name"], call.params["location"]
    found = await deleted_vault(reader, name, call.now)
    if found is None or plain(found.vault.location) != plain(location):
        raise DeletedVaultNotFound(name, location)
    return found


OPERATIONS: tuple[Operation, ...] = (get_deleted_vault, list_deleted_vaults, purge_deleted_vault)
