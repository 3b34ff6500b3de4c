"""Whether a key may be used for an operation: pure, given the time.

Rules:
- a disabled key is used for nothing;
- before `nbf`, and from `exp` on, a key encrypts, wraps and signs nothing; it still decrypts, unwraps and
  verifies, so that what it protects can be tried beforehand and recovered afterwards;
- a key is used for what its `key_ops` name, and nothing else.

Source: https://learn.microsoft.com/azure/key-vault/keys/about-keys-details#date-time-controlled-operations
"""

from __future__ import annotations

from keyless.planes.keyvault.keys.crypto.errors import KeyExpired, KeyNotYetValid, KeyOperationForbidden
from keyless.planes.keyvault.keys.material.types import KeyOperation
from keyless.planes.keyvault.keys.records import KeyVersion
from keyless.planes.keyvault.objects.errors import ObjectDisabled

_AT_ANY_TIME = frozenset({KeyOperation.DECRYPT, KeyOperation.UNWRAP, KeyOperation.VERIFY})


def check_usable(version: KeyVersion, operation: KeyOperation, now: int) -> None:
    """Make sure that a key may be used for an operation now (epoch seconds).

    Raises:
        ObjectDisabled: it is disabled.
        KeyNotYetValid: its time has not come.
        KeyExpired: its time is over.
        KeyOperationForbidden: it is not for this operation.
    """
    if not version.enabled:
        raise ObjectDisabled("key", operation)
    if operation not in _AT_ANY_TIME:
        _check_time(version, operation, now)
    if operation not in version.key_ops:
        raise KeyOperationForbidden(operation)


def _check_time(version: KeyVersion, operation: KeyOperation, now: int) -> None:
    if version.not_before is not None and now < version.not_before:
        raise KeyNotYetValid(operation)
    if version.expires is not None and now >= version.expires:
        raise KeyExpired(operation)
