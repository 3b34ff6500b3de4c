"""Deleting a compute resource or a user-assigned identity, and what that leaves behind."""

from __future__ import annotations

from dataclasses import dataclass

from keyless.lifecycle.identities import live_identities, settle_identities
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.roles import RoleAssignment
from keyless.store.collections import ASSIGNMENTS, COMPUTE, IDENTITIES, RESOURCES
from keyless.store.ports import Key, Reader, Store


class CannotDelete(Exception):
    """There is no such resource, or there are several; the message says what to name instead."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """What is gone: the resource, and the identity that went with it (or that it was).

    ``orphaned`` are the role assignments that stay without a principal; ``hosts`` the names of resources that
    keep a reference to nothing.
    """

    name: str
    resource_id: str
    identity: ManagedIdentity | None
    orphaned: tuple[RoleAssignment, ...] = ()
    hosts: tuple[str, ...] = ()


async def delete_resource(store: Store, wanted: str, now: int) -> Deleted:
    """Delete the compute resource or user-assigned identity of a name or resource id.

    Raises:
        CannotDelete: none is called that, or several are.
    """
    async with store.transaction() as transaction:
        found = await _found(transaction, wanted)
        before = await live_identities(transaction)
        deleted = await _described(transaction, found)
        if isinstance(found, ComputeResource):
            await transaction.delete(COMPUTE, _key(found))
            await transaction.delete(RESOURCES, _key(found))
        else:
            await transaction.delete(IDENTITIES, _key(found))
        await settle_identities(transaction, before, now)
    return deleted


async def _found(reader: Reader, wanted: str) -> ComputeResource | ManagedIdentity:
    compute = [one for _, one in await reader.scan(COMPUTE)]
    identities = [one for _, one in await reader.scan(IDENTITIES)]
    everything: list[ComputeResource | ManagedIdentity] = [*compute, *identities]
    found = [one for one in everything if wanted.casefold() in {one.name.casefold(), _key(one)[0]}]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(f"`{one.resource_id}`" for one in found)
        raise CannotDelete(f"several resources are called `{wanted}`: name one by its id: {ids}")
    names = ", ".join(sorted(f"`{one.name}`" for one in everything)) or "none"
    raise CannotDelete(
        f"no compute resource or user-assigned identity is called `{wanted}`: there are {names}"
    )


async def _described(reader: Reader, found: ComputeResource | ManagedIdentity) -> Deleted:
    identity = found.system_assigned if isinstance(found, ComputeResource) else found
    assignments = [one for _, one in await reader.scan(ASSIGNMENTS)]
    hosts = [one for _, one in await reader.scan(COMPUTE)]
    return Deleted(
        found.name,
        found.resource_id,
        identity,
        tuple(one for one in assignments if identity is not None and _is_of(one, identity)),
        tuple(one.name for one in hosts if _key(found)[0] in {id_.casefold() for id_ in one.user_assigned}),
    )


def _is_of(assignment: RoleAssignment, identity: ManagedIdentity) -> bool:
    return assignment.principal_id.casefold() == identity.principal_id.casefold()


def _key(resource: ComputeResource | ManagedIdentity) -> Key:
    return (resource.resource_id.casefold(),)
