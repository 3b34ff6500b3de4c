"""Backups: sealed, whole, and only for vaults of the same subscription and geography."""

from __future__ import annotations

import base64

import msgspec
import pytest
from key_vault_caller import Caller, make_vault

from keyless.model.resources import Vault
from keyless.planes.keyvault.objects import backups
from keyless.planes.keyvault.objects.backups import BACKUP_KEYS
from keyless.planes.keyvault.objects.records import Head
from keyless.planes.keyvault.secrets.records import SECRETS
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.sqlite.store import SqliteStore

SECRET = "/secrets/db-password"


async def take(caller: Caller) -> str:
    """A backup of a secret with two versions."""
    await caller.call("PUT", SECRET, {"value": "first-horse", "tags": {"k": "1"}})
    await caller.call("PUT", SECRET, {"value": "second-horse"})
    answer = await caller.call("POST", f"{SECRET}/backup")
    return str(answer.body["value"])


async def restore(caller: Caller, backup: str) -> object:
    return (await caller.call("POST", "/secrets/restore", {"value": backup})).codes


async def test_a_restored_secret_is_as_it_was_in_every_version(caller: Caller) -> None:
    backup = await take(caller)
    before = await caller.call("GET", SECRET)
    versions = await caller.call("GET", f"{SECRET}/versions")
    await caller.call("DELETE", SECRET)
    await caller.call("DELETE", "/deletedsecrets/db-password")
    restored = await caller.at(60).call("POST", "/secrets/restore", {"value": backup})
    assert restored.body == {key: value for key, value in before.body.items() if key != "value"}
    assert await caller.call("GET", SECRET) == before
    assert await caller.call("GET", f"{SECRET}/versions") == versions


async def test_a_backup_can_be_restored_into_another_vault_of_the_subscription(caller: Caller) -> None:
    backup = await take(caller)
    billing = caller.of(make_vault("contoso-billing"))
    restored = await billing.call("POST", "/secrets/restore", {"value": backup + "=" * (-len(backup) % 4)})
    assert restored.body["id"].startswith("https://contoso-billing.vault.azure.net/secrets/db-password/")
    assert (await billing.call("GET", SECRET)).body["value"] == "second-horse"


async def test_a_backup_shows_nothing_of_what_is_in_it(caller: Caller) -> None:
    raw = base64.urlsafe_b64decode(await take(caller) + "==")
    assert b"horse" not in raw
    assert b"db-password" not in raw


async def test_two_backups_of_the_same_secret_differ(caller: Caller) -> None:
    assert await take(caller) != (await caller.call("POST", f"{SECRET}/backup")).body["value"]


async def test_an_altered_backup_is_refused(caller: Caller) -> None:
    raw = bytearray(base64.urlsafe_b64decode(await take(caller) + "=="))
    for at in (0, len(b"keyless secret backup 2\n"), len(raw) - 1):
        altered = bytes(raw[:at]) + bytes([raw[at] ^ 1]) + bytes(raw[at + 1 :])
        text = base64.urlsafe_b64encode(altered).decode()
        assert await restore(caller, text) == (400, "BadParameter", None)


@pytest.mark.parametrize("text", ["", "AAAA", "not base64url!", "é", "a"])
async def test_what_is_no_backup_is_refused(caller: Caller, text: str) -> None:
    await take(caller)
    assert await restore(caller, text) == (400, "BadParameter", None)


async def test_a_truncated_backup_is_refused(caller: Caller) -> None:
    backup = await take(caller)
    assert await restore(caller, backup[:60]) == (400, "BadParameter", None)


async def test_a_backup_does_not_open_in_another_subscription(caller: Caller) -> None:
    backup = await take(caller)
    elsewhere = Vault(
        caller.vault.resource_id.replace("000000000001", "000000000002", 1), "contoso-other", "westeurope"
    )
    other = caller.of(elsewhere)
    assert await restore(other, backup) == (400, "BadParameter", None)
    await take(other)
    await other.call("DELETE", SECRET)
    await other.call("DELETE", "/deletedsecrets/db-password")
    assert await restore(other, backup) == (400, "BadParameter", None)


def elsewhere(caller: Caller, location: str) -> Caller:
    """The same caller at a vault of the same subscription in some location."""
    vault = make_vault("contoso-billing")
    return caller.of(msgspec.structs.replace(vault, location=location))


async def test_a_backup_opens_in_every_region_of_its_geography(caller: Caller) -> None:
    backup = await take(caller)
    restored = await elsewhere(caller, "North Europe").call("POST", "/secrets/restore", {"value": backup})
    assert restored.status == 200


async def test_a_backup_does_not_open_in_another_geography_and_says_where_it_does(caller: Caller) -> None:
    backup = await take(caller)
    answer = await elsewhere(caller, "japaneast").call("POST", "/secrets/restore", {"value": backup})
    assert answer.codes == (400, "BadParameter", None)
    message = answer.body["error"]["message"]
    assert message.startswith("Cannot decrypt backup blob.")
    assert "the geography Europe" in message
    assert "in Japan" in message


async def test_a_backup_is_not_restored_over_a_secret_live_or_deleted(caller: Caller) -> None:
    backup = await take(caller)
    assert await restore(caller, backup) == (409, "Conflict", None)
    await caller.call("DELETE", SECRET)
    assert await restore(caller, backup) == (409, "Conflict", "ObjectIsDeletedButRecoverable")


async def test_only_what_is_there_can_be_backed_up(caller: Caller) -> None:
    answer = await caller.call("POST", f"{SECRET}/backup")
    assert answer.codes == (404, "SecretNotFound", None)


async def test_a_backup_has_a_limit_of_versions_and_bytes(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(caller)
    monkeypatch.setattr(backups, "MAX_VERSIONS", 1)
    assert (await caller.call("POST", f"{SECRET}/backup")).codes == (400, "BadParameter", None)
    monkeypatch.setattr(backups, "MAX_VERSIONS", 500)
    monkeypatch.setattr(backups, "MAX_BACKUP_BYTES", 100)
    assert (await caller.call("POST", f"{SECRET}/backup")).codes == (400, "BadParameter", None)


async def test_the_backup_key_is_made_once_and_kept_sealed(caller: Caller, store: SqliteStore) -> None:
    await take(caller)
    await caller.call("POST", f"{SECRET}/backup")
    [(key, record)] = await store.scan(BACKUP_KEYS)
    assert key == ("7e4a0000-0000-4000-8000-000000000001", "5e1f0000-0000-4000-8000-000000000001")
    assert BACKUP_KEYS.sealed
    assert repr(record) == "BackupKey(…)"


async def test_a_failed_restore_leaves_nothing_behind(
    caller: Caller, secrets: Secrets, store: SqliteStore
) -> None:
    backup = await take(caller)
    await restore(caller, backup)
    assert await secrets.list_names(caller.vault) == ["db-password"]
    [(_, head)] = await store.scan(SECRETS)
    assert isinstance(head, Head)
