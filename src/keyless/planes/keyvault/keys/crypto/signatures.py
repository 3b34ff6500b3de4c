"""Signing digests with a key, and verifying signatures.

Source: https://learn.microsoft.com/rest/api/keyvault/keys/operation-groups
"""

from __future__ import annotations

from keyless.planes.keyvault.api_versions import KEY_VAULT
from keyless.planes.keyvault.keys.crypto.in_use import ERRORS, SPEC, at, read, to, usable
from keyless.planes.keyvault.keys.crypto.schemas import (
    KeyOperationResult,
    KeySignParameters,
    KeyVerifyParameters,
    KeyVerifyResult,
)
from keyless.planes.keyvault.keys.material.algorithms import check_suits, signer_for
from keyless.planes.keyvault.keys.material.base64url import encode
from keyless.planes.keyvault.keys.material.types import KeyOperation
from keyless.planes.keyvault.keys.weights import KEY_USES
from keyless.planes.keyvault.service import KeyVault
from keyless.wire.call import Authorized
from keyless.wire.operation import Operation, operation


@operation(
    id="KeyVault.Sign",
    route=at("sign"),
    api_versions=KEY_VAULT,
    access=to("sign", "sign"),
    body=KeySignParameters,
    response=KeyOperationResult,
    errors=ERRORS,
    counts=KEY_USES,
    spec=SPEC + "sign/sign",
)
async def sign(call: Authorized[KeySignParameters], vaults: KeyVault) -> KeyOperationResult:
    """Sign a digest with a key."""
    row = signer_for(call.body.alg, call.api_version)
    digest = read(call.body.value, "value")
    kid, version, key = await usable(call, vaults, KeyOperation.SIGN)
    check_suits(row, version.material, kid)
    row.signer.check(digest, key, "value", row.name)
    return KeyOperationResult(kid, encode(row.signer.sign(key, digest)))


@operation(
    id="KeyVault.Verify",
    route=at("verify"),
    api_versions=KEY_VAULT,
    access=to("verify", "verify"),
    body=KeyVerifyParameters,
    response=KeyVerifyResult,
    errors=ERRORS,
    counts=KEY_USES,
    spec=SPEC + "verify/verify",
)
async def verify(call: Authorized[KeyVerifyParameters], vaults: KeyVault) -> KeyVerifyResult:
    """Tell whether a signature of a digest is one of a key's."""
    row = signer_for(call.body.alg, call.api_version)
    digest, signature = read(call.body.digest, "digest"), read(call.body.value, "value")
    kid, version, key = await usable(call, vaults, KeyOperation.VERIFY)
    check_suits(row, version.material, kid)
    row.signer.check(digest, key, "digest", row.name)
    return KeyVerifyResult(row.signer.verify(key, digest, signature))


OPERATIONS: tuple[Operation, ...] = (sign, verify)
