"""Encrypting and decrypting with a key, and wrapping and unwrapping other keys.

Source: https://learn.microsoft.com/rest/api/keyvault/keys/operation-groups
"""

from __future__ import annotations

from keyless.planes.keyvault.api_versions import KEY_VAULT
from keyless.planes.keyvault.keys.crypto.in_use import ERRORS, SPEC, at, read, read_if_any, to, usable
from keyless.planes.keyvault.keys.crypto.schemas import KeyOperationResult, KeyOperationsParameters
from keyless.planes.keyvault.keys.material.algorithms import check_suits, cipher_for
from keyless.planes.keyvault.keys.material.base64url import encode
from keyless.planes.keyvault.keys.material.types import KeyOperation
from keyless.planes.keyvault.keys.material.values import Plain, Sealed
from keyless.planes.keyvault.keys.weights import KEY_USES
from keyless.planes.keyvault.service import KeyVault
from keyless.wire.call import Authorized
from keyless.wire.operation import Operation, operation

Call = Authorized[KeyOperationsParameters]


@operation(
    id="KeyVault.Encrypt",
    route=at("encrypt"),
    api_versions=KEY_VAULT,
    access=to("encrypt", "encrypt"),
    body=KeyOperationsParameters,
    response=KeyOperationResult,
    errors=ERRORS,
    counts=KEY_USES,
    spec=SPEC + "encrypt/encrypt",
)
async def encrypt(call: Call, vaults: KeyVault) -> KeyOperationResult:
    """Encrypt a block of data with a key."""
    return await _seal(call, vaults, KeyOperation.ENCRYPT)


@operation(
    id="KeyVault.Decrypt",
    route=at("decrypt"),
    api_versions=KEY_VAULT,
    access=to("decrypt", "decrypt"),
    body=KeyOperationsParameters,
    response=KeyOperationResult,
    errors=ERRORS,
    counts=KEY_USES,
    spec=SPEC + "decrypt/decrypt",
)
async def decrypt(call: Call, vaults: KeyVault) -> KeyOperationResult:
    """Decrypt a block of data that was encrypted with a key."""
    return await _open(call, vaults, KeyOperation.DECRYPT)


@operation(
    id="KeyVault.WrapKey",
    route=at("wrapkey"),
    api_versions=KEY_VAULT,
    access=to("wrap", "wrapkey"),
    body=KeyOperationsParameters,
    response=KeyOperationResult,
    errors=ERRORS,
    counts=KEY_USES,
    spec=SPEC + "wrap-key/wrap-key",
)
async def wrap_key(call: Call, vaults: KeyVault) -> KeyOperationResult:
    """Wrap a symmetric key with a key."""
    return await _seal(call, vaults, KeyOperation.WRAP)


@operation(
    id="KeyVault.UnwrapKey",
    route=at("unwrapkey"),
    api_versions=KEY_VAULT,
    access=to("unwrap", "unwrapkey"),
    body=KeyOperationsParameters,
    response=KeyOperationResult,
    errors=ERRORS,
    counts=KEY_USES,
    spec=SPEC + "unwrap-key/unwrap-key",
)
async def unwrap_key(call: Call, vaults: KeyVault) -> KeyOperationResult:
    """Unwrap a symmetric key that was wrapped with a key."""
    return await _open(call, vaults, KeyOperation.UNWRAP)


async def _seal(call: Call, vaults: KeyVault, operation: KeyOperation) -> KeyOperationResult:
    body = call.body
    row = cipher_for(body.alg, operation, call.api_version)
    plain = Plain(read(body.value, "value"), read_if_any(body.iv, "iv"), read_if_any(body.aad, "aad"))
    kid, version, key = await usable(call, vaults, operation)
    check_suits(row, version.material, kid)
    sealed = row.cipher.encrypt(key, plain, row.name)
    value, *others = (None if part is None else encode(part) for part in sealed)
    return KeyOperationResult(kid, value or "", *others)


async def _open(call: Call, vaults: KeyVault, operation: KeyOperation) -> KeyOperationResult:
    body = call.body
    row = cipher_for(body.alg, operation, call.api_version)
    sealed = Sealed(
        read(body.value, "value"),
        read_if_any(body.iv, "iv"),
        read_if_any(body.tag, "tag"),
        read_if_any(body.aad, "aad"),
    )
    kid, version, key = await usable(call, vaults, operation)
    check_suits(row, version.material, kid)
    return KeyOperationResult(kid, encode(row.cipher.decrypt(key, sealed, row.name)))


OPERATIONS: tuple[Operation, ...] = (encrypt, decrypt, wrap_key, unwrap_key)
