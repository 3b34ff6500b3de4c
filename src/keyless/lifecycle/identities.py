"""What becomes of managed identities when their resources come and go.

Rules, as in Azure:
- a system-assigned identity goes with its resource, or when the resource is told to have none; a
  user-assigned one outlives its hosts, which keep a reference to nothing when it goes;
- what it had is refused from the next request on; its role assignments stay, orphaned; its federated
  credentials go with it;
- a resource that is made again has an identity with new ids, so that nothing which was left behind is its
  own. Ids that a file gives are kept, and so are then the roles: that is what giving them says.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from msgspec import structs

from keyless.lifecycle.directory import leave_directory
from keyless.lifecycle.hosts import identity_hosts
from keyless.lifecycle.revoke import restore_in, revoke_in
from keyless.model.derived_ids import again, assignment_id, directory_assignment_id
from keyless.model.directory import DirectoryRoleAssignment
from keyless.model.estate import Estate
from keyless.model.identities import ComputeResource, DeletedIdentity, FederatedCredential, ManagedIdentity
from keyless.model.resources import Vault
from keyless.model.roles import RoleAssignment
from keyless.store.collections import DELETED_IDENTITIES, FEDERATED_CREDENTIALS, IDENTITIES
from keyless.store.ports import Key, Reader, Transaction
from keyless.tokens.claims import v2_issuer

Identities = Mapping[str, ManagedIdentity]
"""By the principal's case-folded id."""
T = TypeVar("T", ManagedIdentity, ManagedIdentity | None)


async def live_identities(reader: Reader) -> Identities:
    """Every managed identity that there is."""
    given = [identity for _, identity in await reader.scan(IDENTITIES)]
    own = [host.system_assigned for host in await identity_hosts(reader)]
    return {one.principal_id.casefold(): one for one in (*given, *own) if one is not None}


async def deleted_identities(reader: Reader) -> list[DeletedIdentity]:
    """Every managed identity that there was and is not any more, the last deleted first."""
    live = await live_identities(reader)
    found = [one for _, one in await reader.scan(DELETED_IDENTITIES)]
    gone = [one for one in found if one.identity.principal_id.casefold() not in live]
    return sorted(gone, key=lambda one: one.deleted_at, reverse=True)


async def settle_identities(transaction: Transaction, before: Identities, now: int) -> None:
    """Bury whom a transaction has taken away since ``before``; let in again whom it has brought back."""
    after = await live_identities(transaction)
    live = {one.resource_id.casefold() for one in after.values()}
    for principal_id, identity in before.items():
        if principal_id not in after:
            await _bury(transaction, identity, now)
            if identity.resource_id.casefold() not in live:
                await _forget_credentials(transaction, identity)
    buried = {key[1] for key, _ in await transaction.scan(DELETED_IDENTITIES)}
    for principal_id in after.keys() & buried - before.keys():
        await restore_in(transaction, principal_id)


async def as_created(reader: Reader, estate: Estate) -> Estate:
    """The estate with new ids for what was deleted and is declared again without ids of its own."""
    times = await _times_deleted(reader)
    if not times:
        return estate
    new_ids: dict[str, str] = {}
    issuer = v2_issuer(estate.tenant.tenant_id)

    def renewed(identity: T) -> T:
        if identity is None:
            return None
        made = again(identity, times.get(identity.resource_id.casefold(), 0))
        new_ids[identity.principal_id] = made.principal_id
        return made

    return replace(
        estate,
        compute=tuple(_with_identity(one, renewed) for one in estate.compute),
        identities=tuple(map(renewed, estate.identities)),
        assignments=tuple(_of_whom_it_is_now(one, new_ids) for one in estate.assignments),
        vaults=tuple(_for_whom_it_is_now(one, new_ids) for one in estate.vaults),
        security_groups=tuple(
            structs.replace(one, members=tuple(new_ids.get(member, member) for member in one.members))
            for one in estate.security_groups
        ),
        directory_roles=tuple(_given_to_whom_it_is_now(one, new_ids) for one in estate.directory_roles),
        federated_credentials=tuple(
            _trusting_whom_it_is_now(one, issuer, new_ids) for one in estate.federated_credentials
        ),
    )


async def created_again(reader: Reader, identity: ManagedIdentity) -> ManagedIdentity:
    """An identity that is made now, with ids that none before it had."""
    times = await _times_deleted(reader)
    return again(identity, times.get(identity.resource_id.casefold(), 0))


async def _times_deleted(reader: Reader) -> dict[str, int]:
    """How often each resource's identity was deleted, by the resource's case-folded id."""
    times: dict[str, int] = {}
    for key, _ in await reader.scan(DELETED_IDENTITIES):
        times[key[0]] = times.get(key[0], 0) + 1
    return times


async def _bury(transaction: Transaction, identity: ManagedIdentity, now: int) -> None:
    await revoke_in(transaction, identity.principal_id, now, disable=True)
    await leave_directory(transaction, identity.principal_id)
    await transaction.put(DELETED_IDENTITIES, _key(identity), DeletedIdentity(identity, now))


async def _forget_credentials(transaction: Transaction, identity: ManagedIdentity) -> None:
    owner = identity.resource_id.casefold()
    for key, _ in await transaction.scan(FEDERATED_CREDENTIALS, (owner,)):
        await transaction.delete(FEDERATED_CREDENTIALS, key)


def _key(identity: ManagedIdentity) -> Key:
    return (identity.resource_id.casefold(), identity.principal_id.casefold())


def _with_identity(
    compute: ComputeResource, renewed: Callable[[ManagedIdentity | None], ManagedIdentity | None]
) -> ComputeResource:
    return structs.replace(compute, system_assigned=renewed(compute.system_assigned))


def _of_whom_it_is_now(assignment: RoleAssignment, new_ids: Mapping[str, str]) -> RoleAssignment:
    """An assignment with its principal's new id, and the GUID that follows from it, if it did before."""
    old, role = assignment.principal_id, assignment.role_definition_id
    new = new_ids.get(old, old)
    if new == old:
        return assignment
    is_derived = assignment.id == assignment_id(old, role, assignment.scope_id)
    made = assignment_id(new, role, assignment.scope_id) if is_derived else assignment.id
    return structs.replace(assignment, id=made, principal_id=new)


def _for_whom_it_is_now(vault: Vault, new_ids: Mapping[str, str]) -> Vault:
    """A vault whose access policies name principals by their new ids."""
    policies = tuple(
        structs.replace(one, object_id=new_ids.get(one.object_id, one.object_id))
        for one in vault.access_policies
    )
    return structs.replace(vault, access_policies=policies)


def _given_to_whom_it_is_now(
    given: DirectoryRoleAssignment, new_ids: Mapping[str, str]
) -> DirectoryRoleAssignment:
    """A role of the directory with its principal's new id, and the GUID that follows from it."""
    new = new_ids.get(given.principal_id)
    if new is None or new == given.principal_id:
        return given
    made = directory_assignment_id(new, given.role_definition_id)
    return structs.replace(given, id=made, principal_id=new)


def _trusting_whom_it_is_now(
    credential: FederatedCredential, issuer: str, new_ids: Mapping[str, str]
) -> FederatedCredential:
    """An application's trust in a managed identity of this tenant, by the identity's new id."""
    if credential.issuer != issuer:
        return credential
    return structs.replace(credential, subject=new_ids.get(credential.subject, credential.subject))
