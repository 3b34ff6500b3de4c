"""What `bench.serve` tells those who measure it."""

from __future__ import annotations

import msgspec


class Ready(msgspec.Struct, frozen=True):
    """Ports, and what a client proves itself with; ``wrapped`` is a key that the vault's RSA key unwraps.

    ``token`` is for vaults, ``store_token`` for configuration stores.
    """

    tls_port: int
    plain_port: int
    token: str
    certificate: str
    workload_secret: str
    tenant_id: str
    client_id: str
    client_secret: str
    wrapped: str
    pid: int
    store_token: str
