"""Setting, getting and updating secrets, as the official clients see it."""

from __future__ import annotations

import re

import pytest
from key_vault_caller import Caller, make_vault

from keyless.model.resources import Vault
from keyless.planes.keyvault.api_versions import KEY_VAULT
from keyless.planes.keyvault.secrets.records import SECRET_VERSIONS
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.sqlite.store import SqliteStore
from keyless.wire.errors import Missing, NotFound

SECRET = "/secrets/db-password"


async def test_setting_a_secret_answers_with_its_version_and_value(caller: Caller, now: int) -> None:
    answer = await caller.call("PUT", SECRET, {"value": "s3cret"})
    assert answer.status == 200
    assert re.fullmatch(
        r"https://contoso-orders\.vault\.azure\.net/secrets/db-password/[0-9a-f]{32}", answer.body["id"]
    )
    assert answer.body["value"] == "s3cret"
    assert answer.body["attributes"] == {
        "enabled": True,
        "created": now,
        "updated": now,
        "recoveryLevel": "Recoverable+Purgeable",
        "recoverableDays": 90,
    }


async def test_what_was_set_is_got_back(caller: Caller) -> None:
    given = {
        "value": "s3cret",
        "contentType": "password",
        "tags": {"team": "orders"},
        "attributes": {"enabled": True, "nbf": 1_422_864_000, "exp": 2_527_401_600},
    }
    written = await caller.call("PUT", SECRET, given)
    assert await caller.call("GET", SECRET) == written
    assert written.body | given == written.body | {"attributes": given["attributes"]}
    assert written.body["attributes"] == written.body["attributes"] | given["attributes"]


