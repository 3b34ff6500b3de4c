"""Where identity endpoints of this machine alone are found: under the names of the loopback address.

Several hosts' endpoints share these names, and are told apart by their paths.
"""

from __future__ import annotations

HOSTS = frozenset({"127.0.0.1", "localhost"})


async def on_loopback(host: str) -> str | None:
    """The host, where it is this machine itself; what ``Plane.locate`` is for such an endpoint."""
    return host if host in HOSTS else None
