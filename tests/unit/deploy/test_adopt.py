"""Existing state in the store: written once, whole or not at all, beside what a file declares."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from imported_sources import (
    ASSIGNMENT,
    OTHER_SUBSCRIPTION,
    SECRETS_USER,
    STRANGER,
    TENANT,
    VAULT,
    WEB_CLIENT,
    WEB_PRINCIPAL,
    assignment,
    identity,
    read,
    service_principal,
    vault,
    web,
)
from keyless.deploy.adopt import Change, adopt
from keyless.deploy.apply import apply_estate
from keyless.deploy.contents import PlaneContents
from keyless.deploy.prune import prune
from keyless.estate.imported import Existing
from keyless.estate.read import read_text
from keyless.lifecycle.principals import find_principal
from keyless.model.estate import Estate
from keyless.model.resources import DeletedVault, Vault
from keyless.store.collections import (
    APPLICATIONS,
    ASSIGNMENTS,
    COMPUTE,
    DELETED_VAULTS,
    GROUPS,
    MISSING_PRINCIPALS,
    VAULTS,
)
from keyless.store.collections import (
    TENANT as TENANTS,
)
from keyless.store.ports import Store

FILE = """
version: 1
tenant: t
subscription: s
resourceGroups: {g: {vaults: {own-vault: {}}}}
"""


@pytest.fixture
def contents(store: Store, now: int) -> PlaneContents:
    """The planes' ways of writing contents."""
    return PlaneContents(store, lambda: now)


async def take(
    store: Store, contents: PlaneContents, *documents: Any, keep: bool = True
) -> dict[str, Change]:
    """Import documents; what was done, by kind and name."""
    existing = read(*documents)
    return {
        f"{one.kind}: {one.name}": one.change
        for one in await adopt(existing, store, contents, contents.now(), keep=keep)
    }


def declared() -> Estate:
    """An estate file's."""
    return read_text(FILE, {})


async def test_importing_twice_changes_nothing(store: Store, contents: PlaneContents) -> None:
    documents = ([assignment()], [identity()], [web()], vault())
    first = await take(store, contents, *documents)
    assert set(first.values()) == {Change.NEW}
    revision = store.revision(ASSIGNMENTS)
    assert set((await take(store, contents, *documents)).values()) == {Change.UNCHANGED}
    assert store.revision(ASSIGNMENTS) == revision


async def test_a_dry_run_says_the_same_and_writes_nothing(store: Store, contents: PlaneContents) -> None:
    dry = await take(store, contents, [assignment()], keep=False)
    assert await store.scan(ASSIGNMENTS) == []
    assert await take(store, contents, [assignment()]) == dry


async def test_the_groups_that_resources_lie_in_come_into_being(
    store: Store, contents: PlaneContents
) -> None:
    await take(store, contents, [web()])
    assert [one.location for _, one in await store.scan(GROUPS)] == ["westeurope"]


async def test_a_new_store_is_of_the_tenant_that_was_found(store: Store, contents: PlaneContents) -> None:
    await take(store, contents, [identity()])
    tenant = await store.get(TENANTS, ("tenant",))
    assert tenant is not None
    assert tenant.tenant_id == TENANT


async def test_an_import_stays_when_a_file_is_applied_and_goes_when_it_is_pruned(
    store: Store, contents: PlaneContents
) -> None:
    await take(store, contents, [assignment()], [web()], vault())
    await apply_estate(declared(), store, contents)
    assert await store.get(VAULTS, ("contoso-orders",)) is not None
    await prune(declared(), store, contents)
    assert [one.name for _, one in await store.scan(VAULTS)] == ["own-vault"]
    assert await store.scan(ASSIGNMENTS) == []


async def test_what_no_source_tells_stays(store: Store, contents: PlaneContents) -> None:
    await take(store, contents, vault(), [web()])
    there = await store.get(VAULTS, ("contoso-orders",))
    assert there is not None
    async with store.transaction() as transaction:
        await transaction.put(VAULTS, ("contoso-orders",), structs.replace(there, created_on=7))
    mere = {name: value for name, value in vault(tags={"a": "b"}).items() if name != "properties"}
    done = await take(store, contents, [mere])
    assert done["vaults: contoso-orders"] is Change.CHANGED
    kept = await store.get(VAULTS, ("contoso-orders",))
    assert kept == structs.replace(there, created_on=7, tags={"a": "b"})