async def test_an_empty_value_is_a_value(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": ""})
    assert (await caller.call("GET", SECRET)).body["value"] == ""


async def test_unknown_and_read_only_fields_of_a_request_are_ignored(caller: Caller, now: int) -> None:
    attributes = {"created": 1, "recoveryLevel": "Purgeable", "odd": True}
    answer = await caller.call("PUT", SECRET, {"value": "v", "odd": 1, "attributes": attributes})
    assert answer.body["attributes"]["created"] == now
    assert answer.body["attributes"]["recoveryLevel"] == "Recoverable+Purgeable"


async def test_setting_again_makes_a_new_version_and_keeps_the_old(caller: Caller) -> None:
    first = await caller.call("PUT", SECRET, {"value": "one"})
    second = await caller.at(5).call("PUT", SECRET, {"value": "two"})
    assert first.body["id"] != second.body["id"]
    assert (await caller.call("GET", SECRET + "/")).body["value"] == "two"
    assert (await caller.call("GET", path_of(first.body["id"]))).body["value"] == "one"
    assert (await caller.call("GET", path_of(first.body["id"]).upper())).body["value"] == "one"


async def test_names_compare_without_case_and_keep_their_first_spelling(caller: Caller) -> None:
    await caller.call("PUT", "/secrets/Db-Password", {"value": "one"})
    again = await caller.call("PUT", "/secrets/DB-PASSWORD", {"value": "two"})
    assert "/secrets/Db-Password/" in again.body["id"]
    assert (await caller.call("GET", SECRET)).body["value"] == "two"


async def test_vaults_do_not_see_each_others_secrets(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": "v"})
    other = await caller.of(make_vault("contoso-billing")).call("GET", SECRET)
    assert other.codes == (404, "SecretNotFound", None)


async def test_an_unknown_secret_is_not_found_and_said_to_be_missing(
    secrets: Secrets, vault: Vault, now: int
) -> None:
    with pytest.raises(NotFound, match=r"db-password was not found in this key vault") as caught:
        await secrets.get(vault, "db-password", now=now)
    assert caught.value.missing == Missing("secret", "contoso-orders", "db-password")


async def test_an_unknown_version_is_not_found_but_the_secret_is_not_missing(
    caller: Caller, secrets: Secrets, vault: Vault, now: int
) -> None:
    await caller.call("PUT", SECRET, {"value": "v"})
    answer = await caller.call("GET", f"{SECRET}/{'0' * 32}")
    assert answer.codes == (404, "SecretNotFound", None)
    with pytest.raises(NotFound) as caught:
        await secrets.get(vault, "db-password", "0" * 32, now=now)
    assert caught.value.missing is None


async def test_the_value_of_a_disabled_secret_is_not_given_out(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": "v", "attributes": {"enabled": False}})
    answer = await caller.call("GET", SECRET)
    assert answer.codes == (403, "Forbidden", "SecretDisabled")
    assert answer.body["error"]["message"] == "Operation get is not allowed on a disabled secret."


async def test_a_secret_can_be_got_before_and_after_its_time(caller: Caller, now: int) -> None:
    await caller.call("PUT", SECRET, {"value": "v", "attributes": {"nbf": now + 60, "exp": now + 90}})
    assert (await caller.call("GET", SECRET)).status == 200
    assert (await caller.at(120).call("GET", SECRET)).status == 200


async def test_a_time_that_a_client_wrapped_around_in_2038_is_taken(caller: Caller) -> None:
    answer = await caller.call("PUT", SECRET, {"value": "v", "attributes": {"exp": -1_856_058_368}})
    assert answer.body["attributes"]["exp"] == -1_856_058_368


@pytest.mark.parametrize("name", ["db_password", "a.b", "x" * 128, "naïve", "a b"])
async def test_a_name_that_no_secret_can_have_is_refused(caller: Caller, name: str) -> None:
    for method, body in (("GET", None), ("PUT", {"value": "v"})):
        answer = await caller.call(method, f"/secrets/{name}", body)
        assert answer.codes == (400, "BadParameter", None)
        assert "The request URI contains an invalid name: " in answer.body["error"]["message"]


@pytest.mark.parametrize(
    ("request_body", "field"),
    [
        ({"value": "x" * 25_601}, "value"),
        ({"value": "é" * 12_801}, "value"),
        ({"value": "v", "contentType": "t" * 256}, "contentType"),
        ({"value": "v", "tags": {str(n): "" for n in range(16)}}, "tags"),
        ({"value": "v", "tags": {"k" * 513: ""}}, "tags"),
        ({"value": "v", "tags": {"k": "v" * 513}}, "tags"),
        ({"value": "v", "attributes": {"exp": -(10**11)}}, "exp"),
        ({"value": "v", "attributes": {"nbf": 10**12}}, "nbf"),
    ],
)
async def test_what_is_too_large_is_refused_and_not_repeated(
    caller: Caller, request_body: dict[str, object], field: str
) -> None:
    answer = await caller.call("PUT", SECRET, request_body)
    assert answer.codes == (400, "BadParameter", None)
    assert answer.body["error"]["message"].startswith(f"Property  has invalid value\r\n{field}: ")
    assert len(answer.body["error"]["message"]) < 150
    assert (await caller.call("GET", SECRET)).status == 404


async def test_the_largest_of_everything_is_taken(caller: Caller) -> None:
    tags = {f"{n:0512}": "v" * 512 for n in range(15)}
    largest = {"value": "x" * 25_600, "contentType": "t" * 255, "tags": tags}
    answer = await caller.call("PUT", "/secrets/" + "n" * 127, largest)
    assert answer.status == 200


async def test_an_update_changes_what_it_names_and_nothing_else(caller: Caller, now: int) -> None:
    written = await caller.call(
        "PUT", SECRET, {"value": "v", "contentType": "a", "tags": {"k": "1"}, "attributes": {"exp": now + 9}}
    )
    changes = {"contentType": "b", "attributes": {"enabled": False}}
    changed = await caller.at(5).call("PATCH", path_of(written.body["id"]), changes)
    assert changed.body["id"] == written.body["id"]
    assert changed.body["contentType"] == "b"
    assert changed.body["tags"] == {"k": "1"}
    assert "value" not in changed.body
    expected = {"enabled": False, "updated": now + 5}
    assert changed.body["attributes"] == written.body["attributes"] | expected


async def test_an_update_without_a_version_is_of_the_newest(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": "one"})
    newest = await caller.call("PUT", SECRET, {"value": "two"})
    changed = await caller.call("PATCH", SECRET + "/", {"tags": {}})
    assert changed.body["id"] == newest.body["id"]
    assert changed.body["tags"] == {}


async def test_a_disabled_secret_can_be_updated(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": "v", "attributes": {"enabled": False}})
    assert (await caller.call("PATCH", SECRET, {"attributes": {"enabled": True}})).status == 200
    assert (await caller.call("GET", SECRET)).body["value"] == "v"


async def test_an_update_of_what_is_not_there_is_not_found(caller: Caller) -> None:
    assert (await caller.call("PATCH", SECRET, {"tags": {}})).codes == (404, "SecretNotFound", None)
    await caller.call("PUT", SECRET, {"value": "v"})
    unknown = await caller.call("PATCH", f"{SECRET}/{'0' * 32}", {"tags": {}})
    assert unknown.codes == (404, "SecretNotFound", None)


async def test_an_update_beyond_the_limits_is_refused(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": "v"})
    refused = await caller.call("PATCH", SECRET, {"contentType": "t" * 256})
    assert refused.codes == (400, "BadParameter", None)


@pytest.mark.parametrize(
    ("days", "protected", "level"),
    [
        (90, False, "Recoverable+Purgeable"),
        (90, True, "Recoverable"),
        (7, False, "CustomizedRecoverable+Purgeable"),
        (30, True, "CustomizedRecoverable"),
    ],
)
async def test_the_recovery_level_follows_retention_and_purge_protection(
    caller: Caller, days: int, protected: bool, level: str
) -> None:
    vault = make_vault(soft_delete_retention_days=days, purge_protection=protected)
    answer = await caller.of(vault).call("PUT", SECRET, {"value": "v"})
    assert answer.body["attributes"]["recoveryLevel"] == level
    assert answer.body["attributes"]["recoverableDays"] == days


@pytest.mark.parametrize("api_version", KEY_VAULT.known)
async def test_attributes_have_recoverable_days_from_7_1_on(caller: Caller, api_version: str) -> None:
    answer = await caller.call("PUT", SECRET, {"value": "v"}, api_version=api_version)
    expected = api_version not in {"2016-10-01", "7.0"}
    assert ("recoverableDays" in answer.body["attributes"]) is expected


@pytest.mark.parametrize("version", ["7.0", "7.6", "2025-07-01", "2026-04-01", "7.6-preview.2", "2016-10-01"])
def test_the_api_versions_of_the_clients_are_known(version: str) -> None:
    assert version in KEY_VAULT


async def test_a_certificate_format_may_be_asked_for_and_changes_nothing(caller: Caller) -> None:
    await caller.call("PUT", SECRET, {"value": "v"})
    for known in ("application/x-pem-file", "application%2Fx-pkcs12"):
        found = await caller.call("GET", SECRET, query=f"outContentType={known}", api_version="2025-07-01")
        assert found.body["value"] == "v"
    unknown = await caller.call("GET", SECRET, query="outContentType=text%2Fplain", api_version="2025-07-01")
    assert unknown.codes == (400, "BadParameter", None)


async def test_values_are_sealed_in_the_store_and_hidden_in_reprs(caller: Caller, store: SqliteStore) -> None:
    await caller.call("PUT", SECRET, {"value": "correct-horse-battery"})
    [(_, version)] = await store.scan(SECRET_VERSIONS)
    assert version.value == "correct-horse-battery"
    assert "correct-horse" not in repr(version)


def path_of(url: str) -> str:
    """The path of an object's URL."""
    return url.removeprefix("https://contoso-orders.vault.azure.net")
