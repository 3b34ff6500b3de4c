"""Configuration stores on the management plane: made, read, changed, listed, and what they can't be."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from arm_site import GROUP, SUBSCRIPTION, ArmSite
from store_site import NEWEST, PROVIDER, STANDARD, VERSIONS, StoreSite, store_path

from keyless.lifecycle.principals import PrincipalType, find_principal
from keyless.model.identities import IdentityKind, ManagedIdentity
from keyless.model.resources import ConfigurationStore, ResourceGroup
from keyless.store.collections import GROUPS, IDENTITIES, STORES

IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/web"


@pytest.fixture
def site(arm: ArmSite) -> StoreSite:
    """The plane, asked about configuration stores."""
    return StoreSite(arm)


async def test_a_store_is_made_and_read_at_every_api_version(site: StoreSite) -> None:
    made = await site.make(disableLocalAuth=True, dataPlaneProxy={"authenticationMode": "Pass-through"})
    assert made.body["properties"]["provisioningState"] == "Creating"
    for version in VERSIONS:
        found = (await site.ask("GET", store_path("CONTOSO"), version=version)).body
        assert (found["id"], found["location"], found["sku"]) == (
            store_path("contoso"),
            "westeurope",
            {"name": "standard"},
        )
        properties = found["properties"]
        assert properties["endpoint"] == "https://contoso.azconfig.io"
        assert properties["provisioningState"] == "Succeeded"
        assert properties["softDeleteRetentionInDays"] == 7
        assert properties["disableLocalAuth"] is True
        assert ("dataPlaneProxy" in properties) == (version >= "2024-05-01")
        assert found["systemData"]["createdBy"] == "client-owner"


async def test_making_a_store_can_be_asked_after_and_is_done(site: StoreSite) -> None:
    made = await site.make()
    assert made.headers["retry-after"] == "0"
    url = urlsplit(made.headers["azure-asyncoperation"])
    status = await site.ask("GET", url.path, version=url.query.partition("=")[2])
    assert status.body["status"] == "Succeeded"


async def test_writing_a_store_again_changes_it_and_what_is_left_out_stays(site: StoreSite) -> None:
    await site.make(publicNetworkAccess="Disabled", disableLocalAuth=True, softDeleteRetentionInDays=3)
    body = {**STANDARD, "tags": {"team": "orders"}, "properties": {"enablePurgeProtection": True}}
    again = await site.ask("PUT", store_path("contoso"), body)
    assert again.status == 200
    patched = await site.ask("PATCH", store_path("contoso"), {"sku": {"name": "premium"}})
    properties = patched.body["properties"]
    assert (patched.body["sku"], patched.body["tags"]) == ({"name": "premium"}, {"team": "orders"})
    assert properties["publicNetworkAccess"] == "Disabled"
    assert properties["disableLocalAuth"] is True
    assert properties["enablePurgeProtection"] is True
    assert properties["softDeleteRetentionInDays"] == 3


async def test_a_store_stays_in_its_mode_when_private_links_alone_are_told_of(site: StoreSite) -> None:
    await site.make(dataPlaneProxy={"authenticationMode": "Pass-through"})
    proxy = {"privateLinkDelegation": "Disabled"}
    patched = await site.ask("PATCH", store_path("contoso"), {"properties": {"dataPlaneProxy": proxy}})
    assert patched.body["properties"]["dataPlaneProxy"] == {"authenticationMode": "Pass-through", **proxy}


async def test_what_the_newest_version_alone_knows_is_kept_for_it(site: StoreSite) -> None:
    await site.make()
    properties: dict[str, Any] = {
        "defaultKeyValueRevisionRetentionPeriodInSeconds": 86400,
        "azureFrontDoor": {"resourceId": f"{GROUP}/providers/Microsoft.Cdn/profiles/front"},
        "telemetry": {"resourceId": f"{GROUP}/providers/Microsoft.Insights/components/app"},
        "encryption": {"keyVaultProperties": {"keyIdentifier": "https://v.vault.azure.net/keys/k"}},
    }
    patched = await site.ask("PATCH", store_path("contoso"), {"properties": properties}, version=NEWEST)
    assert properties.items() <= patched.body["properties"].items()
    older = await site.ask("GET", store_path("contoso"), version="2024-05-01")
    assert older.body["properties"].keys() & properties.keys() == {"encryption"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"sku": {"name": "Standard"}}, "LocationRequired"),
        ({"location": "westeurope"}, "InvalidRequestContent"),
        ({**STANDARD, "sku": {"name": "gold"}}, "InvalidSku"),
        ({**STANDARD, "tags": {"a<b": "c"}}, "InvalidTagNameCharacters"),
        ({**STANDARD, "properties": {"createMode": "Copy"}}, "InvalidRequestContent"),
        ({**STANDARD, "properties": {"publicNetworkAccess": "Perhaps"}}, "InvalidRequestContent"),
        ({**STANDARD, "properties": {"softDeleteRetentionInDays": 8}}, "InvalidRequestContent"),
        ({**STANDARD, "properties": {"softDeleteRetentionInDays": -1}}, "InvalidRequestContent"),
        (
            {**STANDARD, "properties": {"dataPlaneProxy": {"authenticationMode": "x"}}},
            "InvalidRequestContent",
        ),
        (
            {**STANDARD, "properties": {"defaultKeyValueRevisionRetentionPeriodInSeconds": 2_592_001}},
            "InvalidRequestContent",
        ),
        (
            {**STANDARD, "properties": {"defaultKeyValueRevisionRetentionPeriodInSeconds": 3_599}},
            "InvalidRequestContent",
        ),
        (
            {
                **STANDARD,
                "sku": {"name": "free"},
                "properties": {"defaultKeyValueRevisionRetentionPeriodInSeconds": 86_400},
            },
            "InvalidRequestContent",
        ),
        (
            {**STANDARD, "sku": {"name": "free"}, "properties": {"softDeleteRetentionInDays": 1}},
            "InvalidRequestContent",
        ),
        (
            {**STANDARD, "sku": {"name": "developer"}, "properties": {"enablePurgeProtection": True}},
            "InvalidRequestContent",
        ),
        (
            {**STANDARD, "identity": {"type": "UserAssigned", "userAssignedIdentities": {"web": {}}}},
            "LinkedInvalidPropertyId",
        ),
        ({"properties": {"disableLocalAuth": "no"}}, "InvalidRequestContent"),
    ],
)
async def test_what_a_store_cannot_be_is_refused_and_nothing_is_made(
    site: StoreSite, body: dict[str, Any], code: str
) -> None:
    refused = await site.ask("PUT", store_path("contoso"), body)
    assert (refused.status, refused.code) == (400, code)
    assert (await site.ask("GET", store_path("contoso"))).code == "ResourceNotFound"


@pytest.mark.parametrize("name", ["abcd", "a" * 51, "con.toso", "con toso"])
async def test_a_store_needs_a_name_that_can_be_one(site: StoreSite, name: str) -> None:
    refused = await site.ask("PUT", store_path(name), STANDARD)
    assert (refused.status, refused.code) == (400, "InvalidResourceName")


@pytest.mark.parametrize(
    "properties",
    [{"enablePurgeProtection": False}, {"softDeleteRetentionInDays": 5}],
)
async def test_what_was_decided_when_a_store_was_made_stays(
    site: StoreSite, properties: dict[str, Any]
) -> None:
    await site.make(enablePurgeProtection=True, softDeleteRetentionInDays=2)
    refused = await site.ask("PATCH", store_path("contoso"), {"properties": properties})
    assert refused.status == 400


async def test_a_store_neither_moves_nor_goes_back_to_free(site: StoreSite) -> None:
    await site.make()
    moved = await site.ask("PUT", store_path("contoso"), {**STANDARD, "location": "northeurope"})
    assert (moved.status, moved.code) == (409, "InvalidResourceLocation")
    for tier in ("free", "developer"):
        assert (await site.ask("PATCH", store_path("contoso"), {"sku": {"name": tier}})).status == 400


async def test_a_store_says_how_long_it_keeps_history_whether_it_was_told_or_not(site: StoreSite) -> None:
    name = "defaultKeyValueRevisionRetentionPeriodInSeconds"

    async def shown() -> int:
        return int((await site.ask("GET", store_path("contoso"), version=NEWEST)).body["properties"][name])

    await site.make(sku="developer")
    assert await shown() == 604_800
    await site.ask("PATCH", store_path("contoso"), {"properties": {name: 3_600}}, version=NEWEST)
    assert await shown() == 3_600


async def test_a_free_store_that_becomes_standard_is_kept_when_it_is_deleted(site: StoreSite) -> None:
    await site.make(sku="free")
    patched = await site.ask("PATCH", store_path("contoso"), {"sku": {"name": "standard"}})
    assert patched.body["properties"]["softDeleteRetentionInDays"] == 7


async def test_a_region_has_one_free_store(site: StoreSite) -> None:
    await site.make(sku="free")
    refused = await site.ask("PUT", store_path("fabrikam"), {**STANDARD, "sku": {"name": "free"}})
    assert refused.status == 409
    elsewhere = {"location": "northeurope", "sku": {"name": "free"}}
    assert (await site.ask("PUT", store_path("fabrikam"), elsewhere)).status == 201


async def test_a_name_is_one_stores_in_every_group(site: StoreSite, arm: ArmSite) -> None:
    other = f"{SUBSCRIPTION}/resourceGroups/other"
    async with arm.store.transaction() as transaction:
        await transaction.put(GROUPS, (other.casefold(),), ResourceGroup(other, "westeurope"))
    await site.make()
    refused = await site.ask("PUT", store_path("Contoso", group=other), STANDARD)
    assert (refused.status, refused.code) == (409, "NameUnavailable")
    assert (await site.ask("GET", store_path("contoso", group=other))).status == 404
    assert (await site.ask("DELETE", store_path("contoso", group=other))).status == 204


async def test_a_store_needs_its_group(site: StoreSite) -> None:
    path = store_path("contoso", group=f"{SUBSCRIPTION}/resourceGroups/nowhere")
    for method in ("PUT", "GET"):
        refused = await site.ask(method, path, STANDARD if method == "PUT" else None)
        assert (refused.status, refused.code) == (404, "ResourceGroupNotFound")


async def test_lists_show_what_their_caller_may_read(site: StoreSite, arm: ArmSite) -> None:
    for name in ("contoso", "fabrikam"):
        await site.make(name)
    await arm.grant("guest", "reader", store_path("fabrikam"))
    for path in (f"{SUBSCRIPTION}/{PROVIDER}/configurationStores", f"{GROUP}/{PROVIDER}/configurationStores"):
        for who, names in (("reader", ["contoso", "fabrikam"]), ("guest", ["fabrikam"])):
            found = await site.ask("GET", path, who=who)
            assert [one["name"] for one in found.body["value"]] == names


async def test_a_store_of_the_estate_is_shown_as_any_other(site: StoreSite, arm: ArmSite) -> None:
    declared = ConfigurationStore(store_path("orders"), "orders", "westeurope")
    async with arm.store.transaction() as transaction:
        await transaction.put(STORES, ("orders",), declared)
    found = await site.ask("GET", store_path("orders"))
    assert "creationDate" not in found.body["properties"]
    assert await site.keys("orders") == []


async def test_only_who_may_assign_an_identity_gives_it_to_a_store(site: StoreSite, arm: ArmSite) -> None:
    made = ManagedIdentity(IdentityKind.USER_ASSIGNED, "web", IDENTITY, "c" * 8, "p" * 8)
    async with arm.store.transaction() as transaction:
        await transaction.put(IDENTITIES, (IDENTITY.casefold(),), made)
    await arm.grant("deployer", "stores", GROUP)
    body = {**STANDARD, "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}}
    refused = await site.ask("PUT", store_path("contoso"), body, who="deployer")
    assert (refused.status, refused.code) == (403, "LinkedAuthorizationFailed")
    given = await site.ask("PUT", store_path("contoso"), body)
    assert given.body["identity"]["userAssignedIdentities"][IDENTITY]["clientId"] == "c" * 8
    none = await site.ask("PATCH", store_path("contoso"), {"identity": {"type": "None"}})
    assert "identity" not in none.body


async def test_an_identity_that_is_not_there_is_refused(site: StoreSite) -> None:
    absent = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    refused = await site.ask("PUT", store_path("contoso"), {**STANDARD, "identity": absent})
    assert (refused.status, refused.code) == (400, "FailedIdentityOperation")


async def test_a_stores_own_identity_is_a_principal_until_it_goes(site: StoreSite, arm: ArmSite) -> None:
    own = {**STANDARD, "identity": {"type": "SystemAssigned"}}
    made = await site.ask("PUT", store_path("contoso"), own)
    principal_id = made.body["identity"]["principalId"]
    known = await find_principal(arm.store, principal_id)
    assert known is not None
    assert known.type is PrincipalType.SERVICE_PRINCIPAL
    again = await site.ask("PATCH", store_path("contoso"), {"tags": {"team": "orders"}})
    assert again.body["identity"]["principalId"] == principal_id
    none = await site.ask("PATCH", store_path("contoso"), {"identity": {"type": "None"}})
    assert "identity" not in none.body
    assert await find_principal(arm.store, principal_id) is None
    other = await site.ask("PATCH", store_path("contoso"), {"identity": own["identity"]})
    assert other.body["identity"]["principalId"] != principal_id


async def test_a_stores_own_identity_goes_with_it_and_does_not_come_back(
    site: StoreSite, arm: ArmSite
) -> None:
    own = {**STANDARD, "identity": {"type": "SystemAssigned"}}
    made = await site.ask("PUT", store_path("contoso"), own)
    principal_id = made.body["identity"]["principalId"]
    await site.ask("DELETE", store_path("contoso"))
    assert await find_principal(arm.store, principal_id) is None
    recover = {**STANDARD, "properties": {"createMode": "Recover"}}
    assert "identity" not in (await site.ask("PUT", store_path("contoso"), recover)).body


async def test_a_store_is_among_the_resources_that_an_identity_is_given_to(
    site: StoreSite, arm: ArmSite
) -> None:
    made = ManagedIdentity(IdentityKind.USER_ASSIGNED, "web", IDENTITY, "c" * 8, "p" * 8)
    async with arm.store.transaction() as transaction:
        await transaction.put(IDENTITIES, (IDENTITY.casefold(),), made)
    both = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    found = await site.ask("PUT", store_path("contoso"), {**STANDARD, "identity": both})
    listed = await arm.ask("POST", f"{IDENTITY}/listAssociatedResources", version="2022-01-31-preview")
    assert [one["id"] for one in listed.body["value"]] == [store_path("contoso")]
    view = f"{store_path('contoso')}/providers/Microsoft.ManagedIdentity/identities/default"
    seen = await arm.ask("GET", view, version="2023-01-31")
    assert seen.body["properties"]["principalId"] == found.body["identity"]["principalId"]


@pytest.mark.parametrize("beside", ["privateEndpointConnections", "privateLinkResources"])
async def test_what_a_store_has_none_of_is_listed_empty_and_one_is_not_found(
    site: StoreSite, beside: str
) -> None:
    await site.make()
    assert (await site.ask("GET", store_path("contoso", f"/{beside}"))).body == {"value": []}
    missing = await site.ask("GET", store_path("contoso", f"/{beside}/one"))
    assert (missing.status, missing.code) == (404, "ResourceNotFound")
    if beside != "privateLinkResources":
        assert (await site.ask("DELETE", store_path("contoso", f"/{beside}/one"))).status == 204
        assert (await site.ask("PUT", store_path("contoso", f"/{beside}/one"), {})).status == 501
