"""Certificates as objects: read, listed, updated."""

from __future__ import annotations

import base64

import pytest
from certificate_caller import SETTLED_S, create, created, pending
from cryptography import x509
from imports_made import PEM_POLICY, chain, leaf, pem, shown, take, taken
from key_vault_caller import Caller

from keyless.planes.keyvault.certificates.x509.thumbprints import x5t

VAULT_URL = "https://contoso-orders.vault.azure.net"
NOT_FOUND = (404, "CertificateNotFound", None)


async def test_a_certificate_is_read_with_its_key_its_secret_and_its_policy(caller: Caller) -> None:
    await created(caller)
    body = await shown(caller.at(SETTLED_S), "/certificates/orders")
    version = body["id"].rpartition("/")[2]
    der = base64.b64decode(body["cer"])
    assert body["id"] == f"{VAULT_URL}/certificates/orders/{version}"
    assert body["kid"] == f"{VAULT_URL}/keys/orders/{version}"
    assert body["sid"] == f"{VAULT_URL}/secrets/orders/{version}"
    assert body["x5t"] == x5t(der)
    assert body["policy"]["id"] == f"{VAULT_URL}/certificates/orders/policy"
    assert body["pending"] == {"id": f"{VAULT_URL}/certificates/orders/pending"}
    valid = x509.load_der_x509_certificate(der)
    assert body["attributes"]["nbf"] == int(valid.not_valid_before_utc.timestamp())
    assert body["attributes"]["exp"] == int(valid.not_valid_after_utc.timestamp())
    assert body["attributes"]["enabled"] is True


async def test_a_certificate_that_was_imported_has_no_operation(caller: Caller) -> None:
    await taken(caller)
    assert "pending" not in await shown(caller, "/certificates/orders")


async def test_each_version_is_read_by_its_id(caller: Caller) -> None:
    first = await taken(caller)
    second = await taken(caller.at(1), pem(), policy=PEM_POLICY)
    assert (await shown(caller, "/certificates/orders"))["id"] == second["id"]
    for version in (first, second):
        path = version["id"].removeprefix(VAULT_URL)
        assert (await shown(caller, path))["id"] == version["id"]


@pytest.mark.parametrize("path", ["/certificates/orders", f"/certificates/orders/{'0' * 32}"])
async def test_what_is_not_there_is_not_found(caller: Caller, path: str) -> None:
    if path != "/certificates/orders":
        await taken(caller)
    assert (await caller.call("GET", path)).codes == NOT_FOUND
    assert (await caller.call("PATCH", path, {})).codes == NOT_FOUND


async def test_what_is_not_there_is_neither_deleted_nor_backed_up(caller: Caller) -> None:
    assert (await caller.call("DELETE", "/certificates/orders")).codes == NOT_FOUND
    assert (await caller.call("POST", "/certificates/orders/backup")).codes == NOT_FOUND
    assert (await shown(caller, "/certificates/orders/versions")) == {"value": [], "nextLink": None}


# --- lists


async def test_certificates_are_listed_with_their_thumbprints(caller: Caller) -> None:
    await taken(caller, tags={"team": "orders"})
    listed = await shown(caller, "/certificates")
    [item] = listed["value"]
    assert item["id"] == f"{VAULT_URL}/certificates/orders"
    assert item["x5t"] == x5t(base64.b64decode((await shown(caller, "/certificates/orders"))["cer"]))
    assert item["tags"] == {"team": "orders"}
    assert listed["nextLink"] is None


async def test_a_certificate_that_was_never_finished_is_listed_where_that_is_asked_for(
    caller: Caller,
) -> None:
    await create(caller, issuer="Unknown")
    assert (await shown(caller, "/certificates"))["value"] == []
    assert (await shown(caller, "/certificates", query="includePending=false"))["value"] == []
    [item] = (await shown(caller, "/certificates", query="includePending=True"))["value"]
    assert "x5t" not in item
    assert item["attributes"]["enabled"] is False


async def test_a_certificate_whose_next_version_is_being_made_is_listed(caller: Caller) -> None:
    await created(caller)
    await create(caller.at(SETTLED_S), issuer="Unknown")
    assert len((await shown(caller, "/certificates"))["value"]) == 1


async def test_whether_to_list_the_unfinished_is_true_or_false(caller: Caller) -> None:
    for path in ("/certificates", "/deletedcertificates"):
        refused = await caller.call("GET", path, query="includePending=maybe")
        assert refused.codes == (400, "BadParameter", None)


async def test_the_next_page_asks_for_the_same(caller: Caller) -> None:
    for name in ("a", "b"):
        await taken(caller, name=name)
    for asked in ("", "&includePending=true"):
        page = await shown(caller, "/certificates", query=f"maxresults=1{asked}")
        assert page["nextLink"].endswith(f"&maxresults=1{asked}")
        _, _, query = page["nextLink"].partition("?api-version=7.4&")
        rest = await shown(caller, "/certificates", query=query)
        assert [item["id"] for item in rest["value"]] == [f"{VAULT_URL}/certificates/b"]
        assert rest["nextLink"] is None


