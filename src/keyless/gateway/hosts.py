"""Which host names are the cloud's own, and so are answered by the local plane.

Rules:
- a host is the cloud's own by its exact name, or because whole labels stand before one of its suffixes;
  case and one trailing dot do not matter, and `evil-vault.azure.net.example.com` is nobody's of ours;
- what is the cloud's own is never connected to in the outside world, on whatever port: the local plane's
  tokens mean nothing there, and the real thing's must not come in;
- TLS hosts are answered on port 443, the instance metadata address on port 80 in plain HTTP;
- an IP address is known in each of its spellings that a C library would connect to (`2852039166`).

Sources: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#dns-suffixes,
https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud,
https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service
"""

from __future__ import annotations

import enum
import ipaddress
import re
import socket

METADATA_HOST = "169.254.169.254"

EXACT_NAMES = (
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoft.com",
    "sts.windows.net",
    "management.azure.com",
    "management.core.windows.net",
    "graph.microsoft.com",
)

CLOUD_SHELL_PORT = 50342
"""Where MSAL asks for Cloud Shell's endpoint, at `localhost` and in plain HTTP: nothing tells it another."""

OWN_NAME = "localhost"
"""The name by which Service Fabric's endpoint is reached, over TLS and never through the proxy."""

DOCUMENT_NAME = "metadata.azure.com"
"""The name in the certificate that signs the metadata service's documents; nobody connects to it."""

SUFFIXES = (".vault.azure.net", ".azconfig.io", ".login.microsoft.com")

_TLS_PORT = 443
_PLAIN_PORT = 80
_NUMERIC = re.compile(r"[0-9a-fx.]+")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Service(enum.Enum):
    """Who answers a host and port."""

    TLS = "the local plane, over TLS"
    METADATA = "the local instance metadata service, in plain HTTP"
    WRONG_PORT = "nobody: the host is the cloud's own, but not on this port"
    OUTSIDE = "the outside world"


def normalized(host: str) -> str:
    """A host as it is compared: lower case, no trailing dot, IP addresses in their usual spelling."""
    plain = host.lower().removesuffix(".")
    address = ip_address(plain)
    return plain if address is None else str(address)


def ip_address(host: str) -> IPAddress | None:
    """The IP address that a host is a spelling of, if it is one; IPv4 mapped into IPv6 is IPv4."""
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return _historic_address(host)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _historic_address(host: str) -> IPAddress | None:
    """Spellings such as `127.1`, `0x7f000001` and `2130706433`, which C libraries connect to."""
    if not _NUMERIC.fullmatch(host):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def is_cloud_host(host: str) -> bool:
    """Whether a host name is the cloud's own."""
    name = normalized(host)
    return name in EXACT_NAMES or name == METADATA_HOST or name.endswith(SUFFIXES)


def service_of(host: str, port: int) -> Service:
    """Who answers a connection to a host and port."""
    if not is_cloud_host(host):
        return Service.OUTSIDE
    if normalized(host) == METADATA_HOST:
        return Service.METADATA if port == _PLAIN_PORT else Service.WRONG_PORT
    return Service.TLS if port == _TLS_PORT else Service.WRONG_PORT


def is_local(host: str, port: int) -> bool:
    """Whether the local plane answers this host and port."""
    return service_of(host, port) in {Service.TLS, Service.METADATA}


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its name or address alone (nothing is looked up)."""
    name = normalized(host)
    address = ip_address(name)
    if address is not None:
        return address.is_loopback or address.is_unspecified
    return name == "localhost" or name.endswith(".localhost")


def local_names() -> tuple[str, ...]:
    """The DNS names that the plane's certificate is for; a wildcard stands for one label."""
    return (*EXACT_NAMES, *(f"*{suffix}" for suffix in SUFFIXES), OWN_NAME)


def local_domains() -> tuple[str, ...]:
    """The smallest set of domains, each with all below it, that holds every local name."""
    domains = {OWN_NAME, DOCUMENT_NAME, *EXACT_NAMES, *(suffix.removeprefix(".") for suffix in SUFFIXES)}
    return tuple(sorted(d for d in domains if not any(d.endswith(f".{other}") for other in domains)))


def hides_cloud_host(entry: str) -> bool:
    """Whether an entry of `NO_PROXY` keeps a client from asking the proxy for some host of the cloud's own.

    Clients differ in how they read an entry (some compare mere endings), so any reading counts.
    """
    name = entry.strip().lower().removeprefix("*").removeprefix(".").removesuffix(".")
    if entry.strip() == "*":
        return True
    host, colon, port = name.rpartition(":")
    if colon and port.isdigit() and ":" not in host:
        name = host
    if not name:
        return False
    return _covers_metadata(name) or any(
        known.endswith(name) or name.endswith(known) for known in (*EXACT_NAMES, *_bare_suffixes())
    )


def _bare_suffixes() -> tuple[str, ...]:
    return tuple(suffix.removeprefix(".") for suffix in SUFFIXES)


def _covers_metadata(name: str) -> bool:
    if METADATA_HOST.startswith(name) or METADATA_HOST.endswith(name):
        return True
    try:
        return ipaddress.ip_address(METADATA_HOST) in ipaddress.ip_network(name, strict=False)
    except ValueError:
        return False
