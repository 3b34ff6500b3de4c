"""Which resources tokens are issued for."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from keyless.catalog.services import services
from keyless.wire.audiences import audience_meant, known_audience, unknown_audience

EVERY_AUDIENCE = sorted({audience for service in services() for audience in service.audiences})


@pytest.mark.parametrize("audience", EVERY_AUDIENCE)
def test_every_audience_of_the_catalog_is_known_with_and_without_a_slash(audience: str) -> None:
    assert known_audience(audience) == audience
    assert known_audience(audience + "/") == audience + "/"


@pytest.mark.parametrize("audience", EVERY_AUDIENCE)
def test_an_audience_in_other_casing_becomes_the_catalogs_own(audience: str) -> None:
    assert known_audience(audience.upper()) == audience


@pytest.mark.parametrize(
    ("resource", "audience"),
    [
        ("https://contoso.azconfig.io", "https://contoso.azconfig.io"),
        ("https://Contoso-Orders.azconfig.io/", "https://contoso-orders.azconfig.io/"),
        ("https://contoso.appconfig.azure.com", "https://contoso.appconfig.azure.com"),
    ],
)
def test_the_address_of_a_configuration_store_is_an_audience(resource: str, audience: str) -> None:
    assert known_audience(resource) == audience


@pytest.mark.parametrize(
    "resource",
    [
        "",
        "/",
        "//",
        " https://vault.azure.net",
        "https://vault.azure.net//",
        "https://vault.azure.net/ ",
        "https://vault.azure.net.evil.example",
        "http://vault.azure.net",
        "vault.azure.net",
        "https://contoso.vault.azure.net",
        "http://contoso.azconfig.io",
        "https://.azconfig.io",
        "https://a/b.azconfig.io",
        "https://user@contoso.azconfig.io",
        "https://contoso.azconfig.io:443",
        "https://contoso.azconfig.io/kv",
        "https://-.azconfig.io",
        "api://11111111-1111-4111-8111-111111111111",
        "11111111-1111-4111-8111-111111111111",
        "https://" + "a" * 300 + ".azconfig.io",
    ],
)
def test_nothing_else_is_an_audience(resource: str) -> None:
    assert known_audience(resource) is None


@given(st.text())
def test_no_other_text_is_an_audience(resource: str) -> None:
    assume(
        resource.casefold().removesuffix("/") not in map(str.casefold, EVERY_AUDIENCE)
    )  # texts of the source are drawn, too
    assert known_audience(resource) is None
    assert unknown_audience(resource, "contoso")


def test_a_vaults_address_means_the_audience_of_vaults() -> None:
    assert audience_meant("https://contoso.vault.azure.net/secrets/x") == "https://vault.azure.net"
    assert audience_meant("https://example.com") is None
    assert audience_meant("https://[broken") is None


def test_a_refusal_names_the_resource_and_says_what_to_do() -> None:
    assert unknown_audience("https://contoso.vault.azure.net", "contoso") == (
        "The resource principal named https://contoso.vault.azure.net was not found in the tenant named "
        "contoso: ask for `https://vault.azure.net`."
    )
    assert "audience of an Azure service" in unknown_audience("api://x", "contoso")
