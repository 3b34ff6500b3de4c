"""A world in which each compute resource has the identity that a plan chose for it.

Rules:
- an identity that is only proposed is made, with the principal id that the plan's roles go to;
- what a choice replaces the resource has no more; a system-assigned identity goes by that, a user-assigned
  one stays for others;
- code is told a user-assigned identity by `AZURE_CLIENT_ID`, where the plan says that it must be.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from keyless.lifecycle.identities import created_again, live_identities, settle_identities
from keyless.model.derived_ids import system_assigned_identity, user_assigned_identity
from keyless.model.identities import ComputeResource, IdentityKind, ManagedIdentity
from keyless.model.resource_id import ResourceId, group_scope
from keyless.plan.result import Plan
from keyless.plan.results.identities import IdentityChange, IdentityChoice
from keyless.store.collections import COMPUTE, IDENTITIES
from keyless.store.ports import Reader, Store, Transaction

CLIENT_ID = "AZURE_CLIENT_ID"


async def give_chosen_identities(transaction: Transaction, plan: Plan, now: int) -> None:
    """Give every compute resource the identity that a plan chose for it; ``now`` is in epoch seconds."""
    before = await live_identities(transaction)
    for choice in plan.identities.choices:
        key = (choice.resource.casefold(),)
        compute = await transaction.get(COMPUTE, key)
        if compute is not None and choice.change is not IdentityChange.KEEP:
            await transaction.put(COMPUTE, key, await _with_choice(transaction, compute, choice))
    await settle_identities(transaction, before, now)


async def client_id_variable(
    store: Store, plan: Plan, workload: str | None, inherited: Mapping[str, str]
) -> dict[str, str | None]:
    """What has to change in the environment of a workload for it to get the identity chosen for it.

    ``workload`` is none for the only one; ``inherited`` is the environment as it is. None as a value takes
    the variable out.
    """
    compute = await _compute(store, workload)
    choice = plan.identities.of_resource(compute.resource_id) if compute else None
    if choice is None or choice.change is IdentityChange.KEEP:
        return {}
    names_one = bool(inherited.get(CLIENT_ID))
    if choice.chosen is IdentityKind.SYSTEM_ASSIGNED:
        return {CLIENT_ID: None} if names_one else {}
    identity = await store.get(IDENTITIES, (choice.identity.resource_id.casefold(),))
    if identity is None or not (choice.names_client_id or names_one):
        return {}
    return {CLIENT_ID: identity.client_id}


async def _with_choice(
    transaction: Transaction, compute: ComputeResource, choice: IdentityChoice
) -> ComputeResource:
    replaced = {one.principal_id.casefold() for one in choice.replaces}
    own = compute.system_assigned
    if own is not None and own.principal_id.casefold() in replaced:
        own = None
    given = {one.resource_id.casefold() for one in choice.replaces if one.resource_id}
    kept = tuple(one for one in compute.user_assigned if one.casefold() not in given)
    if choice.chosen is IdentityKind.SYSTEM_ASSIGNED:
        own = own or await _made_own(transaction, compute, choice)
    else:
        kept = tuple(dict.fromkeys((*kept, await _made_given(transaction, choice))))
    return structs.replace(compute, system_assigned=own, user_assigned=kept)


async def _made_own(reader: Reader, compute: ComputeResource, choice: IdentityChoice) -> ManagedIdentity:
    made = system_assigned_identity(ResourceId.parse(compute.resource_id), compute.name)
    found = await created_again(reader, made)
    return structs.replace(found, principal_id=choice.identity.principal_id)


async def _made_given(transaction: Transaction, choice: IdentityChoice) -> str:
    """The id of the user-assigned identity, which is made if it is not there."""
    identity = choice.identity
    key = (identity.resource_id.casefold(),)
    there = await transaction.get(IDENTITIES, key)
    if there is not None:
        return there.resource_id
    place = ResourceId.parse(identity.resource_id)
    group = group_scope(place.subscription_id or "", place.resource_group or "")
    made = await created_again(transaction, user_assigned_identity(group, place.name))
    found = structs.replace(made, principal_id=identity.principal_id, location=choice.location)
    await transaction.put(IDENTITIES, key, found)
    return found.resource_id


async def _compute(store: Store, workload: str | None) -> ComputeResource | None:
    """The compute resource that a workload runs as; none where that is for the plane to refuse."""
    known = [one for _, one in await store.scan(COMPUTE)]
    if workload is None:
        return known[0] if len(known) == 1 else None
    wanted = workload.casefold()
    return next((one for one in known if wanted in {one.name.casefold(), one.resource_id.casefold()}), None)