async def test_an_assignment_that_is_there_under_another_name_is_left_alone(
    store: Store, contents: PlaneContents
) -> None:
    await take(store, contents, [assignment()])
    named = assignment(
        name=STRANGER, id=f"{VAULT}/providers/Microsoft.Authorization/roleAssignments/{STRANGER}"
    )
    done = await take(store, contents, [named])
    assert [key for key, _ in await store.scan(ASSIGNMENTS)] == [(ASSIGNMENT,)]
    assert Change.NEW not in done.values()


async def test_who_was_known_by_id_alone_gives_way_to_who_it_is(
    store: Store, contents: PlaneContents
) -> None:
    given = [assignment(principalId=STRANGER)]
    await take(store, contents, given)
    assert (await store.scan(APPLICATIONS))[0][1].name == f"service principal {STRANGER}"
    done = await take(store, contents, given, [service_principal()])
    assert [one.name for _, one in await store.scan(APPLICATIONS)] == ["orders-legacy"]
    assert Change.REMOVED in done.values()


async def test_who_turns_out_to_be_a_managed_identity_is_no_application_any_more(
    store: Store, contents: PlaneContents
) -> None:
    await take(store, contents, [assignment()])
    await take(store, contents, [web()])
    assert await store.scan(APPLICATIONS) == []


async def test_who_turns_out_to_be_nobody_is_gone_and_his_assignment_is_orphaned(
    store: Store, contents: PlaneContents
) -> None:
    for kind, listed in (
        ("ServicePrincipal", service_principal(id=WEB_PRINCIPAL)),
        ("User", {"id": WEB_PRINCIPAL, "userPrincipalName": "a@b.c"}),
        ("Group", {"id": WEB_PRINCIPAL, "displayName": "g", "securityEnabled": True}),
    ):
        given = [assignment(principalId=STRANGER, principalType=kind)]
        await take(store, contents, given)
        assert await find_principal(store, STRANGER) is not None
        await take(store, contents, given, [listed])
        assert await find_principal(store, STRANGER) is None
        assert [key for key, _ in await store.scan(MISSING_PRINCIPALS)] == [(STRANGER,)]
        await take(store, contents, given, [service_principal()])
        assert await store.scan(MISSING_PRINCIPALS) == []
        async with store.transaction() as transaction:
            await transaction.delete(APPLICATIONS, ("aaaaaaaa-0000-0000-0000-00000000000a",))
    assert len(await store.scan(ASSIGNMENTS)) == 1


async def test_a_client_id_that_is_known_stays_where_only_the_other_id_is_told(
    store: Store, contents: PlaneContents
) -> None:
    principal = service_principal(
        id=WEB_PRINCIPAL, appId=WEB_CLIENT, servicePrincipalType="ManagedIdentity", alternativeNames=[]
    )
    await take(store, contents, [web()], [principal])
    await take(store, contents, [web()])
    (compute,) = [one for _, one in await store.scan(COMPUTE)]
    assert compute.system_assigned is not None
    assert compute.system_assigned.client_id == WEB_CLIENT


async def test_a_vault_that_lies_deleted_here_comes_back(
    store: Store, contents: PlaneContents, now: int
) -> None:
    gone = Vault(VAULT, "contoso-orders", "westeurope", created_on=5)
    async with store.transaction() as transaction:
        await transaction.put(DELETED_VAULTS, ("contoso-orders",), DeletedVault(gone, now, now + 10))
    await take(store, contents, vault())
    back = await store.get(VAULTS, ("contoso-orders",))
    assert back is not None
    assert back.created_on == 5
    assert await store.scan(DELETED_VAULTS) == []


async def test_what_lies_in_another_subscription_keeps_its_id(store: Store, contents: PlaneContents) -> None:
    elsewhere = VAULT.replace("11111111-1111-1111-1111-111111111111", OTHER_SUBSCRIPTION)
    await take(store, contents, [identity()], [web()], [assignment(scope=elsewhere)])
    (given,) = [one for _, one in await store.scan(ASSIGNMENTS)]
    assert given.scope == elsewhere
    assert given.role_definition_id == SECRETS_USER


async def test_nothing_is_written_where_something_fails(store: Store, contents: PlaneContents) -> None:
    broken = Existing(records=(*read([web()]).records, structs_less()))
    with pytest.raises(KeyError):
        await adopt(broken, store, contents, 0, keep=True)
    assert await store.scan(COMPUTE) == []


def structs_less() -> Any:
    """A record of a kind that no collection takes."""
    from keyless.estate.imported import Known

    return Known(object(), ())
