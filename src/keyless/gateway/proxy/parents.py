"""The user's own proxies, as the plane's environment names them: the way out goes through them.

Rules: the lower-case variable goes before the upper-case one, the scheme's own before `ALL_PROXY`;
`NO_PROXY` holds names (each with all below it), addresses, networks and `*`, with a port or without; this
machine is never reached through a proxy. A proxy of another kind than HTTP is an error when it is needed,
not before: most workloads never leave the local plane.

Pure. Source: there is no standard; this is what curl and Go document,
https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from keyless.gateway.hosts import ip_address, is_loopback, normalized

_SCHEMES = {"http": 80, "https": 443}


class UnusableProxy(Exception):
    """A proxy setting that cannot be followed; the message names it, without its password."""


@dataclass(frozen=True, slots=True)
class ParentProxy:
    """A proxy to go out through. ``authorization`` is the value of a `Proxy-Authorization` header."""

    host: str
    port: int
    tls: bool
    authorization: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers that are for this proxy alone."""
        return () if self.authorization is None else (("Proxy-Authorization", self.authorization),)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Parents:
    """Which proxy to use for which destination."""

    _settings: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    _exempt: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Parents:
        """The proxies that an environment names."""
        everything = _first_of(environment, "all_proxy")
        settings = {scheme: _first_of(environment, f"{scheme}_proxy") or everything for scheme in _SCHEMES}
        exempt = _first_of(environment, "no_proxy")
        entries = exempt[1].replace(",", " ").split() if exempt else []
        return cls({s: found for s, found in settings.items() if found}, tuple(entries))

    def towards(self, scheme: str, host: str, port: int) -> ParentProxy | None:
        """The proxy for a destination; none to connect directly.

        Raises:
            UnusableProxy: the environment names one that cannot be used.
        """
        found = self._settings.get(scheme)
        if found is None or is_loopback(host) or any(_exempts(e, host, port) for e in self._exempt):
            return None
        return _parse(*found)


def _first_of(environment: Mapping[str, str], name: str) -> tuple[str, str] | None:
    for variable in (name, name.upper()):
        if environment.get(variable):
            return variable, environment[variable]
    return None


def _parse(variable: str, value: str) -> ParentProxy:
    try:
        url = urlsplit(value if "://" in value else f"http://{value}")
        host, port = url.hostname, url.port
    except ValueError as error:
        raise UnusableProxy(f"`{variable}` does not hold a proxy's URL: correct it, or unset it") from error
    if url.scheme not in _SCHEMES or not host:
        raise UnusableProxy(
            f"`{variable}` names a `{url.scheme}` proxy, and only http and https ones can be gone through: "
            f"set it to such a one, or unset it"
        )
    authorization = None
    if url.username is not None:
        credentials = f"{unquote(url.username)}:{unquote(url.password or '')}"
        authorization = f"Basic {base64.b64encode(credentials.encode()).decode()}"
    return ParentProxy(host, port or _SCHEMES[url.scheme], url.scheme == "https", authorization)


def _exempts(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    name, colon, digits = entry.rpartition(":")
    if colon and digits.isdigit() and (":" not in name or name.endswith("]")):
        if int(digits) != port:
            return False
        entry = name
    address = ip_address(normalized(host))
    if address is not None:
        return _holds(entry, address)
    domain = normalized(entry.removeprefix("*").removeprefix("."))
    return normalized(host) == domain or normalized(host).endswith(f".{domain}")


def _holds(entry: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(entry.removeprefix("[").removesuffix("]"), strict=False)
    except ValueError:
        return False
