"""Each api-version has what its public document has; others are refused as Azure refuses them."""

from __future__ import annotations

import pytest
from key_vault_caller import make_vault
from vault_site import VaultSite

from keyless.planes.keyvault.api_versions import KEY_VAULT, SINCE, has
from keyless.planes.keyvault.plane import OPERATIONS
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey
from vault_schemas import DOCUMENTS

PLACES = {
    "attributes": ("SecretAttributes", "KeyAttributes", "CertificateAttributes"),
    "secret": ("SecretBundle",),
    "key": ("KeyBundle", "KeyCreateParameters"),
    "certificate": ("CertificateBundle",),
    "issuer": ("IssuerParameters",),
    "key_props": ("KeyProperties",),
    "sans": ("SubjectAlternativeNames",),
}
"""The definitions that a member of `SINCE` may be in, by its first word."""

PARAMETERS = {"secret.outContentType", "crv.P-256K"}
"""What is no member: the documents' parameters of queries are not kept, and names of curves are values."""


def test_there_is_a_document_of_every_api_version() -> None:
    assert set(DOCUMENTS.api_versions) == set(KEY_VAULT.known)


def test_every_operation_is_described_at_every_api_version_that_it_takes() -> None:
    assert DOCUMENTS.undescribed(OPERATIONS) == []


def test_every_operation_that_is_described_is_served() -> None:
    assert DOCUMENTS.unserved(OPERATIONS, DOCUMENTS.api_versions) == set()


@pytest.mark.parametrize("member", sorted(set(SINCE) - PARAMETERS))
def test_a_member_is_there_from_the_version_on_whose_document_has_it_first(member: str) -> None:
    place, name = member.split(".")
    for version in KEY_VAULT.known:
        assert described_in(version, PLACES[place], name) is has(member, version), version


def described_in(version: str, definitions: tuple[str, ...], name: str) -> bool:
    """Whether a version's document has a member in one of these definitions."""
    known = DOCUMENTS.operations(version)[0].definitions
    return any(name in known.get(definition, {}).get("properties", {}) for definition in definitions)


@pytest.mark.parametrize("version", ["7.7", "7.6-preview.1", "2099-01-01", "latest", "7", "7.4%20", "x" * 60])
async def test_an_unknown_version_is_told_the_newest_one(site: VaultSite, version: str) -> None:
    answer = await site.ask("GET", "/secrets", version=version)
    shown = version.replace("%20", " ")[:50]
    assert (answer.status, answer.code) == (400, "BadParameter")
    assert answer.message == (
        f"The specified version ({shown}) is not recognized. "
        "Consider using the latest supported version (2026-04-01)."
    )


async def test_no_version_is_told_to_give_one(site: VaultSite) -> None:
    answer = await site.ask("GET", "/secrets", version="")
    assert (answer.status, answer.code, answer.message) == (
        400,
        "BadParameter",
        "api-version must be specified",
    )


@pytest.mark.parametrize("version", KEY_VAULT.known)
async def test_a_secrets_life_is_as_described_at_every_version(site: VaultSite, version: str) -> None:
    whole = {"value": "v", "contentType": "t", "tags": {"k": "v"}, "attributes": {"enabled": True, "exp": 9}}
    assert (await site.ask("PUT", "/secrets/colour", whole, version=version)).status == 200
    assert (await site.ask("PUT", "/secrets/colour", whole, version=version)).status == 200
    backup = await site.ask("POST", "/secrets/colour/backup", version=version)
    for method, path, body, status in (
        ("GET", "/secrets/colour/", None, 200),
        ("PATCH", "/secrets/colour", {"tags": {}}, 200),
        ("GET", "/secrets", None, 200),
        ("GET", "/secrets/colour/versions", None, 200),
        ("DELETE", "/secrets/colour", None, 200),
        ("GET", "/deletedsecrets", None, 200),
        ("GET", "/deletedsecrets/colour", None, 200),
        ("POST", "/deletedsecrets/colour/recover", None, 200),
        ("DELETE", "/secrets/colour", None, 200),
        ("DELETE", "/deletedsecrets/colour", None, 204),
        ("POST", "/secrets/restore", backup.body, 200),
    ):
        assert (await site.ask(method, path, body, version=version)).status == status, (method, path)


LIFE_OF_A_KEY: tuple[tuple[str, str, object], ...] = (
    ("GET", "/keys/curve/", None),
    ("GET", "/keys", None),
    ("GET", "/keys/curve/versions", None),
    ("PATCH", "/keys/curve", {"tags": {"k": "v"}, "key_ops": ["sign", "verify"]}),
    ("DELETE", "/keys/curve", None),
    ("GET", "/deletedkeys", None),
    ("GET", "/deletedkeys/curve", None),
    ("POST", "/deletedkeys/curve/recover", None),
)
ROTATION: tuple[tuple[str, str, object], ...] = (
    ("GET", "/keys/curve/rotationpolicy", None),
    ("PUT", "/keys/curve/rotationpolicy", {"attributes": {"expiryTime": "P90D"}}),
    ("POST", "/keys/curve/rotate", None),
)


