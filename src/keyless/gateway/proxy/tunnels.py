"""Whose connections the local plane gets through the proxy: a tunnel's own end of it tells its lease.

Nothing rests on this but what is written down of it: who may do what is decided by tokens, never by ports.
"""

from __future__ import annotations

from typing import Generic

from keyless.gateway.proxy.leases import L


class Tunnels(Generic[L]):
    """The tunnels that are open, by the port that each comes from."""

    def __init__(self) -> None:
        self._leases: dict[str, L] = {}

    def opened(self, port: int, lease: L) -> None:
        """A tunnel of this lease comes from this port now."""
        self._leases[str(port)] = lease

    def closed(self, port: int) -> None:
        """The tunnel from this port is over."""
        self._leases.pop(str(port), None)

    def lease_at(self, client: str) -> L | None:
        """Whose connection it is that comes from this `address:port`; none where it came on another way."""
        return self._leases.get(client.rpartition(":")[2])
