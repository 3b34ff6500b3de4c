"""Deleted certificates, with the keys and the secrets behind them; and backups."""

from __future__ import annotations

from typing import Any

import pytest
from certificate_caller import SETTLED_S, create, created
from imports_made import shown, take, taken
from key_vault_caller import Caller, make_vault

VAULT_URL = "https://contoso-orders.vault.azure.net"
DAY_S = 24 * 60 * 60
KINDS = ("certificate", "key", "secret")


async def delete(caller: Caller, name: str = "orders") -> Any:
    answer = await caller.call("DELETE", f"/certificates/{name}")
    assert answer.status == 200, answer.body
    return answer.body


async def statuses(caller: Caller, path: str) -> dict[str, int]:
    """By kind, whether there is an object at a path such as `/{}s/orders`."""
    return {kind: (await caller.call("GET", path.format(kind))).status for kind in KINDS}


ALL_THERE = dict.fromkeys(KINDS, 200)
NONE_THERE = dict.fromkeys(KINDS, 404)


async def test_deleting_shows_the_certificate_and_until_when_it_can_come_back(caller: Caller) -> None:
    before = await taken(caller, tags={"team": "orders"})
    deleted = await delete(caller.at(1))
    assert deleted == {
        **before,
        "recoveryId": f"{VAULT_URL}/deletedcertificates/orders",
        "deletedDate": caller.now + 1,
        "scheduledPurgeDate": caller.now + 1 + 90 * DAY_S,
    }
    assert await shown(caller, "/deletedcertificates/orders") == deleted


async def test_the_key_and_the_secret_go_with_it_and_come_back_with_it(caller: Caller) -> None:
    before = await taken(caller)
    await delete(caller)
    assert await statuses(caller, "/{}s/orders") == NONE_THERE
    assert await statuses(caller, "/deleted{}s/orders") == ALL_THERE
    recovered = await caller.call("POST", "/deletedcertificates/orders/recover")
    assert (recovered.status, recovered.body) == (200, before)
    assert await statuses(caller, "/{}s/orders") == ALL_THERE
    assert await statuses(caller, "/deleted{}s/orders") == NONE_THERE


async def test_purging_removes_all_three(caller: Caller) -> None:
    await taken(caller)
    await delete(caller)
    purged = await caller.call("DELETE", "/deletedcertificates/orders")
    assert (purged.status, purged.body) == (204, None)
    assert await statuses(caller, "/deleted{}s/orders") == NONE_THERE
    assert (await caller.call("POST", "/deletedcertificates/orders/recover")).codes[:2] == (
        404,
        "CertificateNotFound",
    )
    again = await taken(caller)
    assert [item["id"] for item in (await shown(caller, "/certificates/orders/versions"))["value"]] == [
        again["id"]
    ]


async def test_what_purge_protection_keeps_is_not_purged(caller: Caller) -> None:
    keeping = caller.of(make_vault(purge_protection=True))
    await taken(keeping)
    await delete(keeping)
    assert (await keeping.call("DELETE", "/deletedcertificates/orders")).codes[:2] == (403, "Forbidden")
    assert await statuses(keeping, "/deleted{}s/orders") == ALL_THERE


async def test_the_name_of_a_deleted_certificate_is_not_free(caller: Caller) -> None:
    taken_names = (409, "Conflict", "ObjectIsDeletedButRecoverable")
    await taken(caller)
    await delete(caller)
    assert (await take(caller)).codes == taken_names
    assert (await create(caller)).codes == taken_names
    assert (await caller.call("PUT", "/secrets/orders", {"value": "horse"})).codes == taken_names
    assert (await caller.call("POST", "/keys/orders/create", {"kty": "EC"})).codes == taken_names


async def test_the_name_is_free_once_the_time_is_over(caller: Caller) -> None:
    await taken(caller)
    await delete(caller)
    much_later = caller.at(90 * DAY_S)
    assert (await much_later.call("GET", "/deletedcertificates/orders")).status == 404
    await taken(much_later)
    assert await statuses(much_later, "/{}s/orders") == ALL_THERE


async def test_deleted_certificates_are_listed(caller: Caller) -> None:
    for name in ("a", "b"):
        await taken(caller, name=name)
        await delete(caller, name)
    page = await shown(caller, "/deletedcertificates", query="maxresults=1")
    [item] = page["value"]
    assert item["recoveryId"] == f"{VAULT_URL}/deletedcertificates/a"
    assert item["id"] == f"{VAULT_URL}/certificates/a"
    assert item["x5t"]
    rest = await shown(caller, "/deletedcertificates", query=page["nextLink"].partition("7.4&")[2])
    assert [item["recoveryId"] for item in rest["value"]] == [f"{VAULT_URL}/deletedcertificates/b"]


async def test_a_deleted_certificate_that_was_never_finished_is_listed_where_that_is_asked_for(
    caller: Caller,
) -> None:
    await create(caller, issuer="Unknown")
    await delete(caller)
    assert (await shown(caller, "/deletedcertificates"))["value"] == []
    listed = await shown(caller, "/deletedcertificates", query="includePending=true")
    assert len(listed["value"]) == 1
    recovered = await caller.call("POST", "/deletedcertificates/orders/recover")
    assert "cer" not in recovered.body
    assert recovered.body["pending"]


@pytest.mark.parametrize("kind", ["key", "secret"])
async def test_what_stands_behind_is_not_deleted_recovered_or_purged_alone(caller: Caller, kind: str) -> None:
    managed = (403, "Forbidden", f"{kind.capitalize()}ManagedByKeyVault")
    await taken(caller)
    assert (await caller.call("DELETE", f"/{kind}s/orders")).codes == managed
    assert (await caller.call("POST", f"/{kind}s/orders/backup")).codes == managed
    await delete(caller)
    assert (await caller.call("POST", f"/deleted{kind}s/orders/recover")).codes == managed
    assert (await caller.call("DELETE", f"/deleted{kind}s/orders")).codes == managed
    assert await statuses(caller, "/deleted{}s/orders") == ALL_THERE


