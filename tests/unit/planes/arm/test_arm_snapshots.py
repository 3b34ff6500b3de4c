"""Snapshots as resources of a store: made and read on the management plane."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from arm_site import ArmSite
from store_site import StoreSite, deleted_path, store_path

from keyless.planes.appconfig.snapshots.records import SNAPSHOT_PAGES, SNAPSHOTS

ONE = store_path("contoso", "/snapshots/release 1")
ASKED: dict[str, Any] = {"filters": [{"key": "*", "label": "prod"}], "tags": {"of": "v1"}}


@pytest.fixture
async def site(arm: ArmSite) -> StoreSite:
    """The plane, with a store that holds two key-values."""
    site = StoreSite(arm)
    await site.make()
    for name, value in (("colour", "blue"), ("colour$prod", "green")):
        path = store_path("contoso", f"/keyValues/{name}")
        assert (await site.ask("PUT", path, {"properties": {"value": value}})).status == 200
    return site


async def test_a_snapshot_is_made_and_can_be_asked_after(site: StoreSite) -> None:
    made = await site.ask("PUT", ONE, {"properties": ASKED})
    assert made.status == 201
    assert made.body["properties"]["provisioningState"] == "Creating"
    assert made.body["properties"]["status"] == "Provisioning"
    url = urlsplit(made.headers["azure-asyncoperation"])
    status = await site.ask("GET", url.path, version=url.query.partition("=")[2])
    assert status.body["status"] == "Succeeded"
    found = (await site.ask("GET", ONE)).body
    assert (found["id"], found["name"]) == (ONE, "release 1")
    assert found["type"] == "Microsoft.AppConfiguration/configurationStores/snapshots"
    properties = found["properties"]
    assert properties == {
        "provisioningState": "Succeeded",
        "status": "Ready",
        "filters": [{"key": "*", "label": "prod"}],
        "compositionType": "Key",
        "created": properties["created"],
        "retentionPeriod": 30 * 24 * 3600,
        "size": len("colourprodgreen"),
        "itemsCount": 1,
        "tags": {"of": "v1"},
        "etag": properties["etag"],
    }


async def test_a_template_that_is_deployed_again_finds_it_as_it_is(site: StoreSite) -> None:
    await site.ask("PUT", ONE, {"properties": ASKED})
    kept = (await site.ask("GET", ONE)).body
    again = await site.ask("PUT", ONE, {"properties": {**ASKED, "compositionType": "Key"}})
    assert (again.status, again.body) == (200, kept)
    for other in ({"tags": {}}, {"filters": [{"key": "*"}]}, {"retentionPeriod": 3600}):
        assert (await site.ask("PUT", ONE, {"properties": {**ASKED, **other}})).status == 409
    assert (await site.ask("GET", ONE)).body == kept


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"filters": []},
        {"filters": [{"key": "*", "label": "*"}]},
        {"filters": [{"key": "*"}], "compositionType": "all"},
        {"filters": [{"key": "*"}], "retentionPeriod": 1},
    ],
)
async def test_what_no_snapshot_can_be_is_refused(site: StoreSite, asked: dict[str, Any]) -> None:
    assert (await site.ask("PUT", ONE, {"properties": asked})).status == 400
    assert (await site.ask("GET", ONE)).status == 404


async def test_one_that_is_too_large_fails_as_an_operation(site: StoreSite) -> None:
    for number in range(106):
        body = {"properties": {"value": "x" * 10_000}}
        await site.ask("PUT", store_path("contoso", f"/keyValues/k{number:03d}"), body)
    asked = {"filters": [{"key": "*", "label": "*"}], "compositionType": "Key_Label"}
    made = await site.ask("PUT", ONE, {"properties": asked})
    url = urlsplit(made.headers["azure-asyncoperation"])
    status = (await site.ask("GET", url.path, version=url.query.partition("=")[2])).body
    assert (status["status"], status["error"]["code"]) == ("Failed", "QuotaExceeded")
    found = (await site.ask("GET", ONE)).body["properties"]
    assert (found["provisioningState"], found["status"]) == ("Failed", "Failed")
    assert "expires" in found


async def test_passed_through_it_takes_the_data_planes_actions_too(site: StoreSite, arm: ArmSite) -> None:
    await site.ask(
        "PATCH",
        store_path("contoso"),
        {"properties": {"dataPlaneProxy": {"authenticationMode": "Pass-through"}}},
    )
    for method in ("GET", "PUT"):
        assert (await site.ask(method, ONE, {"properties": ASKED})).status == 403
    await arm.grant("owner", "data", store_path("contoso"))
    assert (await site.ask("PUT", ONE, {"properties": ASKED})).status == 201
    assert (await site.ask("GET", ONE)).status == 200


async def test_a_store_without_access_keys_that_is_reached_by_them_is_not_reached(site: StoreSite) -> None:
    await site.ask("PATCH", store_path("contoso"), {"properties": {"disableLocalAuth": True}})
    for method in ("GET", "PUT"):
        assert (await site.ask(method, ONE, {"properties": ASKED})).status == 409


async def test_snapshots_go_and_come_with_their_store(site: StoreSite, arm: ArmSite) -> None:
    await site.ask("PUT", ONE, {"properties": ASKED})
    await site.ask("DELETE", store_path("contoso"))
    await site.make(createMode="Recover")
    assert (await site.ask("GET", ONE)).status == 200
    await site.ask("DELETE", store_path("contoso"))
    assert (await site.ask("POST", deleted_path("contoso", "/purge"))).status == 202
    assert await arm.store.scan(SNAPSHOTS) == await arm.store.scan(SNAPSHOT_PAGES) == []
