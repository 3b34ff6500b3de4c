"""A world in which resources have the identities that a plan chose, and what their code is told of it."""

from __future__ import annotations

import pytest
from runtime_estate import GROUP, SHARED, WEB

from keyless.lifecycle.identities import deleted_identities
from keyless.model.identities import ComputeResource, IdentityKind
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan
from keyless.plan.results.identities import IdentityChange, IdentityChoice, IdentityPlan
from keyless.runtime.chosen_identities import CLIENT_ID, client_id_variable, give_chosen_identities
from keyless.store.collections import COMPUTE, IDENTITIES
from keyless.store.ports import Store

NEW_ID = f"{GROUP.text}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-orders"
NEW = Subject("principal-new", "id-orders", SubjectKind.USER_ASSIGNED, NEW_ID, is_proposed=True)
BARE = ComputeResource(
    f"{GROUP.text}/providers/Microsoft.Web/sites/bare", "bare", "westeurope", None, (SHARED.resource_id,)
)
OWN = Subject("own-new", "bare", SubjectKind.SYSTEM_ASSIGNED, BARE.resource_id, is_proposed=True)
OLD = Subject(SHARED.principal_id, SHARED.name, SubjectKind.USER_ASSIGNED, SHARED.resource_id)


def plan(compute, identity, change=IdentityChange.REPLACE, replaces=(), *, names=True) -> Plan:
    choice = IdentityChoice(
        resource=compute.resource_id,
        name=compute.name,
        change=change,
        chosen=IdentityKind(identity.kind.value),
        identity=identity,
        members=(compute.resource_id,),
        replaces=replaces,
        location="northeurope",
        names_client_id=names,
    )
    return Plan(identities=IdentityPlan(choices=(choice,)))


async def given_to(store: Store, made: Plan, compute):
    async with store.transaction() as transaction:
        await give_chosen_identities(transaction, made, 1_000)
    return await store.get(COMPUTE, (compute.resource_id.casefold(),))


async def test_a_proposed_identity_is_made_with_the_principal_that_roles_go_to(estate_store: Store) -> None:
    before = Subject(WEB.system_assigned.principal_id, WEB.name, SubjectKind.SYSTEM_ASSIGNED, WEB.resource_id)
    made = plan(WEB, NEW, IdentityChange.SHARE, (before,))
    web = await given_to(estate_store, made, WEB)
    assert web.system_assigned is None
    assert NEW_ID in web.user_assigned
    identity = await estate_store.get(IDENTITIES, (NEW_ID.casefold(),))
    assert (identity.principal_id, identity.location) == ("principal-new", "northeurope")
    assert before.principal_id in {
        one.identity.principal_id for one in await deleted_identities(estate_store)
    }
    variable = await client_id_variable(estate_store, made, WEB.name, {})
    assert variable == {CLIENT_ID: identity.client_id}


async def test_a_system_assigned_identity_comes_in_place_of_a_shared_one_that_others_keep(
    estate_store: Store,
) -> None:
    async with estate_store.transaction() as transaction:
        await transaction.put(COMPUTE, (BARE.resource_id.casefold(),), BARE)
    made = plan(BARE, OWN, replaces=(OLD,))
    bare = await given_to(estate_store, made, BARE)
    assert (bare.user_assigned, bare.system_assigned.principal_id) == ((), "own-new")
    assert await estate_store.get(IDENTITIES, (SHARED.resource_id.casefold(),)) == SHARED
    assert (await estate_store.get(COMPUTE, (WEB.resource_id.casefold(),))).user_assigned == WEB.user_assigned
    inherited = {CLIENT_ID: SHARED.client_id}
    assert await client_id_variable(estate_store, made, BARE.name, inherited) == {CLIENT_ID: None}
    assert await client_id_variable(estate_store, made, BARE.name, {}) == {}


async def test_what_is_kept_and_what_is_not_there_change_nothing(estate_store: Store) -> None:
    kept = plan(WEB, OLD, IdentityChange.KEEP)
    assert await given_to(estate_store, kept, WEB) == WEB
    assert await client_id_variable(estate_store, kept, WEB.name, {CLIENT_ID: "x"}) == {}
    gone = plan(ComputeResource(f"{WEB.resource_id}-gone", "gone", "x"), NEW)
    assert await given_to(estate_store, gone, WEB) == WEB


@pytest.mark.parametrize(("named", "told"), [({}, False), ({CLIENT_ID: "another"}, True)])
async def test_code_is_told_of_a_lone_identity_only_where_another_was_named(
    estate_store: Store, named: dict[str, str], told: bool
) -> None:
    made = plan(WEB, NEW, names=False)
    await given_to(estate_store, made, WEB)
    assert bool(await client_id_variable(estate_store, made, WEB.name, named)) is told


async def test_of_several_workloads_none_is_meant_where_none_is_named(estate_store: Store) -> None:
    assert await client_id_variable(estate_store, plan(WEB, NEW), None, {}) == {}