# --- beside one that was never finished, its name is free for a key or a secret of its own

OWN = {
    "key": ("POST", "/keys/orders/create", {"kty": "EC"}),
    "secret": ("PUT", "/secrets/orders", {"value": "h"}),
}


@pytest.mark.parametrize("kind", ["key", "secret"])
async def test_another_key_or_secret_is_not_deleted_with_one_that_was_never_finished(
    caller: Caller, kind: str
) -> None:
    await create(caller, issuer="Unknown")
    await caller.call(*OWN[kind])
    await delete(caller)
    assert (await statuses(caller, "/{}s/orders"))[kind] == 200


@pytest.mark.parametrize("kind", ["key", "secret"])
async def test_another_key_or_secret_is_not_purged_with_one_that_was_never_finished(
    caller: Caller, kind: str
) -> None:
    await create(caller, issuer="Unknown")
    await delete(caller)
    await caller.call(*OWN[kind])
    assert (await caller.call("DELETE", "/deletedcertificates/orders")).status == 204
    assert (await statuses(caller, "/{}s/orders"))[kind] == 200


@pytest.mark.parametrize("kind", ["key", "secret"])
async def test_another_deleted_key_or_secret_is_neither_recovered_nor_purged_with_one_that_was_never_finished(
    caller: Caller, kind: str
) -> None:
    await create(caller, issuer="Unknown")
    await caller.call(*OWN[kind])
    await caller.call("DELETE", f"/{kind}s/orders")
    await delete(caller)
    assert (await caller.call("POST", "/deletedcertificates/orders/recover")).status == 200
    assert (await statuses(caller, "/deleted{}s/orders"))[kind] == 200
    await delete(caller)
    assert (await caller.call("DELETE", "/deletedcertificates/orders")).status == 204
    assert (await statuses(caller, "/deleted{}s/orders"))[kind] == 200


# --- backups


async def backup(caller: Caller) -> str:
    answer = await caller.call("POST", "/certificates/orders/backup")
    assert answer.status == 200, answer.body
    value: str = answer.body["value"]
    return value


async def test_a_backup_brings_back_every_version_with_its_key_and_its_secret(caller: Caller) -> None:
    first = await taken(caller)
    second = await taken(caller.at(1), tags={"team": "orders"})
    secret = await shown(caller, "/secrets/orders")
    value = await backup(caller)
    await delete(caller)
    await caller.call("DELETE", "/deletedcertificates/orders")
    restored = await caller.call("POST", "/certificates/restore", {"value": value})
    assert (restored.status, restored.body) == (200, second)
    assert await shown(caller, first["id"].removeprefix(VAULT_URL)) == {**first, "policy": second["policy"]}
    assert await shown(caller, "/secrets/orders") == secret
    assert await statuses(caller, "/{}s/orders") == ALL_THERE


async def test_a_backup_of_one_that_was_made_here_has_its_operation(caller: Caller) -> None:
    await created(caller)
    before = await shown(caller.at(SETTLED_S), "/certificates/orders")
    value = await backup(caller.at(SETTLED_S))
    elsewhere = caller.of(make_vault("contoso-billing"))
    restored = await elsewhere.call("POST", "/certificates/restore", {"value": value})
    assert restored.body["x5t"] == before["x5t"]
    assert restored.body["pending"]["id"].startswith("https://contoso-billing.")


async def test_a_backup_is_not_restored_over_what_is_there(caller: Caller) -> None:
    await taken(caller)
    value = await backup(caller)
    restore = ("POST", "/certificates/restore", {"value": value})
    assert (await caller.call(*restore)).codes == (409, "Conflict", None)
    await delete(caller)
    assert (await caller.call(*restore)).codes == (409, "Conflict", "ObjectIsDeletedButRecoverable")


@pytest.mark.parametrize("kind", ["key", "secret"])
async def test_a_backup_is_not_restored_where_its_name_is_another_key_or_secret(
    caller: Caller, kind: str
) -> None:
    await taken(caller)
    value = await backup(caller)
    elsewhere = caller.of(make_vault("contoso-billing"))
    if kind == "key":
        await elsewhere.call("POST", "/keys/orders/create", {"kty": "EC"})
    else:
        await elsewhere.call("PUT", "/secrets/orders", {"value": "horse"})
    refused = await elsewhere.call("POST", "/certificates/restore", {"value": value})
    assert refused.codes == (409, "Conflict", None)
    assert (await elsewhere.call("GET", "/certificates/orders")).status == 404


async def test_a_backup_of_a_certificate_is_none_of_a_secret(caller: Caller) -> None:
    await taken(caller)
    value = await backup(caller)
    for path in ("/secrets/restore", "/keys/restore"):
        assert (await caller.call("POST", path, {"value": value})).codes == (400, "BadParameter", None)


@pytest.mark.parametrize("kind", ["key", "secret"])
async def test_a_backup_holds_no_other_key_or_secret_of_its_name(caller: Caller, kind: str) -> None:
    await create(caller, issuer="Unknown")
    await caller.call(*OWN[kind])
    value = await backup(caller)
    elsewhere = caller.of(make_vault("contoso-billing"))
    assert (await elsewhere.call("POST", "/certificates/restore", {"value": value})).status == 200
    assert (await statuses(elsewhere, "/{}s/orders"))[kind] == 404