async def test_versions_are_listed_but_for_the_unfinished(caller: Caller) -> None:
    ids = {(await taken(caller.at(second)))["id"] for second in range(2)}
    await create(caller.at(2), issuer="Unknown")
    listed = (await shown(caller, "/certificates/orders/versions"))["value"]
    assert {item["id"] for item in listed} == ids


# --- updates


async def test_an_update_changes_what_it_names(caller: Caller) -> None:
    await taken(caller, tags={"team": "orders"})
    disabled = await caller.at(5).call("PATCH", "/certificates/orders", {"attributes": {"enabled": False}})
    assert disabled.body["attributes"]["enabled"] is False
    assert disabled.body["attributes"]["updated"] == caller.now + 5
    assert disabled.body["tags"] == {"team": "orders"}
    assert disabled.body["policy"]["issuer"] == {"name": "Unknown"}
    tagged = await caller.at(6).call("PATCH", "/certificates/orders", {"tags": {"team": "billing"}})
    assert tagged.body["tags"] == {"team": "billing"}
    assert tagged.body["attributes"]["enabled"] is False
    assert await shown(caller, "/certificates/orders") == tagged.body


async def test_an_older_version_is_updated_by_its_id(caller: Caller) -> None:
    first = await taken(caller)
    await taken(caller.at(1))
    path = first["id"].removeprefix(VAULT_URL)
    await caller.call("PATCH", path, {"attributes": {"enabled": False}})
    assert (await shown(caller, path))["attributes"]["enabled"] is False
    assert (await shown(caller, "/certificates/orders"))["attributes"]["enabled"] is True


async def test_when_a_certificate_holds_is_its_own(caller: Caller) -> None:
    before = await taken(caller)
    body = {"attributes": {"nbf": 1, "exp": 2}}
    updated = await caller.call("PATCH", "/certificates/orders", body)
    for time in ("nbf", "exp"):
        assert updated.body["attributes"][time] == before["attributes"][time]


async def test_an_update_may_bring_a_policy(caller: Caller) -> None:
    await taken(caller)
    body = {"policy": {"issuer": {"name": "Self"}, "x509_props": {"validity_months": 3}}}
    updated = await caller.call("PATCH", "/certificates/orders", body)
    assert updated.body["policy"]["issuer"] == {"name": "Self"}
    assert updated.body["policy"]["x509_props"]["validity_months"] == 3
    assert (await shown(caller, "/certificates/orders/policy"))["issuer"] == {"name": "Self"}


async def test_an_update_with_a_policy_that_none_can_be_changes_nothing(caller: Caller) -> None:
    before = await taken(caller)
    body = {"tags": {"a": "b"}, "policy": {"x509_props": {"subject": "no name"}}}
    refused = await caller.call("PATCH", "/certificates/orders", body)
    assert refused.codes == (400, "BadParameter", None)
    assert await shown(caller, "/certificates/orders") == before


async def test_too_many_tags_are_refused(caller: Caller) -> None:
    await taken(caller)
    many = {"tags": {str(number): "" for number in range(16)}}
    assert (await caller.call("PATCH", "/certificates/orders", many)).codes == (400, "BadParameter", None)
    assert (await take(caller, **many)).codes == (400, "BadParameter", None)


async def test_what_is_changed_of_an_unfinished_certificate_holds_when_it_is_finished(caller: Caller) -> None:
    await create(caller)
    body = {"attributes": {"enabled": False}, "tags": {"team": "orders"}}
    updated = await caller.call("PATCH", "/certificates/orders", body)
    assert updated.body["tags"] == {"team": "orders"}
    assert "cer" not in updated.body
    await pending(caller.at(SETTLED_S))
    finished = await shown(caller.at(SETTLED_S), "/certificates/orders")
    assert finished["tags"] == {"team": "orders"}
    assert finished["attributes"]["enabled"] is False


async def test_an_unfinished_certificate_is_not_enabled_by_an_update(caller: Caller) -> None:
    await create(caller, issuer="Unknown")
    updated = await caller.call("PATCH", "/certificates/orders", {"attributes": {"enabled": True}})
    assert updated.body["attributes"]["enabled"] is False
    await caller.call("DELETE", "/certificates/orders/pending")
    again = await caller.call("PATCH", "/certificates/orders", {"tags": {"a": "b"}})
    assert again.body["tags"] == {"a": "b"}
    assert again.body["attributes"]["enabled"] is False


# --- the order of the chain


@pytest.mark.parametrize(("api_version", "said"), [("7.4", None), ("7.6", True), ("2025-07-01", True)])
async def test_the_order_of_a_chain_is_kept_from_the_version_on_that_has_it(
    caller: Caller, api_version: str, said: bool | None
) -> None:
    unordered = (leaf(), *chain()[1:])
    body = await taken(
        caller, pem(None, unordered), policy=PEM_POLICY, preserveCertOrder=True, api_version=api_version
    )
    assert body.get("preserveCertOrder") is said
