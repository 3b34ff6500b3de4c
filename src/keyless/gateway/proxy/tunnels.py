"""Whose connections the local plane gets through the proxy: a tunnel's own end of it tells its lease.

Nothing rests on this but what is written down of it: who may do what is decided by tokens, never by ports.
"""

from __future__ import annotations

from typing import Generic

from keyless.gateway.proxy.leases import L

Address = tuple[str, int]
"""An IP address and a port."""


class Tunnels(Generic[L]):
    """The tunnels that are open, by the address that each comes from.

    The port alone does not tell: one that leads elsewhere may have the port of a connection that is none.
    """

    def __init__(self) -> None:
        self._leases: dict[str, L] = {}

    def opened(self, end: Address, lease: L) -> None:
        """A tunnel of this lease comes from this address now."""
        self._leases[_text(end)] = lease

    def closed(self, end: Address, lease: L) -> None:
        """This lease's tunnel from this address is over; another one that has the address by now is not."""
        if self._leases.get(_text(end)) is lease:
            del self._leases[_text(end)]

    def lease_at(self, client: str) -> L | None:
        """Whose connection it is that comes from this `address:port`; none where it came on another way."""
        return self._leases.get(client)


def _text(end: Address) -> str:
    return f"{end[0]}:{end[1]}"
