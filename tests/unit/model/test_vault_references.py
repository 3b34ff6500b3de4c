"""Where a Key Vault reference points to, and what of its value is never repeated."""

from __future__ import annotations

import json

import pytest

from keyless.model.vault_references import Fault, Malformed, Target, is_reference, read_target

VERSION = "0123456789abcdef0123456789abcdef"


def of(uri: object) -> Target | Malformed:
    return read_target(json.dumps({"uri": uri}))


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8", True),
        ("Application/VND.microsoft.appconfig.keyvaultref+json ; charset=utf-8", True),
        ("application/vnd.microsoft.appconfig.keyvaultref+json", True),
        ("application/vnd.microsoft.appconfig.keyvaultref+jsonx", False),
        ("application/vnd.microsoft.appconfig.ff+json;charset=utf-8", False),
        ("application/json", False),
        ("", False),
        (None, False),
    ],
)
def test_a_key_value_is_a_reference_by_its_media_type(content_type: str | None, expected: bool) -> None:
    assert is_reference(content_type) is expected


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://v-1.vault.azure.net/secrets/Db", Target("v-1.vault.azure.net", "v-1", "Db")),
        ("https://V-1.Vault.Azure.net./Secrets/db/", Target("v-1.vault.azure.net", "v-1", "db")),
        ("https://abc.vault.azure.net:443//secrets//db", Target("abc.vault.azure.net", "abc", "db")),
        (
            f"https://abc.vault.azure.net/secrets/db/{VERSION.upper()}",
            Target("abc.vault.azure.net", "abc", "db", VERSION),
        ),
        ("https://abc.vault.azure.cn/secrets/db", Target("abc.vault.azure.cn", "", "db")),
        ("https://abc.vault.usgovcloudapi.net/secrets/db", Target("abc.vault.usgovcloudapi.net", "", "db")),
    ],
)
def test_the_address_of_a_secret_is_read(uri: str, expected: Target) -> None:
    assert of(uri) == expected


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (None, Fault.NOT_JSON),
        ("", Fault.NOT_JSON),
        ("PLANTED", Fault.NOT_JSON),
        ("[1]", Fault.NOT_JSON),
        ("[" * 100_000, Fault.NOT_JSON),
        ("{}", Fault.NO_URI),
        ('{"uri": null}', Fault.NO_URI),
        ('{"uri": 7}', Fault.NO_URI),
        ('{"uri": ""}', Fault.NO_URI),
        ('{"secret_uri": "https://abc.vault.azure.net/secrets/db"}', Fault.NO_URI),
    ],
)
def test_what_has_no_address_is_told_apart(value: str | None, fault: Fault) -> None:
    found = read_target(value)
    assert isinstance(found, Malformed)
    assert found.fault is fault
    assert "PLANTED" not in found.why


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("PLANTED", "`https://`"),
        ("http://abc.vault.azure.net/secrets/PLANTED", "`https://`"),
        ("https://[PLANTED/secrets/x", "no URL"),
        ("https://abc.vault.azure.net:PLANTED/secrets/x", "no URL"),
        ("https://u:PLANTED@abc.vault.azure.net/secrets/x", "more than host and path"),
        ("https://abc.vault.azure.net:8443/secrets/x", "more than host and path"),
        ("https://abc.vault.azure.net/secrets/x?sig=PLANTED", "more than host and path"),
        ("https://abc.vault.azure.net/secrets/x#PLANTED", "more than host and path"),
        ("https://PLANTED.example.org/secrets/x", "no vault's"),
        ("https://vault.azure.net/secrets/x", "no vault's"),
        ("https://a.b.vault.azure.net/secrets/x", "no vault's"),
        ("https://abc.vault.azure.net.example.org/secrets/x", "no vault's"),
        ("https://abc.managedhsm.azure.net/secrets/x", "no vault's"),
        ("https://127.0.0.1/secrets/x", "no vault's"),
        ("https://abc.vault.azure.net/keys/PLANTED", "one of the vault's keys"),
        ("https://abc.vault.azure.net/certificates/PLANTED", "one of the vault's certificates"),
        ("https://abc.vault.azure.net/", "`/secrets/NAME`"),
        ("https://abc.vault.azure.net/secrets", "`/secrets/NAME`"),
        ("https://abc.vault.azure.net/secrets/x_PLANTED", "`/secrets/NAME`"),
        ("https://abc.vault.azure.net/secrets/x/y/PLANTED", "`/secrets/NAME`"),
        ("https://abc.vault.azure.net/secrets/x/PLANTED", "32 hexadecimal digits"),
    ],
)
def test_what_is_no_secrets_address_is_told_without_repeating_it(uri: str, said: str) -> None:
    found = of(uri)
    assert isinstance(found, Malformed)
    assert found.fault is Fault.NOT_A_SECRET
    assert said in found.why
    assert "PLANTED" not in found.why
