"""Deleted configuration stores: what comes back, what is gone, and whose name stays taken."""

from __future__ import annotations

import pytest
from arm_site import DAY_S, GROUP, SUBSCRIPTION, ArmSite
from store_site import PROVIDER, STANDARD, StoreSite, deleted_path, store_path

from keyless.planes.appconfig.key_values.records import KEY_VALUES, REVISIONS
from keyless.store.collections import ACCESS_KEYS, DELETED_STORES

RECOVER = {**STANDARD, "properties": {"createMode": "Recover"}}


@pytest.fixture
def site(arm: ArmSite) -> StoreSite:
    """The plane, asked about configuration stores."""
    return StoreSite(arm)


async def left_behind(arm: ArmSite) -> list[int]:
    """How much there is of what stores hold."""
    return [len(await arm.store.scan(one)) for one in (ACCESS_KEYS, KEY_VALUES, REVISIONS, DELETED_STORES)]


async def test_a_deleted_store_comes_back_with_its_keys_and_key_values(site: StoreSite) -> None:
    await site.make(softDeleteRetentionInDays=2)
    keys = await site.keys()
    await site.ask("PUT", store_path("contoso", "/keyValues/colour"), {"properties": {"value": "blue"}})
    assert (await site.ask("DELETE", store_path("contoso"))).status == 202
    assert (await site.ask("GET", store_path("contoso"))).status == 404
    found = (await site.ask("GET", deleted_path("contoso"))).body["properties"]
    assert found["configurationStoreId"] == store_path("contoso")
    assert found["deletionDate"][:10] == "2027-01-15"
    assert found["scheduledPurgeDate"][:10] == "2027-01-17"
    assert (await site.ask("PUT", store_path("contoso"), RECOVER)).status == 201
    assert await site.keys() == keys
    kept = await site.ask("GET", store_path("contoso", "/keyValues/colour"))
    assert kept.body["properties"]["value"] == "blue"
    assert (await site.ask("GET", deleted_path("contoso"))).status == 404


async def test_deleting_takes_the_roles_that_were_given_on_the_store(site: StoreSite, arm: ArmSite) -> None:
    await site.make()
    await site.make("contoso-prod")
    await arm.grant("web", "reader", store_path("contoso"))
    await arm.grant("web", "reader", store_path("contoso", "/keyValues/colour"))
    await arm.grant("web", "reader", store_path("contoso-prod"))
    await site.ask("DELETE", store_path("contoso"))
    assert await site.scopes() == {SUBSCRIPTION, store_path("contoso-prod")}
    await site.ask("PUT", store_path("contoso"), RECOVER)
    assert (await site.ask("GET", store_path("contoso"), who="web")).status == 403


async def test_a_deleted_stores_name_is_taken_until_it_is_purged(site: StoreSite, arm: ArmSite) -> None:
    await site.make()
    await site.ask("PUT", store_path("contoso", "/keyValues/colour"), {"properties": {"value": "blue"}})
    await site.ask("DELETE", store_path("contoso"))
    refused = await site.ask("PUT", store_path("contoso"), STANDARD)
    assert (refused.status, refused.code) == (409, "NameUnavailable")
    assert (await site.ask("POST", deleted_path("contoso", "/purge"))).status == 202
    assert await left_behind(arm) == [0, 0, 0, 0]
    await site.make()
    assert (await site.ask("GET", store_path("contoso", "/keyValues/colour"))).status == 404


async def test_a_store_whose_time_is_over_is_gone_with_all_it_held(site: StoreSite, arm: ArmSite) -> None:
    await site.make(softDeleteRetentionInDays=1)
    old = await site.keys()
    await site.ask("PUT", store_path("contoso", "/keyValues/colour"), {"properties": {"value": "blue"}})
    await site.ask("DELETE", store_path("contoso"))
    arm.now += DAY_S
    assert (await site.ask("GET", f"{SUBSCRIPTION}/{PROVIDER}/deletedConfigurationStores")).body[
        "value"
    ] == []
    assert (await site.ask("PUT", store_path("contoso"), RECOVER)).status == 404
    await site.make()
    assert {key["id"] for key in await site.keys()}.isdisjoint(key["id"] for key in old)
    assert (await site.ask("GET", store_path("contoso", "/keyValues/colour"))).status == 404


@pytest.mark.parametrize("sku", ["free", "developer"])
async def test_a_store_of_a_tier_that_keeps_none_leaves_nothing(
    site: StoreSite, arm: ArmSite, sku: str
) -> None:
    await site.make(sku=sku)
    await site.ask("PUT", store_path("contoso", "/keyValues/colour"), {"properties": {"value": "blue"}})
    assert (await site.ask("DELETE", store_path("contoso"))).status == 202
    assert await left_behind(arm) == [0, 0, 0, 0]


async def test_a_protected_store_is_not_purged(site: StoreSite) -> None:
    await site.make(enablePurgeProtection=True)
    await site.ask("DELETE", store_path("contoso"))
    refused = await site.ask("POST", deleted_path("contoso", "/purge"))
    assert refused.status == 409
    assert (await site.ask("GET", deleted_path("contoso"))).status == 200


async def test_a_store_is_recovered_only_where_it_was(site: StoreSite) -> None:
    await site.make()
    await site.ask("DELETE", store_path("contoso"))
    elsewhere = await site.ask("PUT", store_path("contoso"), {**RECOVER, "location": "northeurope"})
    assert (elsewhere.status, elsewhere.code) == (409, "InvalidResourceLocation")
    assert (await site.ask("PUT", store_path("fabrikam"), RECOVER)).status == 404
    assert (await site.ask("GET", deleted_path("contoso", location="northeurope"))).status == 404


async def test_deleting_what_is_not_there_does_nothing(site: StoreSite) -> None:
    assert (await site.ask("DELETE", store_path("contoso"))).status == 204


async def test_a_name_can_be_looked_at_before_it_is_taken(site: StoreSite) -> None:
    await site.make()
    await site.make("fabrikam")
    await site.ask("DELETE", store_path("fabrikam"))
    asked = {"type": "Microsoft.AppConfiguration/configurationStores"}
    for path in ("checkNameAvailability", "locations/westeurope/checkNameAvailability"):
        for name, reason in (
            ("contoso", "AlreadyExists"),
            ("FABRIKAM", "AlreadyExists"),
            ("a", "Invalid"),
            ("wingtip", None),
        ):
            found = await site.ask("POST", f"{SUBSCRIPTION}/{PROVIDER}/{path}", {"name": name, **asked})
            assert (found.body["nameAvailable"], found.body.get("reason")) == (reason is None, reason)
        wrong = {"name": "wingtip", "type": "Microsoft.KeyVault/vaults"}
        assert (await site.ask("POST", f"{SUBSCRIPTION}/{PROVIDER}/{path}", wrong)).status == 400


async def test_only_who_may_purge_purges(site: StoreSite, arm: ArmSite) -> None:
    await arm.grant("deployer", "stores", SUBSCRIPTION)
    await site.make()
    await site.ask("DELETE", store_path("contoso"), who="deployer")
    assert (await site.ask("POST", deleted_path("contoso", "/purge"), who="deployer")).status == 403
    assert (await site.ask("GET", deleted_path("contoso"), who="deployer")).status == 200
    assert GROUP in store_path("contoso")
