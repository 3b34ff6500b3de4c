"""Whatever is malformed about certificates gets the vault's own error, in its own form, and never a 500."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from vault_site import VaultSite

CERTIFICATE = "/certificates/colour"
POLICY: dict[str, Any] = {
    "key_props": {"kty": "EC", "crv": "P-256"},
    "x509_props": {"subject": "CN=colour"},
    "issuer": {"name": "Self"},
}


def policy(part: str, **members: Any) -> dict[str, Any]:
    """A policy that is in order but for some members of a part."""
    return {"policy": {**POLICY, part: {**POLICY.get(part, {}), **members}}}


NO_CERTIFICATES: tuple[Any, ...] = (
    b"",
    b"{",
    b"[]",
    {"policy": []},
    {"policy": "Self"},
    {"policy": {**POLICY, "x509_props": []}},
    {"policy": {**POLICY, "issuer": "Self"}},
    {"policy": {**POLICY, "lifetime_actions": {}}},
    {"policy": POLICY, "tags": {"a": 1}},
    {"policy": POLICY, "tags": {str(number): "" for number in range(16)}},
    {"policy": POLICY, "attributes": []},
    {"policy": POLICY, "attributes": {"enabled": "yes"}},
    policy("x509_props", subject="not a name"),
    policy("x509_props", subject="CN"),
    policy("x509_props", subject=5),
    policy("x509_props", subject="", sans=None),
    policy("x509_props", sans=[]),
    policy("x509_props", sans={"dns_names": "a.example"}),
    policy("x509_props", sans={"dns_names": [5]}),
    policy("x509_props", ekus=["not an oid"]),
    policy("x509_props", ekus="1.3.6.1.5.5.7.3.1"),
    policy("x509_props", key_usage=["fly"]),
    policy("x509_props", key_usage=[5]),
    policy("x509_props", validity_months=-1),
    policy("x509_props", validity_months=10**9),
    policy("x509_props", validity_months="12"),
    policy("key_props", kty="DSA"),
    policy("key_props", kty="RSA", key_size=1024),
    policy("key_props", crv="P-999"),
    policy("key_props", reuse_key="yes"),
    policy("secret_props", contentType="text/plain"),
    policy("issuer", name=5),
)
NO_IMPORTS: tuple[Any, ...] = (
    b"",
    {},
    {"value": None},
    {"value": 5},
    {"value": ""},
    {"value": "%%%"},
    {"value": "AAAA"},
    {"value": "é"},
    {"value": "A" * 100_000},
    {"value": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
    {"value": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"},
    {"value": "AAAA", "pwd": 5},
    {"value": "AAAA", "policy": []},
    {"value": "AAAA", "tags": {"a": 1}},
)
NO_ISSUERS: tuple[Any, ...] = (
    b"",
    {},
    {"provider": 5},
    {"provider": None},
    {"provider": "Test", "credentials": []},
    {"provider": "Test", "org_details": []},
    {"provider": "Test", "org_details": {"admin_details": {}}},
    {"provider": "Test", "attributes": {"enabled": "yes"}},
)
NO_CONTACTS: tuple[Any, ...] = (
    b"",
    [],
    {"contacts": {}},
    {"contacts": ["a@b.example"]},
    {"contacts": [{"email": 5}]},
)


def numbered(given: Sequence[object]) -> list[str]:
    """Ids for parameters that no id can be made of."""
    return [str(number) for number in range(len(given))]


def refused(answer: Any, beginning: str = "") -> None:
    """A bad parameter, with the service's sentence."""
    assert (answer.status, answer.code) == (400, "BadParameter")
    assert answer.message.startswith(beginning)
    assert len(answer.message) < 500


@pytest.mark.parametrize("body", NO_CERTIFICATES, ids=numbered(NO_CERTIFICATES))
async def test_a_certificate_that_cannot_be_made_is_refused(site: VaultSite, body: Any) -> None:
    refused(await site.ask("POST", f"{CERTIFICATE}/create", body))
    assert (await site.ask("GET", "/certificates", query="includePending=true")).body["value"] == []


@pytest.mark.parametrize("body", NO_IMPORTS, ids=numbered(NO_IMPORTS))
async def test_a_certificate_that_cannot_be_brought_in_is_refused(site: VaultSite, body: Any) -> None:
    refused(await site.ask("POST", f"{CERTIFICATE}/import", body))
    assert (await site.ask("GET", "/certificates")).body["value"] == []
    assert (await site.ask("GET", "/keys")).body["value"] == []
    assert (await site.ask("GET", "/secrets")).body["value"] == []


@pytest.mark.parametrize("body", NO_ISSUERS, ids=numbered(NO_ISSUERS))
async def test_an_issuer_that_is_none_is_refused(site: VaultSite, body: Any) -> None:
    refused(await site.ask("PUT", "/certificates/issuers/colour", body))


@pytest.mark.parametrize("body", NO_CONTACTS, ids=numbered(NO_CONTACTS))
async def test_contacts_that_are_none_are_refused(site: VaultSite, body: Any) -> None:
    refused(await site.ask("PUT", "/certificates/contacts", body))


@pytest.mark.parametrize(
    "body", [b"", {}, {"x5c": []}, {"x5c": "AAAA"}, {"x5c": [5]}, {"x5c": ["%%%"]}, {"x5c": ["AAAA"]}]
)
async def test_a_merge_of_nothing_is_refused(site: VaultSite, body: Any) -> None:
    unknown = {"policy": {**POLICY, "issuer": {"name": "Unknown"}}}
    assert (await site.ask("POST", f"{CERTIFICATE}/create", unknown)).status == 202
    refused(await site.ask("POST", f"{CERTIFICATE}/pending/merge", body))
    assert (await site.ask("GET", f"{CERTIFICATE}/pending")).status == 200


@pytest.mark.parametrize("name", ["a_b", "a.b", "a b", "é", "..", "a%2Fb", "a" * 128, "a\x00"])
async def test_a_name_that_no_certificate_can_have_is_refused(site: VaultSite, name: str) -> None:
    for method, path, body in (
        ("GET", f"/certificates/{name}", None),
        ("POST", f"/certificates/{name}/create", {"policy": POLICY}),
        ("POST", f"/certificates/{name}/import", {"value": "AAAA"}),
        ("PATCH", f"/certificates/{name}", {}),
        ("DELETE", f"/certificates/{name}", None),
        ("GET", f"/certificates/{name}/versions", None),
        ("GET", f"/certificates/{name}/policy", None),
        ("GET", f"/certificates/{name}/pending", None),
        ("POST", f"/certificates/{name}/backup", None),
        ("GET", f"/deletedcertificates/{name}", None),
        ("POST", f"/deletedcertificates/{name}/recover", None),
        ("DELETE", f"/deletedcertificates/{name}", None),
    ):
        refused(await site.ask(method, path, body), "The request URI contains an invalid name: ")


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("PUT", CERTIFICATE, ""),
        ("POST", f"{CERTIFICATE}/fly", "fly"),
        ("GET", f"{CERTIFICATE}/create", "create"),
        ("POST", f"{CERTIFICATE}/policy", "policy"),
        ("DELETE", f"{CERTIFICATE}/versions", "versions"),
    ],
)
async def test_an_operation_that_there_is_not_is_a_bad_parameter(
    site: VaultSite, method: str, path: str, operation: str
) -> None:
    answer = await site.ask(method, path)
    if (method, operation) == ("GET", "create"):  # that is how a version is asked for
        assert (answer.status, answer.code) == (404, "CertificateNotFound")
    else:
        refused(answer, f"Method {method} does not allow operation '{operation}'\r\n")
