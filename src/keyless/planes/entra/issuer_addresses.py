"""Whether another issuer may be asked for its keys at an address: what must be refused so that nobody who can
name an issuer can have this machine's own services, or its cloud's metadata service, called.

Rules:
- `https` alone, without user, query or fragment;
- every address that the name stands for is looked at, and the connection goes to one of just these;
- this machine (loopback) only where the estate says so of the issuer; link-local addresses, among them that
  of the metadata service, and multicast, unspecified and reserved ones, never;
- a name that is itself an address is refused, but for this machine's own where that is allowed. Private
  addresses behind a name are taken: an issuer on one's own premises has such.

Pure but for the look-up, which is given. Source: https://www.rfc-editor.org/rfc/rfc6890
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Lookup = Callable[[str, int], Sequence[str]]
"""From a host name and a port to addresses, as a connection would use them."""
_NUMERIC = re.compile(r".*:.*|[0-9.]+|0x[0-9a-f.x]+", re.IGNORECASE)


class AddressRefused(Exception):
    """An address that is not asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to ask: the host's name (for TLS and the request), one address of it, the port, and the path."""

    host: str
    address: str
    port: int
    path: str


def place_of(url: str, lookup: Lookup, *, loopback: bool) -> Place:
    """Where a URL leads to.

    Raises:
        AddressRefused: it is not to be asked, or leads nowhere.
    """
    host, port, path = _parts(url)
    addresses = _looked_up(host, port, lookup)
    for address in addresses:
        _check(address, host, loopback=loopback)
    if _NUMERIC.fullmatch(host) and not all(_meant(one).is_loopback for one in addresses):
        raise AddressRefused(f"`{host}` is an address: an issuer goes by a name")
    return Place(host, addresses[0], port, path)


def _parts(url: str) -> tuple[str, int, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise AddressRefused(f"`{url[:200]}` is not a URL") from None
    if parts.scheme != "https" or not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise AddressRefused(f"`{url[:200]}` is not an https URL without user, query and fragment")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(f"`{url[:200]!r}` is not a URL")
    return host, port, parts.path or "/"


def _looked_up(host: str, port: int, lookup: Lookup) -> Sequence[str]:
    try:
        addresses = lookup(host, port)
    except (OSError, UnicodeError):
        raise AddressRefused(f"the name `{host}` cannot be looked up") from None
    if not addresses:
        raise AddressRefused(f"the name `{host}` has no address")
    return addresses


def _check(text: str, host: str, *, loopback: bool) -> None:
    plain = _meant(text)
    if plain.is_loopback:
        if not loopback:
            raise AddressRefused(
                f"`{host}` is this machine: say `loopback: true` of the issuer under `issuers` in the estate"
            )
        return
    if plain.is_link_local or plain.is_multicast or plain.is_unspecified or plain.is_reserved:
        raise AddressRefused(f"`{host}` is at an address that is never asked")


def _meant(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address that a text is; IPv4 mapped into IPv6 is IPv4."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
