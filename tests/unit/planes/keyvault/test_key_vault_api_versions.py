"""Each api-version has what its public document has; others are refused as Azure refuses them."""

from __future__ import annotations

import pytest
from vault_site import VaultSite

import vault_schemas
from keyless.planes.keyvault.api_versions import KEY_VAULT, SINCE, has
from keyless.planes.keyvault.plane import OPERATIONS

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

PARAMETERS = {"secret.outContentType"}
"""What is no member: the documents' parameters of queries are not kept."""


def test_there_is_a_document_of_every_api_version() -> None:
    assert set(vault_schemas.api_versions()) == set(KEY_VAULT.known)


def test_every_operation_is_described_at_every_api_version_that_it_takes() -> None:
    assert vault_schemas.undescribed(OPERATIONS) == []


@pytest.mark.parametrize("member", sorted(set(SINCE) - PARAMETERS))
def test_a_member_is_there_from_the_version_on_whose_document_has_it_first(member: str) -> None:
    place, name = member.split(".")
    for version in KEY_VAULT.known:
        assert described_in(version, PLACES[place], name) is has(member, version), version


def described_in(version: str, definitions: tuple[str, ...], name: str) -> bool:
    """Whether a version's document has a member in one of these definitions."""
    known = vault_schemas.operations(version)[0].definitions
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


async def test_before_2025_07_01_no_format_can_be_asked_for(site: VaultSite) -> None:
    await site.ask("PUT", "/secrets/colour", {"value": "v"})
    unknown = "outContentType=text%2Fplain"
    assert (await site.ask("GET", "/secrets/colour", query=unknown, version="7.6")).status == 200
    assert (await site.ask("GET", "/secrets/colour", query=unknown, version="2025-07-01")).status == 400
