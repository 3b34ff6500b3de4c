"""Where an issuer is asked for its keys, and above all where not."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

import pytest

from keyless.planes.entra.issuer_addresses import AddressRefused, Place, place_of


def stands_for(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    return lambda host, port: addresses


def by_the_system(host: str, port: int) -> Sequence[str]:
    """What the system makes of an address; no name is looked up."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [str(address[0]) for *_, address in found]


def test_the_connection_goes_to_an_address_that_was_looked_at() -> None:
    place = place_of(
        "https://issuer.example:8443/keys", stands_for("203.0.113.5", "2001:db8::1"), loopback=False
    )
    assert place == Place("issuer.example", "203.0.113.5", 8443, "/keys")
    assert place_of("https://issuer.example", stands_for("203.0.113.5"), loopback=False).path == "/"


@pytest.mark.parametrize("address", ["10.1.2.3", "172.16.0.1", "192.168.1.1", "fd00::1", "100.64.0.1"])
def test_an_issuer_on_ones_own_premises_is_asked(address: str) -> None:
    assert place_of("https://issuer.corp.example", stands_for(address), loopback=False).address == address


NEVER = [
    "169.254.169.254",
    "169.254.1.1",
    "fe80::1",
    "fe80::1%eth0",
    "::ffff:169.254.169.254",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "ff02::1",
    "240.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize("loopback", [True, False])
@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_asked_even_as_one_of_several(address: str, *, loopback: bool) -> None:
    for addresses in ((address,), ("203.0.113.5", address)):
        with pytest.raises(AddressRefused):
            place_of("https://issuer.example", stands_for(*addresses), loopback=loopback)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_asked_only_where_the_estate_says_so(address: str) -> None:
    with pytest.raises(AddressRefused, match="loopback: true"):
        place_of("https://issuer.example", stands_for("203.0.113.5", address), loopback=False)
    assert place_of("https://issuer.example", stands_for(address), loopback=True).address == address


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_this_machine_goes_by_many_spellings(host: str) -> None:
    with pytest.raises(AddressRefused):
        place_of(f"https://{host}/", by_the_system, loopback=False)
    assert place_of(f"https://{host}/", by_the_system, loopback=True)


@pytest.mark.parametrize(
    "host", ["203.0.113.5", "[2001:4860:4860::8888]", "3405803781", "0xcb007105", "203.7429"]
)
@pytest.mark.parametrize("loopback", [True, False])
def test_an_address_is_no_name_of_an_issuer(host: str, *, loopback: bool) -> None:
    with pytest.raises(AddressRefused):
        place_of(f"https://{host}/", by_the_system, loopback=loopback)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://issuer.example",
        "ftp://issuer.example",
        "file:///etc/passwd",
        "https://",
        "https:///keys",
        "https://user@issuer.example",
        "https://user:password@issuer.example",
        "https://issuer.example/?x=1",
        "https://issuer.example/#x",
        "https://issuer.example:99999/",
        "https://issuer.example:port/",
        "https://[::1/",
        "https://issuer.example/a b",
        "https://issuer.example/\r\nHost: evil",
        "https://issuer.example/\u00e9",
    ],
)
def test_what_is_no_plain_https_url_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        place_of(url, stands_for("203.0.113.5"), loopback=True)


def test_a_name_that_means_nothing_is_refused() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    for lookup in (unknown, stands_for()):
        with pytest.raises(AddressRefused, match=r"`issuer\.example`"):
            place_of("https://issuer.example", lookup, loopback=False)
