"""Management groups: the tree, and who may change it."""

from __future__ import annotations

from typing import Any

import pytest
from arm_site import SUBSCRIPTION, SUBSCRIPTION_ID, TENANT_ID, Answer, ArmSite

from keyless.planes.arm.api_versions import MANAGEMENT_GROUPS as VERSIONS
from wire_schemas import check

ALL = "/providers/Microsoft.Management/managementGroups"
VERSION = "2020-05-01"


@pytest.fixture
async def tree(arm: ArmSite) -> ArmSite:
    """A tenant whose root has an owner."""
    await arm.grant("root", "owner", "/")
    return arm


async def ask(
    arm: ArmSite,
    method: str,
    path: str,
    body: object = None,
    *,
    version: str = VERSION,
    who: str = "root",
    query: str = "",
) -> Answer:
    answer = await arm.ask(method, path, body, who=who, version=version, query=query)
    if answer.status < 400:
        check(method, path, f"api-version={version}", answer.status, answer.headers, answer.raw)
    return answer


def asked(name: str = "", parent: str = "") -> dict[str, Any]:
    details = {"details": {"parent": {"id": f"{ALL}/{parent}"}}} if parent else {}
    return {"properties": {"displayName": name or None, **details}}


async def make(arm: ArmSite, name: str, parent: str = "", **how: Any) -> Answer:
    return await ask(arm, "PUT", f"{ALL}/{name}", asked(name.title(), parent), **how)


@pytest.mark.parametrize("version", VERSIONS.known)
async def test_a_group_is_made_read_renamed_and_deleted(tree: ArmSite, version: str) -> None:
    made = await make(tree, "shops", version=version)
    assert made.body["properties"]["details"]["parent"]["name"] == TENANT_ID
    renamed = await ask(tree, "PATCH", f"{ALL}/SHOPS", {"displayName": "All shops"}, version=version)
    assert renamed.body["properties"]["displayName"] == "All shops"
    read = await ask(tree, "GET", f"{ALL}/shops", version=version)
    assert read.body == renamed.body
    listed = await ask(tree, "GET", ALL, version=version)
    assert sorted(one["name"] for one in listed.body["value"]) == sorted([TENANT_ID, "shops"])
    gone = await ask(tree, "DELETE", f"{ALL}/shops", version=version)
    assert gone.status == 202
    for link in ("azure-asyncoperation", "location"):
        assert (await tree.ask("GET", gone.headers[link], who="root")).status == 200
    assert (await ask(tree, "DELETE", f"{ALL}/shops", version=version)).status == 204
    assert (await ask(tree, "GET", f"{ALL}/shops", version=version)).status == 404


async def test_what_lies_in_a_group_is_shown_on_demand(tree: ArmSite) -> None:
    await make(tree, "shops")
    await make(tree, "north", "shops")
    await ask(tree, "PUT", f"{ALL}/north/subscriptions/{SUBSCRIPTION_ID}")
    plain = await ask(tree, "GET", f"{ALL}/shops", query="$expand=children")
    assert [one["name"] for one in plain.body["properties"]["children"]] == ["north"]
    deep = await ask(tree, "GET", f"{ALL}/shops", query="$expand=children&$recurse=true")
    (north,) = deep.body["properties"]["children"]
    assert [one["type"] for one in north["children"]] == ["/subscriptions"]
    path = await ask(tree, "GET", f"{ALL}/north", query="$expand=path")
    assert [one["name"] for one in path.body["properties"]["details"]["path"]] == [TENANT_ID, "shops"]
    below = await ask(tree, "GET", f"{ALL}/shops/descendants")
    assert [one["name"] for one in below.body["value"]] == ["north", SUBSCRIPTION_ID]
    entities = await ask(tree, "POST", "/providers/Microsoft.Management/getEntities")
    found = {one["name"]: one["properties"] for one in entities.body["value"]}
    assert found["shops"]["numberOfDescendants"] == 2
    assert found[SUBSCRIPTION_ID]["parentNameChain"] == [TENANT_ID, "shops", "north"]
    assert found["shops"]["permissions"] == "delete"


