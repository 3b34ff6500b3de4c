"""Replicas of configuration stores on the management plane: made, read, deleted, and where there is none."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from arm_site import ArmSite
from store_site import STANDARD, StoreSite, deleted_path, store_path

from keyless.store.collections import STORES

NORTH: dict[str, Any] = {"location": "North Europe"}
PATH = store_path("contoso", "/replicas/North")


@pytest.fixture
async def site(arm: ArmSite) -> StoreSite:
    """The plane, with a store."""
    made = StoreSite(arm)
    await made.make()
    return made


async def test_a_replica_is_made_read_listed_and_can_be_asked_after(site: StoreSite) -> None:
    made = await site.ask("PUT", PATH, NORTH)
    assert (made.status, made.body["properties"]["provisioningState"]) == (201, "Creating")
    url = urlsplit(made.headers["azure-asyncoperation"])
    status = await site.ask("GET", url.path, version=url.query.partition("=")[2])
    assert status.body["status"] == "Succeeded"
    found = (await site.ask("GET", store_path("Contoso", "/replicas/north"))).body
    assert found == {
        "id": PATH,
        "name": "North",
        "type": "Microsoft.AppConfiguration/configurationStores/replicas",
        "location": "northeurope",
        "properties": {
            "endpoint": "https://contoso-north.azconfig.io",
            "provisioningState": "Succeeded",
        },
        "systemData": found["systemData"],
    }
    assert found["systemData"]["createdBy"] == "client-owner"
    assert (await site.ask("GET", store_path("contoso", "/replicas"))).body == {"value": [found]}


async def test_one_that_is_there_is_answered_as_it_is_and_not_moved(site: StoreSite) -> None:
    await site.ask("PUT", PATH, NORTH)
    again = await site.ask("PUT", PATH, NORTH)
    assert (again.status, again.body["location"]) == (200, "northeurope")
    moved = await site.ask("PUT", PATH, {"location": "uksouth"})
    assert (moved.status, moved.code) == (409, "InvalidResourceLocation")


async def test_one_that_is_deleted_is_gone_and_the_others_stay(site: StoreSite) -> None:
    await site.ask("PUT", PATH, NORTH)
    await site.ask("PUT", store_path("contoso", "/replicas/uk"), {"location": "uksouth"})
    assert (await site.ask("DELETE", PATH)).status == 202
    assert (await site.ask("DELETE", PATH)).status == 204
    missing = await site.ask("GET", PATH)
    assert (missing.status, missing.code) == (404, "ResourceNotFound")
    listed = await site.ask("GET", store_path("contoso", "/replicas"))
    assert [one["name"] for one in listed.body["value"]] == ["uk"]


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("no-rth", NORTH, 400, "InvalidResourceName"),
        ("x" * 51, NORTH, 400, "InvalidResourceName"),
        ("north", {}, 400, "LocationRequired"),
        ("north", {"location": "West Europe"}, 409, "Conflict"),
        ("other", {"location": "uksouth"}, 409, "Conflict"),
    ],
)
async def test_what_cannot_be_a_replica_is_not_made(
    site: StoreSite, name: str, body: dict[str, Any], status: int, code: str
) -> None:
    await site.ask("PUT", store_path("contoso", "/replicas/uk"), {"location": "uksouth"})
    refused = await site.ask("PUT", store_path("contoso", f"/replicas/{name}"), body)
    assert (refused.status, refused.code) == (status, code)


async def test_names_of_endpoints_are_those_of_one_store_or_replica(site: StoreSite) -> None:
    await site.make("contoso-north")
    taken = await site.ask("PUT", PATH, NORTH)
    assert (taken.status, taken.code) == (409, "NameUnavailable")
    await site.ask("PUT", store_path("contoso", "/replicas/uk"), {"location": "uksouth"})
    refused = await site.ask("PUT", store_path("contoso-uk"), STANDARD)
    assert (refused.status, refused.code) == (409, "NameUnavailable")


@pytest.mark.parametrize("sku", ["Free", "Developer"])
async def test_small_tiers_have_no_replicas_and_what_has_some_does_not_become_one(
    site: StoreSite, sku: str
) -> None:
    await site.make("small-store", sku)
    assert (await site.ask("PUT", store_path("small-store", "/replicas/north"), NORTH)).status == 409
    await site.ask("PUT", PATH, NORTH)
    smaller = await site.ask("PATCH", store_path("contoso"), {"sku": {"name": sku}})
    assert (smaller.status, smaller.code) == (400, "InvalidRequestContent")


async def test_replicas_go_with_their_store_and_do_not_come_back_with_it(site: StoreSite) -> None:
    await site.ask("PUT", PATH, NORTH)
    await site.ask("DELETE", store_path("contoso"))
    assert (await site.ask("GET", PATH)).status == 404
    assert (await site.ask("GET", deleted_path("contoso"))).status == 200
    recovered = {**STANDARD, "properties": {"createMode": "Recover"}}
    assert (await site.ask("PUT", store_path("contoso"), recovered)).status == 201
    assert (await site.ask("GET", store_path("contoso", "/replicas"))).body == {"value": []}


async def test_a_change_of_the_store_leaves_its_replicas(site: StoreSite, arm: ArmSite) -> None:
    await site.ask("PUT", PATH, NORTH)
    await site.ask("PATCH", store_path("contoso"), {"tags": {"team": "orders"}})
    found = await arm.store.get(STORES, ("contoso",))
    assert found is not None
    assert [one.name for one in found.replicas] == ["North"]
