"""The Key Vault plane: which hosts it serves, whose tokens it takes, and what every answer carries.

`x-ms-keyvault-network-info` is not sent: it tells the caller's address as the service saw it, which is not
known here.

Source: https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache

from keyless import __version__
from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates import deleted_operations as deleted_certificate_operations
from keyless.planes.keyvault.certificates import import_operations, issuer_operations, object_operations
from keyless.planes.keyvault.certificates import operations as certificate_operations
from keyless.planes.keyvault.keys import deleted_operations as deleted_key_operations
from keyless.planes.keyvault.keys import operations as key_operations
from keyless.planes.keyvault.keys import rotation_operations
from keyless.planes.keyvault.keys.crypto import encryption, random_bytes, signatures
from keyless.planes.keyvault.secrets import deleted_operations, operations
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import counted_at
from keyless.planes.keyvault.vaults import AUDIENCES, vault_name
from keyless.store.collections import VAULTS
from keyless.store.ports import Store
from keyless.wire.plane import Plane
from keyless.wire.request import Request
from keyless.wire.shapes import key_vault

OPERATIONS = (
    *operations.OPERATIONS,
    *deleted_operations.OPERATIONS,
    *key_operations.OPERATIONS,
    *rotation_operations.OPERATIONS,
    *deleted_key_operations.OPERATIONS,
    *encryption.OPERATIONS,
    *signatures.OPERATIONS,
    *random_bytes.OPERATIONS,
    *certificate_operations.OPERATIONS,
    *issuer_operations.OPERATIONS,
    *object_operations.OPERATIONS,
    *import_operations.OPERATIONS,
    *deleted_certificate_operations.OPERATIONS,
)
_MAX_BODY_BYTES = 24 * 1024 * 1024  # the largest backup in base64, and its wrapping


def key_vault_plane(store: Store, *, entropy: Callable[[int], bytes] = os.urandom) -> Plane:
    """The plane over a store. ``entropy`` gives version ids, and the keys and nonces of backups."""

    async def locate(host: str) -> Vault | None:
        name = vault_name(host)
        if name is None:
            return None
        return await store.get(VAULTS, (name,))

    return Plane(
        name="key-vault",
        operations=OPERATIONS,
        service=KeyVault(store, entropy),
        locate=locate,
        shape=key_vault,
        audiences=lambda vault: AUDIENCES,
        headers=answer_headers,
        method_override=True,
        merges_slashes=True,
        max_body_bytes=_MAX_BODY_BYTES,
        keeps_estate_time=True,
        counted_at=counted_at,
    )


def answer_headers(request: Request, vault: Vault) -> list[tuple[str, str]]:
    """The headers of every answer: a fresh list, which the dispatcher adds to."""
    headers = [*_standing_headers(vault.location), ("x-ms-request-id", request.request_id)]
    client_request_id = request.headers.get("x-ms-client-request-id")
    if client_request_id is not None:
        headers.append(("x-ms-client-request-id", client_request_id))
    return headers


@lru_cache(maxsize=64)
def _standing_headers(region: str) -> tuple[tuple[str, str], ...]:
    """The headers that do not change from one answer to the next."""
    return (
        ("cache-control", "no-cache"),
        ("x-ms-keyvault-region", region),
        ("x-ms-keyvault-service-version", __version__),
        ("x-content-type-options", "nosniff"),
        ("strict-transport-security", "max-age=31536000;includeSubDomains"),
    )