async def test_the_subscription_lies_in_one_group(tree: ArmSite) -> None:
    await make(tree, "shops")
    await make(tree, "labs")
    for name in ("shops", "labs"):
        moved = await ask(tree, "PUT", f"{ALL}/{name}/subscriptions/{SUBSCRIPTION_ID}")
        assert moved.body["properties"]["parent"]["id"] == f"{ALL}/{name}"
    assert (await ask(tree, "GET", f"{ALL}/shops/subscriptions/{SUBSCRIPTION_ID}")).status == 404
    assert (await ask(tree, "GET", f"{ALL}/labs/subscriptions/{SUBSCRIPTION_ID}")).status == 200
    assert len((await ask(tree, "GET", f"{ALL}/labs/subscriptions")).body["value"]) == 1
    assert (await ask(tree, "DELETE", f"{ALL}/labs")).status == 409
    assert (await ask(tree, "DELETE", f"{ALL}/shops/subscriptions/{SUBSCRIPTION_ID}")).status == 204
    assert (await ask(tree, "DELETE", f"{ALL}/labs/subscriptions/{SUBSCRIPTION_ID}")).status == 200
    assert len((await ask(tree, "GET", f"{ALL}/{TENANT_ID}/subscriptions")).body["value"]) == 1
    other = f"{ALL}/labs/subscriptions/{SUBSCRIPTION_ID[:-1]}9"
    assert (await ask(tree, "PUT", other)).code == "SubscriptionNotFound"


async def test_a_role_at_a_group_holds_for_what_is_in_it_from_when_it_is(tree: ArmSite) -> None:
    await make(tree, "shops")
    await tree.grant("guest", "reader", f"{ALL}/shops")
    assert (await tree.ask("GET", SUBSCRIPTION, who="guest", version="2022-12-01")).status == 403
    await ask(tree, "PUT", f"{ALL}/shops/subscriptions/{SUBSCRIPTION_ID}")
    assert (await tree.ask("GET", SUBSCRIPTION, who="guest", version="2022-12-01")).status == 200
    assert (
        len((await tree.ask("GET", "/subscriptions", who="guest", version="2022-12-01")).body["value"]) == 1
    )
    listed = await ask(tree, "GET", ALL, who="guest")
    assert [one["name"] for one in listed.body["value"]] == ["shops"]


async def test_nobody_gains_rights_on_what_he_moves_under_himself(tree: ArmSite) -> None:
    await make(tree, "mine")
    await make(tree, "theirs")
    await tree.grant("mallory", "owner", f"{ALL}/mine")
    moved = await ask(tree, "PUT", f"{ALL}/mine/subscriptions/{SUBSCRIPTION_ID}", who="mallory")
    assert (moved.status, moved.code) == (403, "LinkedAuthorizationFailed")
    assert "'Microsoft.Authorization/roleAssignments/write'" in moved.message
    below = await ask(tree, "PUT", f"{ALL}/theirs", asked("x", "mine"), who="mallory")
    assert (below.status, below.code) == (403, "AuthorizationFailed")
    inside = await make(tree, "inside", "mine")
    assert inside.status == 200
    out = await ask(tree, "PUT", f"{ALL}/inside", asked("x", "theirs"), who="mallory")
    assert (out.status, out.code) == (403, "LinkedAuthorizationFailed")


@pytest.mark.parametrize(
    ("name", "parent", "code"),
    [
        ("a b", "", "InvalidGroupId"),
        ("a.", "", "InvalidGroupId"),
        ("a", "none", "NotFound"),
        ("one", "three", "BadRequest"),
        ("one", "one", "BadRequest"),
        ("seven", "six", "BadRequest"),
        (TENANT_ID, "one", "BadRequest"),
    ],
)
async def test_a_group_lies_where_one_can(tree: ArmSite, name: str, parent: str, code: str) -> None:
    above = ""
    for each in ("one", "two", "three", "four", "five", "six"):
        assert (await make(tree, each, above)).status == 200
        above = each
    refused = await make(tree, name, parent)
    assert refused.code == code


async def test_roles_on_a_group_go_with_it(tree: ArmSite) -> None:
    await make(tree, "shops")
    await tree.grant("mallory", "owner", f"{ALL}/shops")
    await ask(tree, "DELETE", f"{ALL}/shops")
    await make(tree, "shops")
    assert (await ask(tree, "GET", f"{ALL}/shops", who="mallory")).status == 403


async def test_the_root_group_stays(tree: ArmSite) -> None:
    assert (await ask(tree, "DELETE", f"{ALL}/{TENANT_ID}")).code == "BadRequest"
    odd = await ask(tree, "PUT", f"{ALL}/a", {"properties": {"details": {"parent": {"id": "/a/b"}}}})
    assert odd.code == "InvalidParent"
