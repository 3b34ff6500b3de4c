"""The two ends of a TCP connection."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from keyless.gateway.hosts import ip_address

IPAddress = IPv4Address | IPv6Address


class End(NamedTuple):
    """An IP address and a port; IPv4 mapped into IPv6 is IPv4."""

    address: IPAddress
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if self.address.version == 6 else f"{self.address}:{self.port}"


class Connection(NamedTuple):
    """A TCP connection as the server that accepted it sees it."""

    client: End
    server: End


def parse_end(text: str) -> End | None:
    """Read `127.0.0.1:80` or `[::1]:80`; none for anything else."""
    host, colon, port = text.rpartition(":")
    address = ip_address(host.removeprefix("[").removesuffix("]").partition("%")[0])
    if not colon or address is None or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        return None
    return End(address, int(port))


def connection_between(client: str, server: str) -> Connection | None:
    """The connection between two ends given as text; none where one of them is no address and port."""
    far, near = parse_end(client), parse_end(server)
    return Connection(far, near) if far is not None and near is not None else None
