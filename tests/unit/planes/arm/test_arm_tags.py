"""Tags at every scope, and the names and values of a subscription."""

from __future__ import annotations

from typing import Any

import pytest
from arm_site import GROUP, SUBSCRIPTION, Answer, ArmSite

from keyless.model.derived_ids import user_assigned_identity
from keyless.model.resource_id import ResourceId, resource_scope
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, ConfigurationStore, Vault
from keyless.planes.arm.api_versions import RESOURCES, SINCE_2019
from keyless.store.collections import COMPUTE, IDENTITIES, STORES, VAULTS
from wire_schemas import check

TAGS = "providers/Microsoft.Resources/tags/default"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/web"
DISK = f"{GROUP}/providers/Microsoft.Compute/disks/d"
VAULT = f"{GROUP}/providers/{VAULT_TYPE}/v"
STORE = f"{GROUP}/providers/{STORE_TYPE}/s"
GIVEN = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/given"
NAMES = f"{SUBSCRIPTION}/tagNames"


def body(**tags: str) -> dict[str, Any]:
    return {"properties": {"tags": tags}}


@pytest.fixture
async def shop(arm: ArmSite) -> ArmSite:
    """One resource of each kind."""
    group = ResourceId.parse(GROUP)
    async with arm.store.transaction() as transaction:
        await transaction.put(
            VAULTS, ("v",), Vault(resource_scope(group, VAULT_TYPE, "v").text, "v", "westeurope")
        )
        kept = ConfigurationStore(resource_scope(group, STORE_TYPE, "s").text, "s", "westeurope")
        await transaction.put(STORES, ("s",), kept)
        await transaction.put(IDENTITIES, (GIVEN.casefold(),), user_assigned_identity(group, "given"))
    await arm.ask("PUT", DISK, {"location": "westeurope"})
    await arm.ask("PUT", SITE, {"location": "westeurope", "identity": {"type": "SystemAssigned"}})
    return arm


async def ask(
    arm: ArmSite, method: str, scope: str, asked: object = None, version: str = "2021-04-01"
) -> Answer:
    path = f"{scope}/{TAGS}"
    answer = await arm.ask(method, path, asked, version=version)
    check(method, path, f"api-version={version}", answer.status, answer.headers, answer.raw)
    return answer


@pytest.mark.parametrize("scope", [SUBSCRIPTION, GROUP, SITE, DISK, VAULT, STORE, GIVEN])
async def test_tags_are_replaced_merged_and_taken_away(shop: ArmSite, scope: str) -> None:
    async def tags() -> object:
        return (await ask(shop, "GET", scope)).body["properties"]["tags"]

    assert (await ask(shop, "PUT", scope, body(a="1", b="2"))).body["properties"]["tags"] == {
        "a": "1",
        "b": "2",
    }
    await ask(shop, "PATCH", scope, {"operation": "Merge", **body(B="3", c="4")})
    assert await tags() == {"a": "1", "b": "3", "c": "4"}
    await ask(shop, "PATCH", scope, {"operation": "Delete", **body(a="1", b="other")})
    assert await tags() == {"b": "3", "c": "4"}
    await ask(shop, "PATCH", scope, {"operation": "Replace", **body(d="5")})
    assert await tags() == {"d": "5"}
    assert (await ask(shop, "DELETE", scope)).status == 200
    assert await tags() == {}


@pytest.mark.parametrize("version", SINCE_2019.known)
async def test_they_are_as_the_documents_describe_them(shop: ArmSite, version: str) -> None:
    for method, asked in (("PUT", body(a="1")), ("PATCH", {"operation": "Merge", **body()}), ("GET", None)):
        assert (await ask(shop, method, GROUP, asked, version)).status == 200


