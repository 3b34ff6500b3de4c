"""A configuration store's access keys and key-values on the management plane."""

from __future__ import annotations

import base64

import pytest
from arm_site import GROUP, ArmSite
from store_site import StoreSite, store_path

from keyless.model.access_keys import AccessKey
from keyless.planes.appconfig.plane import app_configuration_plane
from keyless.store.collections import ACCESS_KEYS, STORES

PASS_THROUGH = {"dataPlaneProxy": {"authenticationMode": "Pass-through"}}


@pytest.fixture
def site(arm: ArmSite) -> StoreSite:
    """The plane, asked about configuration stores."""
    return StoreSite(arm)


async def test_a_store_is_made_with_four_keys(site: StoreSite) -> None:
    await site.make()
    keys = await site.keys()
    assert [(key["name"], key["readOnly"]) for key in keys] == [
        ("Primary", False),
        ("Secondary", False),
        ("Primary Read Only", True),
        ("Secondary Read Only", True),
    ]
    assert len({key["id"] for key in keys} | {key["value"] for key in keys}) == 8
    for key in keys:
        secret = f"Id={key['id']};Secret={key['value']}"
        assert key["connectionString"] == f"Endpoint=https://contoso.azconfig.io;{secret}"
        assert len(base64.b64decode(key["value"])) == 32


async def test_a_key_made_anew_keeps_its_id_and_changes_its_secret_alone(
    site: StoreSite, arm: ArmSite
) -> None:
    await site.make()
    before = await site.keys()
    arm.now += 60
    made = await site.ask("POST", store_path("contoso", "/regenerateKey"), {"id": before[1]["id"]})
    after = await site.keys()
    assert after[1] == made.body
    assert after[1]["value"] != before[1]["value"]
    assert after[1]["lastModified"] > before[1]["lastModified"]
    assert [after[n] for n in (0, 2, 3)] == [before[n] for n in (0, 2, 3)]


async def test_the_data_plane_knows_the_new_secret_and_not_the_old(site: StoreSite, arm: ArmSite) -> None:
    await site.make()
    key_id = (await site.keys())[0]["id"]
    made = await site.ask("POST", store_path("contoso", "/regenerateKey"), {"id": key_id})
    keyring = app_configuration_plane(arm.store).access_keys
    store = await arm.store.get(STORES, ("contoso",))
    assert keyring is not None
    found = await keyring.key(store, key_id)
    assert found is not None
    assert base64.b64encode(found.secret).decode() == made.body["value"]


async def test_a_key_that_is_not_there_is_not_made(site: StoreSite) -> None:
    await site.make()
    refused = await site.ask("POST", store_path("contoso", "/regenerateKey"), {"id": "nobody's"})
    assert refused.status == 404
    assert len(await site.keys()) == 4


async def test_switching_local_authentication_off_takes_the_keys_and_on_again_makes_others(
    site: StoreSite,
) -> None:
    await site.make()
    before = {key["id"] for key in await site.keys()}
    for disabled, count in ((True, 0), (False, 4)):
        body = {"properties": {"disableLocalAuth": disabled}}
        await site.ask("PATCH", store_path("contoso"), body)
        assert len(await site.keys()) == count
    assert before.isdisjoint(key["id"] for key in await site.keys())


async def test_a_store_without_local_authentication_is_made_without_keys(site: StoreSite) -> None:
    await site.make(disableLocalAuth=True)
    assert await site.keys() == []


async def test_reading_a_store_does_not_give_its_keys(site: StoreSite) -> None:
    await site.make()
    for rest, body in (("/listKeys", None), ("/regenerateKey", {"id": (await site.keys())[0]["id"]})):
        refused = await site.ask("POST", store_path("contoso", rest), body, who="reader")
        assert refused.status == 403


async def test_more_keys_than_have_names_are_called_by_their_ids(site: StoreSite, arm: ArmSite) -> None:
    await site.make()
    extra = AccessKey("contoso", "zzz", b"s" * 32)
    async with arm.store.transaction() as transaction:
        await transaction.put(ACCESS_KEYS, ("contoso", "zzz"), extra)
    named = [key["name"] for key in await site.keys() if not key["readOnly"]]
    assert named == ["Primary", "Secondary", "zzz"]


@pytest.mark.parametrize(
    ("name", "key", "label"),
    [
        ("colour", "colour", None),
        ("colour$dev", "colour", "dev"),
        ("App~3AColour$dev", "App:Colour", "dev"),
        ("a~24b~7Ec$d~24e", "a$b~c", "d$e"),
        ("caf~C3~A9", "café", None),
    ],
)
async def test_a_key_value_is_written_read_and_deleted_by_its_resources_name(
    site: StoreSite, name: str, key: str, label: str | None
) -> None:
    await site.make()
    path = store_path("contoso", f"/keyValues/{name}")
    body = {"properties": {"value": "blue", "contentType": "text/plain", "tags": {"team": "orders"}}}
    written = await site.ask("PUT", path, body)
    assert (written.body["properties"]["key"], written.body["properties"].get("label")) == (key, label)
    found = await site.ask("GET", path)
    assert found.body == written.body
    assert body["properties"].items() <= found.body["properties"].items()
    assert (await site.ask("DELETE", path)).status == 202
    assert (await site.ask("DELETE", path)).status == 204
    assert (await site.ask("GET", path)).status == 404


async def test_a_name_that_encodes_no_text_is_refused(site: StoreSite) -> None:
    await site.make()
    refused = await site.ask("GET", store_path("contoso", "/keyValues/~FF"))
    assert (refused.status, refused.code) == (400, "InvalidResourceName")


async def test_key_values_are_not_reached_locally_where_the_store_takes_no_keys(site: StoreSite) -> None:
    await site.make(disableLocalAuth=True)
    refused = await site.ask("GET", store_path("contoso", "/keyValues/colour"))
    assert refused.status == 409
    assert "pass-through" in refused.message


async def test_passing_through_needs_the_data_planes_action_too(site: StoreSite, arm: ArmSite) -> None:
    await site.make(disableLocalAuth=True, **PASS_THROUGH)
    path = store_path("contoso", "/keyValues/colour")
    body = {"properties": {"value": "blue"}}
    assert (await site.ask("PUT", path, body)).status == 403
    await arm.grant("owner", "data", GROUP)
    assert (await site.ask("PUT", path, body)).status == 200
    await arm.grant("data-only", "data", GROUP)
    assert (await site.ask("GET", path, who="data-only")).status == 403


async def test_a_role_on_one_key_value_reaches_no_other_whatever_its_name_is_spelled_like(
    site: StoreSite, arm: ArmSite
) -> None:
    await site.make()
    await arm.grant("web", "stores", store_path("contoso", "/keyValues/a~24b"))
    body = {"properties": {"value": "blue"}}
    for name, status in (("a~24b", 200), ("~61~24~62", 200), ("a$b", 403), ("a~2424b", 403)):
        path = store_path("contoso", f"/keyValues/{name}")
        assert (await site.ask("PUT", path, body, who="web")).status == status
