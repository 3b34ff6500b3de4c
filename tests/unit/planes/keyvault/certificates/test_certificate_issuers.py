"""Issuers and contacts of a vault."""

from __future__ import annotations

from typing import Any

import pytest
from key_vault_caller import Answer, Caller, make_vault

from keyless.planes.keyvault.certificates.issuers import PROVIDERS
from keyless.planes.keyvault.certificates.records import ISSUERS
from keyless.planes.keyvault.contents import VaultContents
from keyless.store.sqlite.store import SqliteStore

URL = "https://contoso-orders.vault.azure.net/certificates"
PASSWORD = "not-to-be-shown-0451"
ADMINISTRATOR = {"first_name": "Ada", "last_name": "Poole", "email": "ada@example.org", "phone": "1"}
GIVEN = {
    "provider": "Test",
    "credentials": {"account_id": "keyvaultuser", "pwd": PASSWORD},
    "org_details": {"id": "contoso", "admin_details": [ADMINISTRATOR]},
    "attributes": {"enabled": True},
}
NO_ISSUER = (404, "CertificateIssuerNotFound", None)
NO_CONTACTS = (404, "ContactsNotFound", None)


async def put(caller: Caller, name: str = "issuer1", body: Any = None) -> Answer:
    return await caller.call("PUT", f"/certificates/issuers/{name}", GIVEN if body is None else body)


async def get(caller: Caller, name: str = "issuer1") -> Answer:
    return await caller.call("GET", f"/certificates/issuers/{name}")


async def test_an_issuer_is_shown_without_its_password(caller: Caller) -> None:
    written = await put(caller)
    assert written.status == 200
    assert written.body == {
        "id": f"{URL}/issuers/issuer1",
        "provider": "Test",
        "credentials": {"account_id": "keyvaultuser"},
        "org_details": {"id": "contoso", "admin_details": [ADMINISTRATOR]},
        "attributes": {"enabled": True, "created": caller.now, "updated": caller.now},
    }
    assert (await get(caller, "ISSUER1")).body == written.body


async def test_a_password_is_kept_and_shows_nowhere(caller: Caller, store: SqliteStore) -> None:
    await put(caller)
    ((_, issuer),) = await store.scan(ISSUERS)
    assert issuer.account_password == PASSWORD
    assert PASSWORD not in repr(issuer)


async def test_a_change_leaves_alone_what_it_does_not_name(caller: Caller, store: SqliteStore) -> None:
    await put(caller)
    changed = await caller.at(60).call(
        "PATCH", "/certificates/issuers/issuer1", {"credentials": {"account_id": "other"}}
    )
    assert changed.body["credentials"] == {"account_id": "other"}
    assert changed.body["org_details"] == GIVEN["org_details"]
    assert changed.body["attributes"] == {"enabled": True, "created": caller.now, "updated": caller.now + 60}
    ((_, issuer),) = await store.scan(ISSUERS)
    assert issuer.account_password == PASSWORD
    changed = await caller.call(
        "PATCH", "/certificates/issuers/issuer1", {"provider": "digicert", "attributes": {"enabled": False}}
    )
    assert (changed.body["provider"], changed.body["attributes"]["enabled"]) == ("DigiCert", False)


async def test_setting_an_issuer_again_replaces_it(caller: Caller) -> None:
    await put(caller)
    replaced = await put(caller.at(60), body={"provider": "Test"})
    assert "credentials" not in replaced.body
    assert replaced.body["attributes"] == {"enabled": True, "created": caller.now, "updated": caller.now + 60}


async def test_a_deleted_issuer_is_gone_for_good(caller: Caller) -> None:
    await put(caller)
    deleted = await caller.call("DELETE", "/certificates/issuers/issuer1")
    assert deleted.body["id"] == f"{URL}/issuers/issuer1"
    assert (await get(caller)).codes == NO_ISSUER
    assert (await caller.call("DELETE", "/certificates/issuers/issuer1")).codes == NO_ISSUER
    assert (await caller.call("PATCH", "/certificates/issuers/issuer1", {})).codes == NO_ISSUER


async def test_issuers_are_listed_by_pages(caller: Caller) -> None:
    for number in range(3):
        await put(caller, f"issuer{number}")
    await put(caller.of(make_vault("contoso-orders-2")), "foreign")
    first = (await caller.call("GET", "/certificates/issuers", query="maxresults=2")).body
    assert first["value"] == [
        {"id": f"{URL}/issuers/issuer{number}", "provider": "Test"} for number in range(2)
    ]
    query = first["nextLink"].partition("?")[2].partition("&")[2]
    second = (await caller.call("GET", "/certificates/issuers", query=query)).body
    assert [item["id"] for item in second["value"]] == [f"{URL}/issuers/issuer2"]
    assert second["nextLink"] is None


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_every_provider_of_the_service_is_taken(caller: Caller, provider: str) -> None:
    assert (await put(caller, body={"provider": provider.upper()})).body["provider"] == provider


@pytest.mark.parametrize(
    ("name", "body"),
    [("issuer1", {"provider": "Nobody"}), ("issuer1", {"provider": ""}), ("Self", GIVEN), ("a_b", GIVEN)],
)
async def test_an_issuer_that_no_vault_can_have_is_refused(caller: Caller, name: str, body: Any) -> None:
    assert (await put(caller, name, body)).codes == (400, "BadParameter", None)


async def test_a_vault_has_contacts_until_they_are_deleted(caller: Caller) -> None:
    given = {"contacts": [{"email": "a@example.org", "name": "a", "phone": "1"}, {"email": "b@example.org"}]}
    assert (await caller.call("GET", "/certificates/contacts")).codes == NO_CONTACTS
    expected = {"id": f"{URL}/contacts", **given}
    assert (await caller.call("PUT", "/certificates/contacts", given)).body == expected
    assert (await caller.call("GET", "/certificates/contacts")).body == expected
    assert (await caller.call("DELETE", "/certificates/contacts")).body == expected
    assert (await caller.call("DELETE", "/certificates/contacts")).codes == NO_CONTACTS


@pytest.mark.parametrize("contacts", [None, [], [{"name": "a"}], [{"email": "nowhere"}]])
async def test_contacts_that_nobody_can_reach_are_refused(caller: Caller, contacts: Any) -> None:
    refused = await caller.call("PUT", "/certificates/contacts", {"contacts": contacts})
    assert refused.codes == (400, "BadParameter", None)


async def test_a_vault_that_is_forgotten_keeps_neither(caller: Caller, store: SqliteStore) -> None:
    await put(caller)
    await caller.call("PUT", "/certificates/contacts", {"contacts": [{"email": "a@example.org"}]})
    async with store.transaction() as transaction:
        await VaultContents().forget(transaction, caller.vault.name)
    assert (await get(caller)).codes == NO_ISSUER
    assert (await caller.call("GET", "/certificates/contacts")).codes == NO_CONTACTS
