"""What only the management API says of a resource, and what lies deleted, when an estate is applied."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from keyless.deploy.apply import apply_estate
from keyless.deploy.contents import PlaneContents
from keyless.deploy.export import stored_estate
from keyless.deploy.prune import prune
from keyless.estate.read import read_text
from keyless.lifecycle.clock import advance
from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.estate import DeclaredSecret, DeclaredSetting, Estate
from keyless.model.resources import DeletedStore, DeletedVault, Replica
from keyless.model.secret_text import SecretText
from keyless.store.collections import (
    ACCESS_KEYS,
    DELETED_STORES,
    DELETED_VAULTS,
    GROUPS,
    STORES,
    VAULTS,
)
from keyless.store.ports import Collection, Store

TEXT = """
version: 1
tenant: t
subscription: s
resourceGroups:
  g:
    vaults: {contoso-orders: {}}
    configurationStores:
      contoso-orders:
        disableLocalAuth: true
        accessKeys: {orders-key: "MDEyMzQ1Njc4OWFiY2RlZg=="}
"""
NAME = ("contoso-orders",)


@pytest.fixture
def estate() -> Estate:
    return read_text(TEXT, {})


@pytest.fixture
def contents(store: Store, now: int) -> PlaneContents:
    return PlaneContents(store, lambda: float(now))


async def change(store: Store, collection: Collection[object], **changed: object) -> None:
    """Change the first record of a collection, as the management API does."""
    key, record = (await store.scan(collection))[0]
    async with store.transaction() as transaction:
        await transaction.put(collection, key, structs.replace(record, **changed))


async def delete_both(store: Store, purge_at: int) -> None:
    """Delete the vault and the store, so that they can come back until then."""
    vault, found = await store.get(VAULTS, NAME), await store.get(STORES, NAME)
    assert vault is not None
    assert found is not None
    async with store.transaction() as transaction:
        await transaction.delete(VAULTS, NAME)
        await transaction.delete(STORES, NAME)
        await transaction.put(DELETED_VAULTS, NAME, DeletedVault(vault, 1, purge_at))
        await transaction.put(DELETED_STORES, NAME, DeletedStore(found, 1, purge_at))


async def test_what_a_file_cannot_say_stays_and_what_it_says_counts(
    store: Store, contents: PlaneContents, estate: Estate
) -> None:
    await apply_estate(estate, store, contents)
    await change(store, GROUPS, tags={"team": "orders"})
    await change(store, VAULTS, tags={"team": "orders"}, body={"networkAcls": {}}, purge_protection=True)
    await change(
        store, STORES, sku="premium", body={"publicNetworkAccess": "Disabled"}, disable_local_auth=False
    )
    await change(store, ACCESS_KEYS, modified_at=5)
    await apply_estate(estate, store, contents)
    group, vault = (await store.scan(GROUPS))[0][1], await store.get(VAULTS, NAME)
    found, key = await store.get(STORES, NAME), (await store.scan(ACCESS_KEYS))[0][1]
    assert vault is not None
    assert found is not None
    assert group.tags == vault.tags == {"team": "orders"}
    assert (vault.body, vault.purge_protection) == ({"networkAcls": {}}, True)
    assert (found.sku, found.body) == ("premium", {"publicNetworkAccess": "Disabled"})
    assert (found.disable_local_auth, key.modified_at) == (True, 5)


def policy(object_id: str, *secrets: str) -> AccessPolicy:
    return AccessPolicy("t", object_id, PolicyPermissions(secrets=secrets))


async def test_an_access_policy_made_beside_the_file_stays_until_it_is_pruned(
    store: Store, contents: PlaneContents, estate: Estate
) -> None:
    declared = replace(
        estate, vaults=(structs.replace(estate.vaults[0], access_policies=(policy("A", "get"),)),)
    )
    await apply_estate(declared, store, contents)
    await change(store, VAULTS, access_policies=(policy("a", "get", "set"), policy("b", "list")))
    await apply_estate(declared, store, contents)
    vault = await store.get(VAULTS, NAME)
    assert vault is not None
    assert vault.access_policies == (policy("A", "get"), policy("b", "list"))
    pruned = await prune(declared, store, contents)
    assert [one.thing for one in pruned] == ["access policy of `b` of vault `contoso-orders`"]
    vault = await store.get(VAULTS, NAME)
    assert vault is not None
    assert vault.access_policies == (policy("A", "get"),)


async def test_a_replica_made_beside_the_file_stays_until_it_is_pruned(
    store: Store, contents: PlaneContents, estate: Estate
) -> None:
    declared = replace(
        estate, stores=(structs.replace(estate.stores[0], replicas=(Replica("north", "northeurope"),)),)
    )
    await apply_estate(declared, store, contents)
    made = Replica("North", "northeurope", {"createdBy": "someone"})
    await change(store, STORES, replicas=(Replica("uk", "uksouth"), made))
    await apply_estate(declared, store, contents)
    found = await store.get(STORES, NAME)
    assert found is not None
    assert found.replicas == (made, Replica("uk", "uksouth"))
    pruned = await prune(declared, store, contents)
    assert [one.thing for one in pruned] == ["replica `uk` of store `contoso-orders`"]
    found = await store.get(STORES, NAME)
    assert found is not None
    assert found.replicas == (made,)


async def test_an_access_key_that_was_made_anew_is_again_what_the_file_says(
    store: Store, contents: PlaneContents, estate: Estate
) -> None:
    await apply_estate(estate, store, contents)
    before = (await store.scan(ACCESS_KEYS))[0][1]
    await change(store, ACCESS_KEYS, secret=b"another", modified_at=5)
    await apply_estate(estate, store, contents)
    assert (await store.scan(ACCESS_KEYS))[0][1] == before


async def test_by_the_estates_time_it_is_decided_whether_what_lies_deleted_comes_back(
    store: Store, contents: PlaneContents, estate: Estate, now: int
) -> None:
    await apply_estate(estate, store, contents)
    await contents.ensure_secret(DeclaredSecret("contoso-orders", "db", SecretText("hunter2")))
    await delete_both(store, now + 60)
    await advance(store, 60)
    await apply_estate(estate, store, contents)
    assert await contents.secret_names() == {"contoso-orders": []}


async def test_what_lies_deleted_comes_back_with_what_it_held_when_it_is_declared(
    store: Store, contents: PlaneContents, estate: Estate, now: int
) -> None:
    await apply_estate(estate, store, contents)
    await change(store, STORES, sku="premium")
    await contents.ensure_secret(DeclaredSecret("contoso-orders", "db", SecretText("hunter2")))
    await contents.ensure_setting(DeclaredSetting("contoso-orders", "color", "green"))
    await delete_both(store, now + 1)
    assert (await stored_estate(store, contents)).access_keys == ()
    await apply_estate(estate, store, contents)
    assert await contents.secret_names() == {"contoso-orders": ["db"]}
    assert [one.value for one in await contents.settings()] == ["green"]
    found = await store.get(STORES, NAME)
    assert found is not None
    assert found.sku == "premium"
    assert not await store.scan(DELETED_VAULTS)
    assert not await store.scan(DELETED_STORES)


async def test_what_is_declared_when_its_time_to_come_back_is_over_has_nothing_in_it(
    store: Store, contents: PlaneContents, estate: Estate, now: int
) -> None:
    await apply_estate(estate, store, contents)
    await change(store, STORES, sku="premium")
    await contents.ensure_secret(DeclaredSecret("contoso-orders", "db", SecretText("hunter2")))
    await contents.ensure_setting(DeclaredSetting("contoso-orders", "color", "green"))
    await delete_both(store, now)
    await apply_estate(replace(estate, access_keys=()), store, contents)
    assert not await store.scan(ACCESS_KEYS)
    assert await contents.secret_names() == {"contoso-orders": []}
    assert await contents.settings() == []
    found = await store.get(STORES, NAME)
    assert found is not None
    assert found.sku == "standard"


async def test_applying_again_writes_nothing_where_the_management_api_has_written(
    store: Store, contents: PlaneContents, estate: Estate
) -> None:
    await apply_estate(estate, store, contents)
    await change(store, STORES, tags={"team": "orders"})
    before = store.refresh()
    await apply_estate(estate, store, contents)
    assert store.refresh() == before
