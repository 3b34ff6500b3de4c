"""Which hosts are the cloud's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.gateway import hosts
from keyless.gateway.hosts import Service


@pytest.mark.parametrize(
    "host",
    [
        *hosts.EXACT_NAMES,
        "contoso.vault.azure.net",
        "contoso.azconfig.io",
        "westeurope.login.microsoft.com",
        "Contoso.Vault.AZURE.net",
        "contoso.vault.azure.net.",
        "a.b.vault.azure.net",
    ],
)
def test_the_clouds_own_hosts_are_local_on_port_443_alone(host: str) -> None:
    assert hosts.is_local(host, 443)
    assert hosts.service_of(host, 443) is Service.TLS
    assert not hosts.is_local(host, 8443)
    assert hosts.service_of(host, 80) is Service.WRONG_PORT


@pytest.mark.parametrize(
    "host",
    [
        "evil-vault.azure.net",
        "evil-vault.azure.net.attacker.com",
        "contoso.vault.azure.net.attacker.com",
        "contoso.vault.azure.net..",
        "vault.azure.net",
        "azconfig.io",
        "notazconfig.io",
        "login.microsoftonline.com.attacker.com",
        "xlogin.microsoftonline.com",
        "a.login.microsoftonline.com",
        "login.microsoftonline.us",
        "169.254.169.253",
        "169.254.169.254.attacker.com",
        "example.com",
        "",
    ],
)
def test_no_other_host_is(host: str) -> None:
    assert not hosts.is_local(host, 443)
    assert hosts.service_of(host, 443) is Service.OUTSIDE


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "169.254.169.254.", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "169.16689662",
     "::ffff:169.254.169.254", "[::ffff:a9fe:a9fe]"],
)  # fmt: skip
def test_the_metadata_address_is_local_on_port_80_in_every_spelling(host: str) -> None:
    assert hosts.service_of(host, 80) is Service.METADATA
    assert hosts.service_of(host, 443) is Service.WRONG_PORT


@given(st.text(alphabet="abc.-VAULT", max_size=20))
def test_whatever_follows_a_name_of_ours_makes_it_another_host(rest: str) -> None:
    if rest.strip("."):
        assert not hosts.is_cloud_host(f"login.windows.net.{rest}x.example")


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.1", "2130706433", "::1", "[::1]",
             "0.0.0.0", "::", "::ffff:127.0.0.1"],
)  # fmt: skip
def test_this_machine_is_known_by_its_names_and_addresses(host: str) -> None:
    assert hosts.is_loopback(host)


@pytest.mark.parametrize(
    "host", ["localhost.example.com", "notlocalhost", "128.0.0.1", "fe80::1", "dead.beef"]
)
def test_no_other_machine_is_this_one(host: str) -> None:
    assert not hosts.is_loopback(host)


def test_the_certificate_is_for_every_name_that_is_served() -> None:
    names = hosts.local_names()
    assert set(hosts.EXACT_NAMES) <= set(names)
    assert {name for name in names if name.startswith("*")} == {
        "*.vault.azure.net",
        "*.azconfig.io",
        "*.login.microsoft.com",
    }
    for name in names:
        assert name == hosts.OWN_NAME or hosts.is_local(name.replace("*", "contoso"), 443)


def test_the_domains_hold_every_name_and_none_twice() -> None:
    domains = hosts.local_domains()
    for name in hosts.local_names():
        bare = name.removeprefix("*.")
        assert sum(bare == domain or bare.endswith(f".{domain}") for domain in domains) == 1


@pytest.mark.parametrize(
    "entry",
    ["*", ".azure.net", "azure.net", "*.azure.net", "vault.azure.net", "contoso.vault.azure.net", "net",
     ".io", "AZCONFIG.IO", "soft.com", "login.microsoftonline.com:443", "microsoft.com.", "169.254.169.254",
     "169.254.0.0/16", "0.0.0.0/0", "169.254.", "169.254.169.254:80"],
)  # fmt: skip
def test_a_no_proxy_entry_that_hides_one_of_our_hosts_is_known(entry: str) -> None:
    assert hosts.hides_cloud_host(entry)


@pytest.mark.parametrize(
    "entry", ["", ".", "localhost", "127.0.0.1", "::1", "[::1]:80", "10.0.0.0/8", "fd00::/8", "example.org",
              ".corp.example", "database.windows.net", "servicebus.windows.net", "build.example:8080"],
)  # fmt: skip
def test_other_entries_hide_nothing(entry: str) -> None:
    assert not hosts.hides_cloud_host(entry)
