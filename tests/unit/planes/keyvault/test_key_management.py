"""Managing keys: further versions, rotation policies and who rotates, HSM types, exportable keys."""

from __future__ import annotations

import asyncio

import pytest
from key_vault_caller import Caller, make_vault

from keyless.planes.keyvault.keys.service import Keys
from keyless.store.sqlite.store import SqliteStore

DAY = 86_400
EC = {"kty": "EC"}
EXPORTABLE = {"kty": "EC-HSM", "attributes": {"exportable": True}, "release_policy": {"data": "e30"}}
POLICY = "/keys/sign/rotationpolicy"
NOTIFY = {"trigger": {"timeBeforeExpiry": "P30D"}, "action": {"type": "Notify"}}


def action(kind: str, **trigger: str) -> dict[str, object]:
    return {"trigger": trigger, "action": {"type": kind}}


def premium(caller: Caller) -> Caller:
    return caller.of(make_vault(sku="premium"))


async def create(caller: Caller, body: object = EC, name: str = "sign") -> tuple[int, str]:
    """Create a key; the status, and the version or the message."""
    answer = await caller.call("POST", f"/keys/{name}/create", body, api_version="7.6")
    told = answer.body["key"]["kid"] if answer.status == 200 else answer.body["error"]["message"]
    return answer.status, told


async def test_a_disabled_key_can_still_be_read(caller: Caller) -> None:
    await create(caller, {**EC, "attributes": {"enabled": False}})
    answer = await caller.call("GET", "/keys/SIGN")
    assert answer.status == 200
    assert answer.body["attributes"]["enabled"] is False
    assert "/keys/sign/" in answer.body["key"]["kid"]


async def test_an_update_leaves_alone_what_it_does_not_name(caller: Caller) -> None:
    await create(caller, {**EC, "tags": {"a": "b"}, "attributes": {"exp": caller.now + DAY}})
    changed = (await caller.call("PATCH", "/keys/sign", {"key_ops": ["verify"]})).body
    assert (changed["tags"], changed["attributes"]["exp"]) == ({"a": "b"}, caller.now + DAY)
    assert changed["key"]["key_ops"] == ["verify"]


async def test_hsm_types_are_for_premium_vaults_alone(caller: Caller) -> None:
    status, message = await create(caller, {"kty": "EC-HSM"})
    assert status == 403
    assert message.startswith("Hardware key operation not allowed on standard vault")
    assert (await create(premium(caller), {"kty": "EC-HSM"}))[0] == 200


async def test_what_a_key_is_exported_by_belongs_to_it_as_a_whole(caller: Caller) -> None:
    vault = premium(caller)
    assert (await create(vault, EXPORTABLE))[0] == 200
    _, kid = await create(vault, {"kty": "EC-HSM"})
    found = (await vault.call("GET", "/keys/sign")).body
    assert (found["attributes"]["exportable"], found["release_policy"]["data"]) == (True, "e30")
    status, message = await create(vault, {"kty": "EC-HSM", "attributes": {"exportable": False}})
    assert (status, message[:13]) == (400, "AKV.SKR.1003:")
    named = f"/keys/sign/{kid.rpartition('/')[2]}"
    refused = await vault.call("PATCH", named, {"release_policy": {"data": "e31"}})
    assert refused.body["error"]["message"].startswith("AKV.SKR.1016:")
    changed = await vault.call("PATCH", "/keys/sign", {"release_policy": {"data": "e31"}})
    assert changed.body["release_policy"]["data"] == "e31"


@pytest.mark.parametrize(("kty", "code"), [("EC", "AKV.SKR.1006:"), ("EC-HSM", "")])
async def test_only_keys_of_an_hsm_type_are_exportable(caller: Caller, kty: str, code: str) -> None:
    status, message = await create(premium(caller), {**EXPORTABLE, "kty": kty})
    assert (status == 400) is bool(code)
    assert message.startswith(code)


