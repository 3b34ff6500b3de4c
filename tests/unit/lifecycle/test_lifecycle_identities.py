"""Identities that come and go with their resources, and what is left of them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from keyless.deploy.apply import apply_estate
from keyless.deploy.contents import PlaneContents
from keyless.deploy.prune import prune
from keyless.estate.read import read_text
from keyless.lifecycle.delete import CannotDelete, delete_resource
from keyless.lifecycle.identities import created_again, deleted_identities, live_identities
from keyless.lifecycle.revoke import revoke
from keyless.model.estate import Estate
from keyless.model.identities import FederatedCredential, ManagedIdentity
from keyless.runtime.directory import read_directory
from keyless.store.collections import ASSIGNMENTS, COMPUTE, FEDERATED_CREDENTIALS, IDENTITIES, VAULTS
from keyless.store.ports import Store
from keyless.wire.revocations import revocation_of

WITHOUT_WEB = """
version: 1
tenant: t
subscription: s
resourceGroups:
  g:
    compute:
      worker: {type: Microsoft.Web/sites, identity: {userAssigned: [shared]}}
    identities:
      shared:
    vaults:
      contoso:
roleAssignments:
  - {principal: shared, role: Key Vault Secrets User, scope: {vault: contoso}}
"""
TEXT = (
    WITHOUT_WEB.replace(
        "    compute:\n",
        "    compute:\n      web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}\n",
    )
    + "  - {principal: web, role: Key Vault Secrets User, scope: {vault: contoso}}\n"
)
FIXED_CLIENT = "c0000000-0000-4000-8000-000000000001"
FIXED_PRINCIPAL = "b0000000-0000-4000-8000-000000000001"
FIXED = TEXT.replace(
    "{systemAssigned: true}",
    f"{{systemAssigned: {{clientId: {FIXED_CLIENT}, principalId: {FIXED_PRINCIPAL}}}}}",
)


def estate(text: str = TEXT) -> Estate:
    return read_text(dedent(text), {})


class Site:
    """A store to which estates are applied, by a clock."""

    def __init__(self, store: Store, now: int) -> None:
        self.store, self.time = store, now
        self.contents = PlaneContents(store, lambda: self.time)

    async def apply(self, text: str = TEXT) -> None:
        await apply_estate(estate(text), self.store, self.contents)

    async def identity(self, name: str) -> ManagedIdentity:
        return next(one for one in (await live_identities(self.store)).values() if one.name == name)

    async def roles_of(self, principal_id: str) -> int:
        return sum(one.principal_id == principal_id for _, one in await self.store.scan(ASSIGNMENTS))

    async def is_refused(self, principal_id: str) -> bool:
        found = await revocation_of(self.store, principal_id)
        return found is not None and found.disabled


@pytest.fixture
async def site(store: Store, now: int) -> Site:
    made = Site(store, now)
    await made.apply()
    return made


async def test_a_system_assigned_identity_goes_with_its_resource_and_its_roles_stay_orphaned(
    site: Site,
) -> None:
    web = await site.identity("web")
    deleted = await delete_resource(site.store, "WEB", site.time)
    assert deleted.identity == web
    assert [one.principal_id for one in deleted.orphaned] == [web.principal_id]
    assert web.principal_id not in await live_identities(site.store)
    assert await site.roles_of(web.principal_id) == 1
    assert await site.is_refused(web.principal_id)
    assert [one.identity for one in await deleted_identities(site.store)] == [web]


async def test_a_user_assigned_identity_outlives_its_host(site: Site) -> None:
    shared = await site.identity("shared")
    deleted = await delete_resource(site.store, "worker", site.time)
    assert (deleted.identity, deleted.orphaned) == (None, ())
    assert await site.identity("shared") == shared
    assert not await site.is_refused(shared.principal_id)


async def test_a_user_assigned_identity_takes_its_federated_credentials_and_leaves_a_dangling_reference(
    site: Site,
) -> None:
    shared = await site.identity("shared")
    others = FederatedCredential("someone", "x", "https://i", "s", "a")
    async with site.store.transaction() as transaction:
        for one in (FederatedCredential(shared.resource_id, "gh", "https://i", "s", "a"), others):
            await transaction.put(FEDERATED_CREDENTIALS, (one.owner.casefold(), one.name.casefold()), one)
    deleted = await delete_resource(site.store, shared.resource_id.upper(), site.time)
    assert deleted.hosts == ("worker",)
    assert [one for _, one in await site.store.scan(FEDERATED_CREDENTIALS)] == [others]
    (worker,) = [one for _, one in await site.store.scan(COMPUTE) if one.name == "worker"]
    assert worker.user_assigned == (shared.resource_id,)
    assert await site.is_refused(shared.principal_id)


@pytest.mark.parametrize("name", ["web", "shared"])
async def test_what_is_made_again_has_new_ids_and_inherits_nothing(site: Site, name: str) -> None:
    old = await site.identity(name)
    seen = {old.principal_id}
    for turn in range(1, 4):
        await delete_resource(site.store, name, site.time)
        site.time += 60
        await site.apply()
        new = await site.identity(name)
        seen |= {new.principal_id}
        assert len(seen) == turn + 1
        assert new.client_id != old.client_id
        assert await site.roles_of(new.principal_id) == 1  # the one that the file declares
        assert await site.roles_of(old.principal_id) == 1  # orphaned
        assert not await site.is_refused(new.principal_id)
        assert await site.is_refused(old.principal_id)


async def test_an_application_that_trusts_an_identity_by_name_trusts_the_one_that_is_made_again(
    site: Site,
) -> None:
    trusting = TEXT + "applications: {app: {federatedCredentials: {shared: {identity: shared}}}}\n"
    await site.apply(trusting)
    old = await site.identity("shared")
    await delete_resource(site.store, "shared", site.time)
    await site.apply(trusting)
    (credential,) = [one for _, one in await site.store.scan(FEDERATED_CREDENTIALS)]
    assert credential.subject == (await site.identity("shared")).principal_id != old.principal_id


async def test_applying_twice_after_that_changes_nothing(site: Site) -> None:
    await delete_resource(site.store, "web", site.time)
    await site.apply()
    web = await site.identity("web")
    version = site.store.refresh()
    await site.apply()
    assert await site.identity("web") == web
    assert site.store.refresh() == version


async def test_ids_that_a_file_gives_come_back_and_so_do_the_roles_but_no_old_token(
    store: Store, now: int
) -> None:
    site = Site(store, now)
    await site.apply(FIXED)
    await delete_resource(store, "web", now)
    assert await site.is_refused(FIXED_PRINCIPAL)
    await site.apply(FIXED)
    web = await site.identity("web")
    assert (web.client_id, web.principal_id) == (FIXED_CLIENT, FIXED_PRINCIPAL)
    assert not await site.is_refused(FIXED_PRINCIPAL)
    revocation = await revocation_of(store, FIXED_PRINCIPAL)
    assert revocation is not None
    assert revocation.revoked_at == now
    assert await deleted_identities(store) == []


async def test_applying_does_not_let_in_again_whom_a_person_has_disabled(site: Site) -> None:
    web = await site.identity("web")
    await revoke(site.store, web.principal_id, site.time, disable=True)
    await site.apply()
    assert await site.is_refused(web.principal_id)


async def test_a_resource_that_is_told_to_have_no_identity_loses_it_for_good(site: Site) -> None:
    web = await site.identity("web")
    await site.apply(
        WITHOUT_WEB.replace("    compute:\n", "    compute:\n      web: {type: Microsoft.Web/sites}\n")
    )
    assert await site.is_refused(web.principal_id)
    await site.apply()
    assert (await site.identity("web")).principal_id != web.principal_id


async def test_what_pruning_removes_is_deleted_in_the_same_way(site: Site) -> None:
    web = await site.identity("web")
    await prune(estate(WITHOUT_WEB), site.store, site.contents)
    assert await site.is_refused(web.principal_id)
    await site.apply()
    assert (await site.identity("web")).principal_id != web.principal_id
    assert await prune(estate(), site.store, site.contents) == []


async def test_a_resource_that_takes_over_the_ids_of_another_is_not_refused(store: Store, now: int) -> None:
    site = Site(store, now)
    await site.apply(FIXED)
    renamed = FIXED.replace("web", "shop")
    await site.apply(renamed)
    await prune(estate(renamed), store, site.contents)
    assert (await site.identity("shop")).principal_id == FIXED_PRINCIPAL
    assert not await site.is_refused(FIXED_PRINCIPAL)


async def test_ids_that_a_file_gives_to_another_resource_later_are_not_refused_either(
    store: Store, now: int
) -> None:
    site = Site(store, now)
    await site.apply(FIXED)
    await delete_resource(store, "web", now)
    await site.apply(FIXED.replace("web", "shop"))
    assert not await site.is_refused(FIXED_PRINCIPAL)
    assert await deleted_identities(store) == []


async def test_the_tokens_of_an_application_that_pruning_removes_are_refused(store: Store, now: int) -> None:
    site = Site(store, now)
    text = TEXT + "applications: {legacy: {clientSecret: hunter2}}\n"
    await site.apply(text)
    (application,) = estate(text).applications
    await prune(estate(), store, site.contents)
    found = await revocation_of(store, application.principal_id)
    assert found is not None
    assert (found.revoked_at, found.disabled) == (now, False)


async def test_a_name_that_is_unknown_or_anothers_too_deletes_nothing(site: Site) -> None:
    with pytest.raises(CannotDelete, match=r"is called `contoso`: there are `shared`, `web`, `worker`"):
        await delete_resource(site.store, "contoso", site.time)
    (worker,) = [one for _, one in await site.store.scan(COMPUTE) if one.name == "worker"]
    async with site.store.transaction() as transaction:
        again = ManagedIdentity(  # an identity of the same name as a resource
            kind=(await site.identity("shared")).kind,
            name="worker",
            resource_id="/x",
            client_id="c",
            principal_id="p",
        )
        await transaction.put(IDENTITIES, ("/x",), again)
    with pytest.raises(CannotDelete, match=f"several resources are called `worker`.*`{worker.resource_id}`"):
        await delete_resource(site.store, "worker", site.time)
    assert len(await site.store.scan(COMPUTE)) == 2


async def test_an_identity_that_learning_makes_up_again_is_new_as_well(site: Site) -> None:
    web = await site.identity("web")
    assert await created_again(site.store, web) == web
    await delete_resource(site.store, "web", site.time)
    assert (await created_again(site.store, web)).principal_id != web.principal_id


async def test_the_directory_knows_who_was_deleted_by_id_and_by_a_name_that_nobody_else_has(
    site: Site,
) -> None:
    web = await site.identity("web")
    await delete_resource(site.store, "web", site.time)
    directory = await read_directory(site.store)
    assert directory.name_of(web.principal_id) == "web (deleted)"
    assert directory.find("web") == directory.find(web.principal_id)
    assert directory.is_deleted(web.principal_id)
    await site.apply()
    directory = await read_directory(site.store)
    new = directory.find("web")
    assert new.principal_id == (await site.identity("web")).principal_id
    assert not directory.is_deleted(new.principal_id)
    assert directory.name_of(web.principal_id) == "web (deleted)"


async def test_the_access_policy_of_an_identity_that_is_made_again_is_the_new_ones_and_the_old_is_orphaned(
    site: Site,
) -> None:
    entry = "{principal: web, permissions: {secrets: [get]}}"
    text = TEXT.replace(
        "      contoso:\n", f"      contoso: {{enableRbacAuthorization: false, accessPolicies: [{entry}]}}\n"
    )
    await site.apply(text)
    first = await site.identity("web")
    await delete_resource(site.store, "web", site.time)
    await site.apply(text)
    second = await site.identity("web")
    vault = await site.store.get(VAULTS, ("contoso",))
    assert vault is not None
    assert second.principal_id != first.principal_id
    assert [one.object_id for one in vault.access_policies] == [second.principal_id, first.principal_id]
