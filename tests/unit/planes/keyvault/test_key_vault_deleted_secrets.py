"""Soft delete: what a deleted secret does, how it comes back, and when it is gone."""

from __future__ import annotations

import pytest
from key_vault_caller import Caller, make_vault

from keyless.model.resources import Vault
from keyless.planes.keyvault.secrets.errors import SecretNotFound
from keyless.planes.keyvault.secrets.records import DELETED_SECRETS, SECRET_VERSIONS
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.sqlite.store import SqliteStore

SECRET = "/secrets/db-password"
DELETED = "/deletedsecrets/db-password"
DAY = 86_400


async def delete_one(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": "v", "contentType": "password", "tags": {"k": "1"}})
    assert (await caller.call("DELETE", SECRET)).status == 200


async def test_deleting_answers_with_when_it_was_and_until_when_it_can_come_back(
    caller: Caller, now: int
) -> None:
    written = await caller.call("PUT", SECRET, {"value": "v", "tags": {"k": "1"}})
    deleted = await caller.call("DELETE", SECRET)
    assert deleted.body == {
        "recoveryId": f"https://contoso-orders.vault.azure.net{DELETED}",
        "deletedDate": now,
        "scheduledPurgeDate": now + 90 * DAY,
        "id": written.body["id"],
        "attributes": written.body["attributes"],
        "tags": {"k": "1"},
    }
    assert await caller.call("GET", DELETED) == deleted


async def test_a_deleted_secret_is_not_found_among_the_live(caller: Caller) -> None:
    await delete_one(caller)
    for method, path, body in (
        ("GET", SECRET, None),
        ("PATCH", SECRET, {"tags": {}}),
        ("DELETE", SECRET, None),
        ("POST", f"{SECRET}/backup", None),
    ):
        assert (await caller.call(method, path, body)).codes == (404, "SecretNotFound", None)


async def test_a_deleted_secret_is_not_said_to_be_missing(secrets: Secrets, caller: Caller, now: int) -> None:
    await delete_one(caller)
    deleted = await secrets.get_deleted(caller.vault, "db-password", now=now)
    assert deleted.head.purge_at == now + 90 * DAY
    assert (await missing(secrets, caller.vault, now)) is None
    assert (await missing(secrets, caller.vault, now + 90 * DAY)) is not None


async def missing(secrets: Secrets, vault: Vault, now: int) -> object:
    """What a get of the secret says is missing."""
    with pytest.raises(SecretNotFound) as caught:
        await secrets.get(vault, "db-password", now=now)
    return caught.value.missing


async def test_the_name_of_a_deleted_secret_cannot_be_used(caller: Caller) -> None:
    await delete_one(caller)
    refused = await caller.call("PUT", SECRET, {"value": "other"})
    assert refused.codes == (409, "Conflict", "ObjectIsDeletedButRecoverable")


async def test_a_recovered_secret_is_as_it_was(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": "one"})
    before = await caller.call("PUT", SECRET, {"value": "two", "tags": {"k": "1"}})
    await caller.call("DELETE", SECRET)
    recovered = await caller.at(60).call("POST", f"{DELETED}/recover")
    assert recovered.body == {key: value for key, value in before.body.items() if key != "value"}
    assert await caller.call("GET", SECRET) == before
    assert len((await caller.call("GET", f"{SECRET}/versions")).body["value"]) == 2
    assert (await caller.call("GET", DELETED)).codes == (404, "SecretNotFound", None)


async def test_a_purged_secret_is_gone_with_all_its_versions(caller: Caller, store: SqliteStore) -> None:
    await caller.call("PUT", SECRET, {"value": "one"})
    await delete_one(caller)
    purged = await caller.call("DELETE", DELETED)
    assert (purged.status, purged.body) == (204, None)
    assert (await caller.call("GET", DELETED)).body["error"][
        "message"
    ] == "Deleted Secret not found: db-password"
    assert not await store.scan(SECRET_VERSIONS)
    assert (await caller.call("PUT", SECRET, {"value": "new"})).status == 200


async def test_purge_protection_keeps_deleted_secrets(caller: Caller) -> None:
    protected = caller.of(make_vault(purge_protection=True))
    await delete_one(protected)
    refused = await protected.call("DELETE", DELETED)
    assert refused.codes == (403, "Forbidden", None)
    assert "purge protection is enabled for this vault" in refused.body["error"]["message"]
    assert (await protected.call("POST", f"{DELETED}/recover")).status == 200


async def test_what_was_never_deleted_can_be_neither_shown_recovered_nor_purged(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": "v"})
    for method, path in (("GET", DELETED), ("POST", f"{DELETED}/recover"), ("DELETE", DELETED)):
        assert (await caller.call(method, path)).codes == (404, "SecretNotFound", None)
    assert (await caller.call("GET", SECRET)).status == 200


async def test_a_disabled_deleted_secret_is_not_shown(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": "v", "attributes": {"enabled": False}})
    await caller.call("DELETE", SECRET)
    assert (await caller.call("GET", DELETED)).codes == (403, "Forbidden", "SecretDisabled")


async def test_a_deleted_secret_is_gone_once_its_time_is_over(caller: Caller) -> None:
    week = caller.of(make_vault(soft_delete_retention_days=7))
    await delete_one(week)
    assert (await week.at(7 * DAY - 1).call("GET", DELETED)).status == 200
    later = week.at(7 * DAY)
    assert (await later.call("GET", DELETED)).codes == (404, "SecretNotFound", None)
    assert (await later.call("POST", f"{DELETED}/recover")).status == 404
    assert (await later.call("DELETE", DELETED)).status == 404
    assert (await later.call("GET", "/deletedsecrets")).body == {"value": [], "nextLink": None}


async def test_a_name_is_free_again_once_its_time_is_over(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": "one"})
    await delete_one(caller)
    later = caller.at(90 * DAY)
    assert (await later.call("PUT", SECRET, {"value": "new"})).status == 200
    assert len((await later.call("GET", f"{SECRET}/versions")).body["value"]) == 1
    assert (await later.call("GET", DELETED)).status == 404


async def test_a_deletion_clears_away_what_is_gone(caller: Caller, store: SqliteStore) -> None:
    await delete_one(caller)
    later = caller.at(90 * DAY)
    await later.call("PUT", "/secrets/other", {"value": "v"})
    await later.call("DELETE", "/secrets/other")
    assert [key for key, _ in await store.scan(DELETED_SECRETS)] == [("contoso-orders", "other")]
    assert [key[1] for key, _ in await store.scan(SECRET_VERSIONS)] == ["other"]