async def test_the_tags_of_a_resource_are_the_ones_that_it_shows(shop: ArmSite) -> None:
    await ask(shop, "PUT", SITE, body(env="dev"))
    assert (await shop.ask("GET", SITE)).body["tags"] == {"env": "dev"}
    ((_, compute),) = await shop.store.scan(COMPUTE)
    assert compute.tags == {"env": "dev"}
    await ask(shop, "PUT", GROUP, body(env="dev"))
    assert (await shop.ask("GET", GROUP)).body["tags"] == {"env": "dev"}


async def test_tags_are_written_by_whoever_may_write_tags(shop: ArmSite) -> None:
    refused = await shop.ask("PUT", f"{GROUP}/{TAGS}", body(a="1"), who="reader")
    assert "'Microsoft.Resources/tags/write'" in refused.message
    assert (await shop.ask("GET", f"{GROUP}/{TAGS}", who="reader")).status == 200


@pytest.mark.parametrize(
    ("scope", "asked", "code"),
    [
        (f"{DISK}x", body(), "ResourceNotFound"),
        (f"{GROUP}x", body(), "ResourceGroupNotFound"),
        (GROUP, body(**{f"t{n}": "" for n in range(51)}), "InvalidTagsCount"),
        (GROUP, {"properties": {"tags": {"a": 1}}}, "InvalidRequestContent"),
        ("/providers/Microsoft.Management/managementGroups/m", body(), "TagsNotSupportedAtScope"),
    ],
)
async def test_what_can_have_no_such_tags_is_refused(
    shop: ArmSite, scope: str, asked: object, code: str
) -> None:
    await shop.grant("owner", "owner", "/")
    assert (await shop.ask("PUT", f"{scope}/{TAGS}", asked)).code == code


async def test_an_operation_on_tags_is_one_of_three(shop: ArmSite) -> None:
    refused = await shop.ask("PATCH", f"{GROUP}/{TAGS}", {"operation": "Append", **body()})
    assert refused.code == "InvalidRequestContent"


@pytest.mark.parametrize("version", RESOURCES.known)
async def test_names_are_listed_with_how_often_they_are_used(shop: ArmSite, version: str) -> None:
    async def held(method: str, path: str) -> Answer:
        answer = await shop.ask(method, path, version=version)
        check(method, path, f"api-version={version}", answer.status, answer.headers, answer.raw)
        return answer

    await ask(shop, "PUT", GROUP, body(env="dev"))
    await ask(shop, "PUT", DISK, body(Env="prod"))
    assert (await held("PUT", f"{NAMES}/owner")).status == 201
    assert (await held("PUT", f"{NAMES}/owner")).status == 200
    assert (await held("PUT", f"{NAMES}/owner/tagValues/ann")).status == 201
    assert (await held("PUT", f"{NAMES}/owner/tagValues/ann")).status == 200
    names = {one["tagName"]: one for one in (await held("GET", NAMES)).body["value"]}
    assert {name: int(one["count"]["value"]) for name, one in names.items()} == {"env": 2, "owner": 0}
    assert sorted(one["tagValue"] for one in names["env"]["values"]) == ["dev", "prod"]
    assert [one["tagValue"] for one in names["owner"]["values"]] == ["ann"]
    assert (await held("DELETE", f"{NAMES}/owner/tagValues/ann")).status == 200
    assert (await held("DELETE", f"{NAMES}/owner/tagValues/ann")).status == 204
    assert (await held("DELETE", f"{NAMES}/owner")).status == 200
    assert (await held("DELETE", f"{NAMES}/owner")).status == 204


async def test_a_name_in_use_stays(shop: ArmSite) -> None:
    await ask(shop, "PUT", GROUP, body(env="dev"))
    await shop.ask("PUT", f"{NAMES}/env")
    await shop.ask("PUT", f"{NAMES}/env/tagValues/dev")
    for path in (f"{NAMES}/env", f"{NAMES}/env/tagValues/dev"):
        refused = await shop.ask("DELETE", path)
        assert (refused.status, refused.code) == (409, "TagInUse")
    assert (await shop.ask("PUT", f"{NAMES}/none/tagValues/x")).code == "TagNameNotFound"