async def test_a_policy_always_notifies(caller: Caller) -> None:
    await create(caller)
    assert (await caller.call("GET", POLICY)).body["lifetimeActions"] == [NOTIFY]
    rotate = action("Rotate", timeAfterCreate="P2M")
    put = await caller.call("PUT", POLICY, {"lifetimeActions": [rotate]})
    assert put.body["lifetimeActions"] == [rotate, NOTIFY]
    own = action("Notify", timeBeforeExpiry="P10D")
    assert (await caller.call("PUT", POLICY, {"lifetimeActions": [own]})).body["lifetimeActions"] == [own]


@pytest.mark.parametrize(
    ("actions", "expiry"),
    [
        ([], "P27D"),
        ([], "soon"),
        ([action("Rotate", timeAfterCreate="P6D")], None),
        ([action("Rotate", timeBeforeExpiry="P30D")], None),
        ([action("Rotate", timeAfterCreate="P84D")], "P90D"),
        ([action("Rotate", timeAfterCreate="P30D", timeBeforeExpiry="P30D")], "P90D"),
        ([action("Rotate")], "P90D"),
        ([action("Notify", timeAfterCreate="P30D")], "P90D"),
        ([action("Burn", timeAfterCreate="P30D")], "P90D"),
        ([NOTIFY, NOTIFY], "P90D"),
    ],
)
async def test_a_policy_that_cannot_be_is_refused(
    caller: Caller, actions: list[object], expiry: str | None
) -> None:
    await create(caller)
    attributes = {"expiryTime": expiry} if expiry else {}
    answer = await caller.call("PUT", POLICY, {"lifetimeActions": actions, "attributes": attributes})
    assert answer.codes == (400, "BadParameter", None)


async def test_a_rotated_version_is_like_the_newest_and_ends_as_the_policy_says(caller: Caller) -> None:
    await create(caller, {"kty": "EC", "crv": "P-384", "tags": {"a": "b"}, "key_ops": ["sign"]})
    await caller.call("PUT", POLICY, {"attributes": {"expiryTime": "P90D"}})
    before = (await caller.call("GET", "/keys/sign")).body
    rotated = (await caller.at(60).call("POST", "/keys/sign/rotate")).body
    assert rotated["key"]["x"] != before["key"]["x"]
    assert (rotated["key"]["crv"], rotated["key"]["key_ops"], rotated["tags"]) == (
        "P-384",
        ["sign"],
        {"a": "b"},
    )
    assert rotated["attributes"]["exp"] == caller.now + 60 + 90 * DAY


async def test_two_who_rotate_by_a_policy_at_once_rotate_once(caller: Caller, store: SqliteStore) -> None:
    await create(caller)
    await caller.call("PUT", POLICY, {"lifetimeActions": [action("Rotate", timeAfterCreate="P7D")]})
    keys, later = Keys(store), caller.now + 7 * DAY
    assert await keys.rotate_if_due(caller.vault, "sign", now=later - 1) is None
    done = await asyncio.gather(*(keys.rotate_if_due(caller.vault, "sign", now=later) for _ in range(2)))
    assert sorted(one is None for one in done) == [False, True]
    assert len((await caller.call("GET", "/keys/sign/versions")).body["value"]) == 2


async def test_a_rotation_policy_comes_back_with_a_backup(caller: Caller) -> None:
    await create(caller)
    put = await caller.call("PUT", POLICY, {"attributes": {"expiryTime": "P90D"}})
    backup = (await caller.call("POST", "/keys/sign/backup")).body
    await caller.call("DELETE", "/keys/sign")
    await caller.call("DELETE", "/deletedkeys/sign")
    assert (await caller.call("GET", POLICY)).codes == (404, "KeyNotFound", None)
    assert (await caller.call("POST", "/keys/restore", backup)).status == 200
    assert (await caller.call("GET", POLICY)).body == put.body


@pytest.mark.parametrize(("method", "verb"), [("POST", "release"), ("GET", "attestation")])
async def test_what_is_not_served_says_so_of_a_key_that_is_there(
    caller: Caller, method: str, verb: str
) -> None:
    missing = await caller.call(method, f"/keys/sign/{verb}", api_version="7.6")
    assert missing.codes == (404, "KeyNotFound", None)
    await create(caller)
    assert (await caller.call(method, f"/keys/sign/{verb}", api_version="7.6")).status == 501
