"""What all cryptographic operations share: their paths, access and errors, and finding the key.

Without a version in its path an operation uses the newest. Clients that may not read a key send an empty one
(two slashes), which is none.

Source: https://learn.microsoft.com/rest/api/keyvault/keys/operation-groups
"""

from __future__ import annotations

from typing import Any

from keyless.planes.keyvault.keys.crypto.errors import KeyExpired, KeyNotYetValid, KeyOperationForbidden
from keyless.planes.keyvault.keys.crypto.use import KeyInUse
from keyless.planes.keyvault.keys.errors import KeyNotFound
from keyless.planes.keyvault.keys.material.base64url import decode
from keyless.planes.keyvault.keys.material.types import KeyOperation
from keyless.planes.keyvault.objects.access import on_one, vault_of
from keyless.planes.keyvault.objects.errors import ObjectDisabled
from keyless.planes.keyvault.service import KeyVault
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidProperty, InvalidRequest, WireError
from keyless.wire.operation import Requires

SPEC = "https://learn.microsoft.com/rest/api/keyvault/keys/"
ERRORS: tuple[type[WireError], ...] = (
    InvalidRequest,
    KeyNotFound,
    ObjectDisabled,
    KeyNotYetValid,
    KeyExpired,
    KeyOperationForbidden,
)
MAX_VALUE_BYTES = 64 * 1024
"""The most that one operation takes: a limit of ours, since the service tells none for AES."""


def at(action: str) -> tuple[str, ...]:
    """The routes of an operation on a key."""
    return (
        f"POST /keys/{{key_name}}/{{key_version}}/{action}",
        f"POST /keys/{{key_name}}/{action}",
    )


def to(action: str, permission: str) -> Requires:
    """The data action on the key that the route names, and the permission of access policies."""
    return on_one("keys", f"{action}/action", permission)


async def usable(call: Authorized[Any], vaults: KeyVault, operation: KeyOperation) -> KeyInUse:
    """The key that a call is for, ready for the operation.

    Raises:
        WireError: see ``KeysInUse.for_operation``.
    """
    params = call.params
    return await vaults.keys_in_use.for_operation(
        vault_of(call), params["key_name"], params.get("key_version"), operation, now=call.now
    )


def read(text: str, field: str) -> bytes:
    """The bytes of a member.

    Raises:
        InvalidRequest: they are not base64url, or too many.
    """
    if len(text) > MAX_VALUE_BYTES * 4 // 3 + 4:
        raise InvalidProperty(field, f"it may have {MAX_VALUE_BYTES} bytes")
    return decode(text, field)


def read_if_any(text: str | None, field: str) -> bytes | None:
    """The bytes of a member that may be left out; clients send an empty one for none."""
    return read(text, field) if text else None
