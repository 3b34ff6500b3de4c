"""The operations on vaults: create, recover, read, change, delete, list.

Rules:
- a name that a vault has, or one that was deleted and can still come back, is refused;
- `createMode` `recover` brings a deleted vault back as it was, with what it holds, to where it was;
- a deleted vault is served under no host name; the roles that were given on it, and on what it holds, go;
- to let roles decide in place of access policies, or the reverse, takes the right to assign roles as well.

Sources: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults,
https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview,
https://learn.microsoft.com/azure/key-vault/general/rbac-guide (changing the permission model)
"""

from __future__ import annotations

from typing import Any

from msgspec import convert, structs, to_builtins

from keyless.lifecycle.events import note_policy_change
from keyless.lifecycle.scopes import drop_assignments_within
from keyless.model.resource_id import ResourceId
from keyless.model.resources import DeletedVault, Vault
from keyless.planes.arm.keyvault.access import (
    ASSIGN_ROLES,
    DELETE,
    OF_GROUP,
    OF_SUBSCRIPTION,
    READ,
    VAULT,
    WRITE,
    of_vault,
)
from keyless.planes.arm.keyvault.api_versions import VAULTS as VERSIONS
from keyless.planes.arm.keyvault.bodies import SYSTEM_DATA, vault_body
from keyless.planes.arm.keyvault.errors import (
    InvalidValue,
    NothingToRecover,
    VaultAlreadyExists,
    VaultIsDeleted,
    VaultNameNotValid,
)
from keyless.planes.arm.keyvault.lookup import DAY_S, deleted_vault, vault_named, vault_there
from keyless.planes.arm.keyvault.names import is_name
from keyless.planes.arm.keyvault.schemas import VaultBody, VaultInput
from keyless.planes.arm.keyvault.settings import changed, changes_mode, made, replaced
from keyless.planes.arm.linked import demand_linked
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.places import group_of, subscription_of, within
from keyless.planes.arm.scopes import needs, of_group, of_subscription
from keyless.planes.arm.service import Arm
from keyless.planes.arm.system_data import SystemData, written_by
from keyless.store.collections import DELETED_VAULTS, VAULTS
from keyless.store.ports import Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, Forbidden, InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/"
_MODES = {"": False, "default": False, "recover": True}
"""What `createMode` can be, and whether it brings a vault back."""


@operation(
    id="Vaults.CreateOrUpdate",
    route=f"PUT {VAULT}",
    api_versions=VERSIONS,
    access=needs(WRITE, of_vault),
    body=VaultInput,
    response=VaultBody,
    errors=(InvalidRequest, Conflict, NotFound, Forbidden),
    spec=_SPEC + "create-or-update",
)
async def create_vault(call: Authorized[VaultInput], arm: Arm) -> VaultBody:
    """Create a vault, recover a deleted one, or write one that is there as a whole."""
    tenant_id = (await subscription_of(arm, call.params)).tenant_id
    async with arm.store.transaction() as transaction:
        group = await group_of(arm, call.params, transaction)
        there = await vault_there(transaction, call.params)
        if _recovers(call.body) and there is None:
            vault = await _recovered(transaction, call)
        elif there is None:
            resource = within(group, of_vault(None, call.params))
            await _take_name(transaction, call, arm)
            vault = made(resource, call.body, tenant_id, call.api_version, call.now)
        else:
            _check_mode(call, there)
            vault = replaced(there, call.body, tenant_id, call.api_version, call.now)
        vault = await _put(transaction, call, vault, there)
    return vault_body(vault, tenant_id, call.api_version)


@operation(
    id="Vaults.Update",
    route=f"PATCH {VAULT}",
    api_versions=VERSIONS,
    access=needs(WRITE, of_vault),
    body=VaultInput,
    response=VaultBody,
    errors=(InvalidRequest, NotFound, Forbidden),
    spec=_SPEC + "update",
)
async def update_vault(call: Authorized[VaultInput], arm: Arm) -> VaultBody:
    """Change a vault; what is not given stays."""
    tenant_id = (await subscription_of(arm, call.params)).tenant_id
    async with arm.store.transaction() as transaction:
        there = await vault_named(arm, call.params, transaction)
        _check_mode(call, there)
        vault = changed(there, call.body, tenant_id, call.api_version, call.now)
        vault = await _put(transaction, call, vault, there)
    return vault_body(vault, tenant_id, call.api_version)


