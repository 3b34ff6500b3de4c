"""The estate as a running plane sees it: who runs, what is admitted, and what learning brings into being."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from keyless.lifecycle.outages import take_down
from keyless.model.identities import Application
from keyless.model.outages import Manner
from keyless.model.resource_id import ResourceId
from keyless.model.resources import (
    STORE_TYPE,
    VAULT_TYPE,
    ConfigurationStore,
    DeletedStore,
    DeletedVault,
    Replica,
)
from keyless.runtime.directory import UnknownPrincipal, read_directory
from keyless.runtime.leases import LeaseRefused
from keyless.runtime.messages import Arrived, Mode, Remark
from keyless.runtime.world import EstateWorld, host_kind
from keyless.store.collections import (
    APPLICATIONS,
    COMPUTE,
    DELETED_STORES,
    DELETED_VAULTS,
    GROUPS,
    SIGNING_KEYS,
    STORES,
    TENANT,
    VAULTS,
)
from keyless.store.ports import Store


@pytest.fixture
def empty(store: Store, now: int) -> EstateWorld:
    """A world with no estate."""
    return EstateWorld(store, "My Orders", lambda: now)


@pytest.fixture
def world(estate_store: Store, now: int) -> EstateWorld:
    """A world with two workloads."""
    return EstateWorld(estate_store, "orders", lambda: now)


class TestWithoutAnEstate:
    async def test_a_tenant_is_made_up_once_and_kept(
        self, empty: EstateWorld, store: Store, now: int
    ) -> None:
        tenant = await empty.tenant()
        assert await store.get(TENANT, ("tenant",)) == tenant
        assert await empty.tenant() == tenant
        assert await empty.tenant_id() == tenant.tenant_id
        assert await EstateWorld(store, "My Orders", lambda: now).tenant() == tenant

    async def test_learning_makes_up_one_workload_with_an_identity_of_its_own(
        self, empty: EstateWorld, store: Store
    ) -> None:
        made = await empty.workload(None, Mode.LEARN)
        assert made.system_assigned is not None
        assert made.name == "my-orders"
        assert made.resource_id.endswith(
            "/resourceGroups/my-orders-rg/providers/Microsoft.Web/sites/my-orders"
        )
        assert await empty.principal_ids(made) == {made.system_assigned.principal_id}
        assert await empty.workload(None, Mode.LEARN) == made
        assert await empty.workload(None, Mode.ENFORCE) == made
        assert [record for _, record in await store.scan(COMPUTE)] == [made]

    async def test_enforcing_makes_nothing_up_and_says_what_to_do(
        self, empty: EstateWorld, store: Store
    ) -> None:
        with pytest.raises(LeaseRefused, match=r"declare one in `keyless.yaml`.*keyless run --learn"):
            await empty.workload(None, Mode.ENFORCE)
        assert list(await store.scan(COMPUTE)) == []

    async def test_a_workload_that_is_named_must_be_there(self, empty: EstateWorld) -> None:
        with pytest.raises(LeaseRefused, match="no workload `web`: it has none"):
            await empty.workload("web", Mode.LEARN)

    async def test_signing_keys_are_made_once_and_read_again_when_they_change(
        self, empty: EstateWorld, store: Store, foreign_key: Any
    ) -> None:
        ring = await empty.key_ring()
        assert await empty.key_ring() is ring
        assert len(await store.scan(SIGNING_KEYS)) == 1
        async with store.transaction() as transaction:
            await transaction.put(SIGNING_KEYS, (foreign_key.kid,), foreign_key.stored())
        again = await empty.key_ring()
        assert again.find(foreign_key.kid) is not None
        assert again.find(ring.current.kid) is not None

    async def test_signing_keys_are_read_again_when_time_changes_what_they_do(
        self, store: Store, now: int
    ) -> None:
        time = now
        world = EstateWorld(store, "My Orders", lambda: time)
        first = await world.key_ring()
        time = int(first.changes_at) - 1
        assert await world.key_ring() is first
        time += 1
        published = await world.key_ring()
        assert len(published.jwks()["keys"]) == 2
        assert published.current.kid == first.current.kid
        time = int(published.changes_at)
        rotated = await world.key_ring()
        assert rotated.current.kid != first.current.kid
        assert rotated.find(first.current.kid) is not None
        time = int(rotated.changes_at)
        assert (await world.key_ring()).find(first.current.kid) is None


class TestWorkloads:
    @pytest.mark.parametrize("name", ["worker", "WORKER"])
    async def test_a_workload_is_found_by_name_in_any_casing(self, world: EstateWorld, name: str) -> None:
        assert (await world.workload(name, Mode.ENFORCE)).name == "worker"

    async def test_a_workload_is_found_by_its_resource_id(self, world: EstateWorld) -> None:
        web = await world.workload("web", Mode.ENFORCE)
        assert await world.workload(web.resource_id.upper(), Mode.ENFORCE) == web

    async def test_of_several_one_must_be_chosen(self, world: EstateWorld) -> None:
        for mode in Mode:
            with pytest.raises(LeaseRefused, match="choose one with `--as NAME`"):
                await world.workload(None, mode)

    async def test_an_unknown_name_is_answered_with_the_nearest(self, world: EstateWorld) -> None:
        with pytest.raises(LeaseRefused, match="no workload `wrker`: did you mean `worker`\\?"):
            await world.workload("wrker", Mode.ENFORCE)
        with pytest.raises(LeaseRefused, match="no workload `zzz`: it has `w"):
            await world.workload("zzz", Mode.ENFORCE)

    async def test_a_workload_speaks_for_its_own_and_its_given_identities(self, world: EstateWorld) -> None:
        web = await world.workload("web", Mode.ENFORCE)
        assert await world.principal_ids(web) == {"principal-of-web", "principal-of-shared"}
        worker = await world.workload("worker", Mode.ENFORCE)
        assert await world.principal_ids(worker) == {"principal-of-worker"}

    async def test_the_identity_that_is_meant_by_default_is_its_own_else_the_only_one_given(
        self, world: EstateWorld
    ) -> None:
        web = await world.workload("web", Mode.ENFORCE)
        assert web.system_assigned is not None
        assert await world.default_client_id(web) == web.system_assigned.client_id
        bare = msgspec.structs.replace(web, system_assigned=None)
        assert await world.default_client_id(bare) == "client-of-shared"
        for given in ((), (*bare.user_assigned, *bare.user_assigned), ("/gone",)):
            other = msgspec.structs.replace(bare, user_assigned=given)
            assert await world.default_client_id(other) == ""

    async def test_machines_have_the_metadata_endpoint_and_the_rest_app_services(
        self, world: EstateWorld
    ) -> None:
        assert host_kind(await world.workload("worker", Mode.ENFORCE)) == "vm"
        assert host_kind(await world.workload("web", Mode.ENFORCE)) == "app-service"


class TestAdmission:
    async def test_hosts_that_are_no_vault_and_no_store_are_admitted(
        self, world: EstateWorld, make_lease: Any
    ) -> None:
        assert await world.admit("login.microsoftonline.com", make_lease()) is None

    async def test_what_is_unreachable_is_refused_and_the_workload_is_told_why(
        self, world: EstateWorld, make_lease: Any, estate_store: Store
    ) -> None:
        lease, host = make_lease(mode=Mode.LEARN), "orders.vault.azure.net"
        assert await world.admit(host, lease) is None
        await take_down(estate_store, (host, "the vault `orders`"), Manner.UNREACHABLE, 0)
        refused = await world.admit(host, lease)
        assert refused == (
            "the vault `orders` is unreachable: `keyless outage end` brings back what was taken down"
        )
        assert lease.tell.heard[-1] == Remark(f"no connection to `{host}`: {refused}")
        await take_down(estate_store, (host, "the vault `orders`"), Manner.UNAVAILABLE, 0)
        assert await world.admit(host, lease) is None, "it answers, though only that it is down"

    @pytest.mark.parametrize(
        ("name", "suffix", "kind"),
        [("orders", ".vault.azure.net", "vault"), ("settings", ".azconfig.io", "configuration store")],
    )
    async def test_what_is_not_there_is_refused_where_the_workload_is_not_learning(
        self, world: EstateWorld, make_lease: Any, estate_store: Store, name: str, suffix: str, kind: str
    ) -> None:
        refused = await world.admit(name + suffix, make_lease(mode=Mode.ENFORCE))
        assert refused is not None
        assert f"no {kind} `{name}`: declare it in `keyless.yaml`" in refused
        assert list(await estate_store.scan(VAULTS)) == list(await estate_store.scan(STORES)) == []

    async def test_learning_brings_a_vault_into_being_and_tells_once(
        self, world: EstateWorld, make_lease: Any, estate_store: Store
    ) -> None:
        learning = make_lease(mode=Mode.LEARN)
        for _ in range(2):
            assert await world.admit("orders.vault.azure.net", learning) is None
        ((key, vault),) = await estate_store.scan(VAULTS)
        assert (key, vault.name, vault.learned) == (("orders",), "orders", True)
        assert ResourceId.parse(vault.resource_id).is_type(VAULT_TYPE)
        assert learning.tell.heard == [Arrived("vault", "orders")]
        assert await world.admit("orders.vault.azure.net", make_lease(mode=Mode.ENFORCE)) is None

    async def test_learning_brings_a_store_into_being_and_tells_once(
        self, world: EstateWorld, make_lease: Any, estate_store: Store
    ) -> None:
        learning = make_lease(mode=Mode.LEARN)
        for _ in range(2):
            assert await world.admit("orders.azconfig.io", learning) is None
        ((key, made),) = await estate_store.scan(STORES)
        assert (key, made.learned) == (("orders",), True)
        assert ResourceId.parse(made.resource_id).is_type(STORE_TYPE)
        assert learning.tell.heard == [Arrived("store", "orders")]

    async def test_a_replica_is_admitted_as_its_store_is(
        self, world: EstateWorld, make_lease: Any, estate_store: Store
    ) -> None:
        replicated = ConfigurationStore("/c", "orders", "westeurope", replicas=(Replica("north", "uksouth"),))
        async with estate_store.transaction() as transaction:
            await transaction.put(STORES, ("orders",), replicated)
        enforcing = make_lease(mode=Mode.ENFORCE)
        assert await world.admit("orders-north.azconfig.io", enforcing) is None
        assert await world.admit("orders-south.azconfig.io", enforcing) is not None

    async def test_what_lies_deleted_is_not_made_anew_by_learning(
        self, world: EstateWorld, make_lease: Any, estate_store: Store
    ) -> None:
        learning = make_lease(mode=Mode.LEARN)
        for host in ("orders.vault.azure.net", "orders.azconfig.io"):
            assert await world.admit(host, learning) is None
        (_, vault), (_, made) = *await estate_store.scan(VAULTS), *await estate_store.scan(STORES)
        async with estate_store.transaction() as transaction:
            await transaction.delete(VAULTS, ("orders",))
            await transaction.delete(STORES, ("orders",))
            await transaction.put(DELETED_VAULTS, ("orders",), DeletedVault(vault, 0, 1))
            await transaction.put(DELETED_STORES, ("orders",), DeletedStore(made, 0, 1))
        for host in ("orders.vault.azure.net", "orders.azconfig.io"):
            refused = await world.admit(host, learning)
            assert refused is not None
            assert "`orders` is deleted: recover or purge it" in refused

    async def test_what_is_learned_goes_into_the_estates_only_group(
        self, world: EstateWorld, make_lease: Any, estate_store: Store
    ) -> None:
        await world.admit("orders.vault.azure.net", make_lease(mode=Mode.LEARN))
        ((_, vault),) = await estate_store.scan(VAULTS)
        ((_, group),) = await estate_store.scan(GROUPS)
        assert ResourceId.parse(vault.resource_id).parent == ResourceId.parse(group.resource_id)

    async def test_without_a_group_one_is_made(
        self, empty: EstateWorld, make_lease: Any, store: Store
    ) -> None:
        learning = make_lease(mode=Mode.LEARN)
        await empty.admit("orders.vault.azure.net", learning)
        await empty.admit("orders.azconfig.io", learning)
        ((_, group),) = await store.scan(GROUPS)
        for collection in (VAULTS, STORES):
            ((_, made),) = await store.scan(collection)
            assert ResourceId.parse(made.resource_id).parent.text == group.resource_id

    @pytest.mark.parametrize(
        "name", ["", "ab", "a", "-abc", "abc-", "a--b", "1abc", "a.b", "a_b", "a" * 25, "ünder", "a/b"]
    )
    async def test_a_name_that_no_vault_can_have_is_not_learned(
        self, world: EstateWorld, make_lease: Any, estate_store: Store, name: str
    ) -> None:
        assert await world.admit(f"{name}.vault.azure.net", make_lease(mode=Mode.LEARN)) is not None
        assert list(await estate_store.scan(VAULTS)) == []

    @pytest.mark.parametrize("name", ["", "abcd", "-abcd", "abcd-", "ab--cd", "ab.cd", "ab_cd", "a" * 51])
    async def test_a_name_that_no_store_can_have_is_not_learned(
        self, world: EstateWorld, make_lease: Any, estate_store: Store, name: str
    ) -> None:
        assert await world.admit(f"{name}.azconfig.io", make_lease(mode=Mode.LEARN)) is not None
        assert list(await estate_store.scan(STORES)) == []

    async def test_the_nearest_known_name_is_offered(
        self, world: EstateWorld, make_lease: Any, estate_store: Store
    ) -> None:
        await world.admit("contoso-orders.vault.azure.net", make_lease(mode=Mode.LEARN))
        lease = make_lease()
        for _ in range(2):
            refused = await world.admit("contoso-order.vault.azure.net", lease)
            assert refused == "the estate has no vault `contoso-order`: did you mean `contoso-orders`?"
        assert lease.tell.heard == [Remark(f"no connection to `contoso-order.vault.azure.net`: {refused}")]


class TestDirectory:
    @pytest.mark.parametrize(
        ("wanted", "principal_id"),
        [
            ("web", "principal-of-web"),
            ("WEB", "principal-of-web"),
            ("principal-of-shared", "principal-of-shared"),
            ("client-of-worker", "principal-of-worker"),
            ("app-id", "principal-of-legacy"),
            ("legacy", "principal-of-legacy"),
        ],
    )
    async def test_a_principal_is_found_by_name_or_any_id(
        self, estate_store: Store, wanted: str, principal_id: str
    ) -> None:
        assert (await read_directory(estate_store)).find(wanted).principal_id == principal_id

    async def test_a_principal_is_found_by_its_resource_id(self, estate_store: Store) -> None:
        directory = await read_directory(estate_store)
        shared = directory.find("shared")
        assert directory.find(shared.resource_id.upper()) == shared
        assert (shared.kind, directory.find("web").kind) == ("UserAssigned", "SystemAssigned")

    async def test_an_unknown_principal_is_answered_with_the_nearest(self, estate_store: Store) -> None:
        directory = await read_directory(estate_store)
        with pytest.raises(
            UnknownPrincipal, match="no principal is called `shred`: the nearest are `shared`"
        ):
            directory.find("shred")
        with pytest.raises(UnknownPrincipal, match="there are `legacy`, `shared`, `web`, `worker`"):
            directory.find("zzz")

    async def test_an_empty_estate_has_no_principals(self, store: Store) -> None:
        with pytest.raises(UnknownPrincipal, match="there are none yet"):
            (await read_directory(store)).find("web")

    async def test_several_principals_of_one_name_are_told_apart_by_object_id(
        self, estate_store: Store
    ) -> None:
        async with estate_store.transaction() as transaction:
            await transaction.put(APPLICATIONS, ("c2",), Application("web", "c2", "principal-2"))
        directory = await read_directory(estate_store)
        with pytest.raises(UnknownPrincipal, match=r"by its object id: .*`principal-2` .Application"):
            directory.find("web")
        assert directory.find("principal-2").name == "web"

    async def test_a_principal_that_is_gone_goes_by_its_id(self, estate_store: Store) -> None:
        directory = await read_directory(estate_store)
        assert directory.name_of("principal-of-web") == "web"
        assert directory.name_of("gone") == "gone"
        assert directory.get("gone") is None
        known = directory.get("principal-of-web")
        assert known is not None
        assert known.client_id == "client-of-web"