@pytest.mark.parametrize("version", KEY_VAULT.known)
async def test_a_keys_life_is_as_described_at_every_version(site: VaultSite, version: str) -> None:
    made = {"kty": "EC", "crv": "P-256", "attributes": {"enabled": True, "exp": site.now + 9_000_000}}
    assert (await site.ask("POST", "/keys/curve/create", made, version=version)).status == 200
    for method, path, body in LIFE_OF_A_KEY:
        assert (await site.ask(method, path, body, version=version)).status == 200, (method, path)
    backup = (await site.ask("POST", "/keys/curve/backup", version=version)).body
    for method, path, body in ROTATION:
        answer = await site.ask(method, path, body, version=version)
        if KEY_VAULT.known.index(version) >= KEY_VAULT.known.index("7.3"):
            assert answer.status == 200, (method, path)
        else:
            assert (answer.status, answer.code) == (400, "BadParameter")
            assert answer.message.startswith(f"Method {method} does not allow operation '")
    assert (await site.ask("DELETE", "/keys/curve", version=version)).status == 200
    assert (await site.ask("DELETE", "/deletedkeys/curve", version=version)).status == 204
    assert (await site.ask("POST", "/keys/restore", backup, version=version)).status == 200


POLICY = {
    "key_props": {"kty": "EC", "crv": "P-256"},
    "x509_props": {"subject": "CN=stamp", "sans": {"dns_names": ["a.example"], "uris": ["urn:a"]}},
    "issuer": {"name": "Self"},
}
LIFE_OF_A_CERTIFICATE: tuple[tuple[str, str, object, int], ...] = (
    ("GET", "/certificates/stamp/pending", None, 200),
    ("GET", "/certificates/stamp/", None, 200),
    ("GET", "/certificates", None, 200),
    ("GET", "/certificates/stamp/versions", None, 200),
    ("GET", "/certificates/stamp/policy", None, 200),
    ("PATCH", "/certificates/stamp/policy", {"x509_props": {"validity_months": 3}}, 200),
    ("PATCH", "/certificates/stamp", {"tags": {"k": "v"}}, 200),
    ("GET", "/secrets/stamp", None, 200),
    ("GET", "/keys/stamp", None, 200),
    ("PUT", "/certificates/issuers/ours", {"provider": "Test", "credentials": {"account_id": "a"}}, 200),
    ("GET", "/certificates/issuers/ours", None, 200),
    ("GET", "/certificates/issuers", None, 200),
    ("PATCH", "/certificates/issuers/ours", {"attributes": {"enabled": False}}, 200),
    ("DELETE", "/certificates/issuers/ours", None, 200),
    ("PUT", "/certificates/contacts", {"contacts": [{"email": "a@b.example"}]}, 200),
    ("GET", "/certificates/contacts", None, 200),
    ("DELETE", "/certificates/contacts", None, 200),
    ("DELETE", "/certificates/stamp", None, 200),
    ("GET", "/deletedcertificates", None, 200),
    ("GET", "/deletedcertificates/stamp", None, 200),
    ("POST", "/deletedcertificates/stamp/recover", None, 200),
    ("DELETE", "/certificates/stamp", None, 200),
    ("DELETE", "/deletedcertificates/stamp", None, 204),
)


@pytest.mark.parametrize("version", KEY_VAULT.known)
async def test_a_certificates_life_is_as_described_at_every_version(site: VaultSite, version: str) -> None:
    created = await site.ask("POST", "/certificates/stamp/create", {"policy": POLICY}, version=version)
    assert created.status == 202
    site.now += 5
    for method, path, body, status in LIFE_OF_A_CERTIFICATE:
        assert (await site.ask(method, path, body, version=version)).status == status, (method, path)


async def test_what_a_version_has_no_name_for_is_left_out_or_has_its_old_name(
    store: SqliteStore, signing_key: SigningKey, now: int
) -> None:
    site = VaultSite(store, signing_key, now, make_vault(sku="premium"))
    await site.fill()
    exported = {"attributes": {"exportable": True}, "release_policy": {"data": "e30"}}
    await site.ask("POST", "/keys/a/create", {"kty": "EC-HSM", "crv": "P-256K", **exported})
    await site.ask("POST", "/keys/b/create", {"kty": "oct", "key_size": 192})
    for version in KEY_VAULT.known:
        at = KEY_VAULT.known.index(version)
        curve = (await site.ask("GET", "/keys/a", version=version)).body
        assert curve["key"]["crv"] == ("SECP256K1" if version == "2016-10-01" else "P-256K")
        assert ("release_policy" in curve) is (at >= KEY_VAULT.known.index("7.3"))
        symmetric = (await site.ask("GET", "/keys/b", version=version)).body["attributes"]
        assert symmetric.get("key_size") == (192 if version == "2026-04-01" else None)


async def test_release_policies_are_refused_in_the_words_of_the_service(
    store: SqliteStore, signing_key: SigningKey, now: int
) -> None:
    site = VaultSite(store, signing_key, now, make_vault(sku="premium"))
    await site.fill()
    policy = {"data": "e30", "immutable": True}
    alone = {"kty": "EC-HSM", "attributes": {"exportable": True}}
    assert (await site.ask("POST", "/keys/a/create", alone)).message.startswith("AKV.SKR.1004: ")
    unwanted = {"kty": "EC-HSM", "release_policy": policy}
    assert (await site.ask("POST", "/keys/a/create", unwanted)).message.startswith("AKV.SKR.1005: ")
    assert (await site.ask("POST", "/keys/a/create", {**alone, "release_policy": policy})).status == 200
    changed = await site.ask("PATCH", "/keys/a", {"release_policy": {"data": "e31"}})
    assert changed.message == "AKV.SKR.1020: Immutable Key Release Policy cannot be modified."
    assert (await site.ask("PATCH", "/keys/a", {"tags": {"a": "b"}})).status == 200


async def test_before_2025_07_01_no_format_can_be_asked_for(site: VaultSite) -> None:
    await site.ask("PUT", "/secrets/colour", {"value": "v"})
    unknown = "outContentType=text%2Fplain"
    assert (await site.ask("GET", "/secrets/colour", query=unknown, version="7.6")).status == 200
    assert (await site.ask("GET", "/secrets/colour", query=unknown, version="2025-07-01")).status == 400