@operation(
    id="Vaults.Get",
    route=f"GET {VAULT}",
    api_versions=VERSIONS,
    access=needs(READ, of_vault),
    response=VaultBody,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_vault(call: Authorized[None], arm: Arm) -> VaultBody:
    """Return a vault."""
    vault = await vault_named(arm, call.params)
    return vault_body(vault, (await arm.authority.tenant()).tenant_id, call.api_version)


@operation(
    id="Vaults.Delete",
    route=f"DELETE {VAULT}",
    api_versions=VERSIONS,
    access=needs(DELETE, of_vault),
    spec=_SPEC + "delete",
)
async def delete_vault(call: Authorized[None], arm: Arm) -> Reply:
    """Delete a vault, so that it can be recovered with what it holds."""
    async with arm.store.transaction() as transaction:
        vault = await vault_there(transaction, call.params)
        if vault is None:
            return Reply(status=204)
        await delete_in(transaction, vault, call.now)
    return Reply(status=200)


async def delete_in(transaction: Transaction, vault: Vault, now: int) -> None:
    """Delete a vault as a part of something larger."""
    key = (vault.name.casefold(),)
    gone_at = now + vault.soft_delete_retention_days * DAY_S
    await transaction.delete(VAULTS, key)
    await transaction.put(DELETED_VAULTS, key, DeletedVault(vault, now, gone_at))
    await drop_assignments_within(transaction, ResourceId.parse(vault.resource_id))


@operation(
    id="Vaults.ListBySubscription",
    route=f"GET {OF_SUBSCRIPTION}/vaults",
    api_versions=VERSIONS,
    access=needs(READ, of_subscription, below=True),
    response=Page[VaultBody],
    errors=(NotFound,),
    spec=_SPEC + "list-by-subscription",
)
async def list_vaults(call: Authorized[None], arm: Arm) -> Page[VaultBody]:
    """List the vaults of the subscription that the caller may read."""
    await subscription_of(arm, call.params)
    return await _listed(call, arm, of_subscription(None, call.params))


@operation(
    id="Vaults.ListByResourceGroup",
    route=f"GET {OF_GROUP}/vaults",
    api_versions=VERSIONS,
    access=needs(READ, of_group, below=True),
    response=Page[VaultBody],
    errors=(NotFound,),
    spec=_SPEC + "list-by-resource-group",
)
async def list_vaults_of_group(call: Authorized[None], arm: Arm) -> Page[VaultBody]:
    """List the vaults of a resource group that the caller may read."""
    await group_of(arm, call.params)
    return await _listed(call, arm, of_group(None, call.params))


OPERATIONS: tuple[Operation, ...] = (
    create_vault,
    update_vault,
    get_vault,
    delete_vault,
    list_vaults,
    list_vaults_of_group,
)


async def _listed(call: Authorized[None], arm: Arm, place: ResourceId) -> Page[VaultBody]:
    found = [(vault, ResourceId.parse(vault.resource_id)) for _, vault in await arm.store.scan(VAULTS)]
    shown = [vault for vault, scope in found if place.contains(scope) and call.may(READ, scope)]
    tenant_id = (await arm.authority.tenant()).tenant_id
    bodies = [vault_body(vault, tenant_id, call.api_version) for vault in shown]
    return page(call, bodies, lambda one: one.name.casefold())


def _recovers(given: VaultInput) -> bool:
    """Whether a vault is to be brought back.

    Raises:
        InvalidValue: `createMode` is no mode.
    """
    mode = (given.properties.create_mode if given.properties else None) or ""
    recovers = _MODES.get(mode.lower())
    if recovers is None:
        raise InvalidValue("createMode")
    return recovers


async def _recovered(transaction: Transaction, call: Authorized[VaultInput]) -> Vault:
    """The deleted vault that the route names, as it was."""
    name = call.params["vault_name"]
    found = await deleted_vault(transaction, name, call.now)
    if found is None or ResourceId.parse(found.vault.resource_id) != of_vault(None, call.params):
        raise NothingToRecover
    await transaction.delete(DELETED_VAULTS, (name.casefold(),))
    return found.vault


async def _take_name(transaction: Transaction, call: Authorized[VaultInput], arm: Arm) -> None:
    """Make sure that the name is free; what is left of a vault whose time is over goes."""
    name = call.params["vault_name"]
    if not is_name(name):
        raise VaultNameNotValid(name)
    if await transaction.get(VAULTS, (name.casefold(),)) is not None:
        raise VaultAlreadyExists(name)
    if await deleted_vault(transaction, name, call.now) is not None:
        raise VaultIsDeleted
    await transaction.delete(DELETED_VAULTS, (name.casefold(),))
    await arm.vaults.forget(transaction, name)


def _check_mode(call: Authorized[VaultInput], there: Vault) -> None:
    """Make sure that whoever changes what decides on a vault's data may say who gets roles there."""
    if changes_mode(there, call.body):
        resource = ResourceId.parse(there.resource_id)
        demand_linked(call, ASSIGN_ROLES, resource, own_action=WRITE, own_scope=resource)


async def _put(transaction: Transaction, call: Authorized[Any], vault: Vault, there: Vault | None) -> Vault:
    """Keep a vault, with who has written it now and who had before."""
    before = convert((there or vault).body.get(SYSTEM_DATA, {}), SystemData)
    written = to_builtins(written_by(call.principal, call.now, before))
    kept = structs.replace(vault, body=vault.body | {SYSTEM_DATA: written})
    await transaction.put(VAULTS, (vault.name.casefold(),), kept)
    await note_policy_change(transaction, there, kept, call.now)
    return kept
