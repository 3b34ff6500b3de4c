"""The algorithms that the service has, as a table: for which keys, operations and api-versions.

Rules:
- an algorithm is known by its name (`alg`), in the case it has, from the api-version on that first had it;
- it needs a key of its family, curve and size; `CKM_AES_KEY_WRAP` takes every size;
- RSA encrypts and wraps with the same algorithms; AES-GCM and AES-CBC encrypt, AES key wrap wraps;
- RSNULL is there where the library can sign without naming a hash (`cryptography` 47 and later).

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane/Keys
(`JsonWebKeyEncryptionAlgorithm`, `JsonWebKeySignatureAlgorithm` of each version), and
https://learn.microsoft.com/azure/key-vault/keys/about-keys-details
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import utils
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512

from keyless.planes.keyvault.api_versions import KEY_VAULT
from keyless.planes.keyvault.keys.material.ciphers import AesCbc, AesGcm, AesKeyWrap, Cipher, RsaCipher
from keyless.planes.keyvault.keys.material.kept import KeyMaterial
from keyless.planes.keyvault.keys.material.signing import (
    EcSigner,
    HmacSigner,
    RawRsaSigner,
    RsaSigner,
    Signer,
)
from keyless.planes.keyvault.keys.material.types import Family, KeyOperation
from keyless.wire.errors import InvalidProperty, InvalidRequest

_ENCRYPT = frozenset({KeyOperation.ENCRYPT, KeyOperation.DECRYPT})
_WRAP = frozenset({KeyOperation.WRAP, KeyOperation.UNWRAP})
_SIGN = frozenset({KeyOperation.SIGN, KeyOperation.VERIFY})
_SIGNING = "signing"
_ENCRYPTION = "encryption"


@dataclass(frozen=True, slots=True)
class Suits:
    """The keys that an algorithm is for; none of curve and bits stands for any."""

    family: Family
    curve: str | None = None
    bits: int | None = None


class CipherRow(NamedTuple):
    """An algorithm that encrypts or wraps, from an api-version on."""

    name: str
    since: str
    operations: frozenset[KeyOperation]
    suits: Suits
    cipher: Cipher[Any]


class SignerRow(NamedTuple):
    """An algorithm that signs, from an api-version on and ``until`` (exclusive) another."""

    name: str
    since: str
    suits: Suits
    signer: Signer[Any]
    until: str | None = None


_FIRST, _ES256K, _AES, _HMAC = "2016-10-01", "7.0", "7.2", "7.6-preview.2"
_RSA = Suits(Family.RSA)
_OCT = Suits(Family.OCT)

CIPHERS = (
    CipherRow("RSA1_5", _FIRST, _ENCRYPT | _WRAP, _RSA, RsaCipher.pkcs1()),
    CipherRow("RSA-OAEP", _FIRST, _ENCRYPT | _WRAP, _RSA, RsaCipher.oaep(SHA1())),  # noqa: S303  # the service's
    CipherRow("RSA-OAEP-256", _FIRST, _ENCRYPT | _WRAP, _RSA, RsaCipher.oaep(SHA256())),
    *(
        CipherRow(f"A{bits}{mode}", _AES, operations, Suits(Family.OCT, bits=bits), cipher)
        for mode, operations, cipher in (
            ("GCM", _ENCRYPT, AesGcm()),
            ("CBC", _ENCRYPT, AesCbc(padded=False)),
            ("CBCPAD", _ENCRYPT, AesCbc(padded=True)),
            ("KW", _WRAP, AesKeyWrap(padded=False)),
        )
        for bits in (128, 192, 256)
    ),
    CipherRow("CKM_AES_KEY_WRAP", _HMAC, _WRAP, _OCT, AesKeyWrap(padded=False)),
    CipherRow("CKM_AES_KEY_WRAP_PAD", _HMAC, _WRAP, _OCT, AesKeyWrap(padded=True)),
)

SIGNERS = (
    SignerRow("RS256", _FIRST, _RSA, RsaSigner(SHA256())),
    SignerRow("RS384", _FIRST, _RSA, RsaSigner(SHA384())),
    SignerRow("RS512", _FIRST, _RSA, RsaSigner(SHA512())),
    SignerRow("PS256", _FIRST, _RSA, RsaSigner(SHA256(), pss=True)),
    SignerRow("PS384", _FIRST, _RSA, RsaSigner(SHA384(), pss=True)),
    SignerRow("PS512", _FIRST, _RSA, RsaSigner(SHA512(), pss=True)),
    *([SignerRow("RSNULL", _FIRST, _RSA, RawRsaSigner())] if hasattr(utils, "NoDigestInfo") else []),
    SignerRow("ES256", _FIRST, Suits(Family.EC, "P-256"), EcSigner(SHA256(), 32)),
    SignerRow("ES384", _FIRST, Suits(Family.EC, "P-384"), EcSigner(SHA384(), 48)),
    SignerRow("ES512", _FIRST, Suits(Family.EC, "P-521"), EcSigner(SHA512(), 66)),
    SignerRow("ECDSA256", _FIRST, Suits(Family.EC, "P-256K"), EcSigner(SHA256(), 32), until=_ES256K),
    SignerRow("ES256K", _ES256K, Suits(Family.EC, "P-256K"), EcSigner(SHA256(), 32)),
    SignerRow("HS256", _HMAC, _OCT, HmacSigner(SHA256())),
    SignerRow("HS384", _HMAC, _OCT, HmacSigner(SHA384())),
    SignerRow("HS512", _HMAC, _OCT, HmacSigner(SHA512())),
)

_AGE = {version: age for age, version in enumerate(KEY_VAULT.known)}
_CIPHERS = {row.name: row for row in CIPHERS}
_SIGNERS = {row.name: row for row in SIGNERS}


def cipher_for(alg: str, operation: KeyOperation, api_version: str) -> CipherRow:
    """The algorithm of that name that does an operation.

    Raises:
        InvalidRequest: the api-version has no such algorithm for the operation.
    """
    row = _CIPHERS.get(alg)
    if row is None or operation not in row.operations or _AGE[api_version] < _AGE[row.since]:
        known = [
            row.name
            for row in CIPHERS
            if operation in row.operations and _AGE[row.since] <= _AGE[api_version]
        ]
        raise _unknown(alg, known)
    return row


def signer_for(alg: str, api_version: str) -> SignerRow:
    """The algorithm of that name that signs.

    Raises:
        InvalidRequest: the api-version has no such algorithm for signatures.
    """
    row = _SIGNERS.get(alg)
    if row is None or not _is_offered(row, api_version):
        raise _unknown(alg, [row.name for row in SIGNERS if _is_offered(row, api_version)])
    return row


def _is_offered(row: SignerRow, api_version: str) -> bool:
    age = _AGE[api_version]
    return _AGE[row.since] <= age and (row.until is None or age < _AGE[row.until])


def _unknown(alg: str, known: list[str]) -> InvalidProperty:
    return InvalidProperty("alg", f"`{alg[:50]}` is not one of {', '.join(known)}")


def check_suits(row: CipherRow | SignerRow, material: KeyMaterial, kid: str) -> None:
    """Make sure that a key is one that an algorithm is for; ``kid`` is its URL, for the error.

    Raises:
        InvalidRequest: it is of another family, curve or size.
    """
    suits, kind = row.suits, _SIGNING if isinstance(row, SignerRow) else _ENCRYPTION
    if suits.family is not material.family:
        raise _unsuited(kind, kid, f"is of type '{material.family}'", row.name, f"type '{suits.family}'")
    if suits.curve is not None and suits.curve != material.curve:
        raise _unsuited(kind, kid, f"uses curve '{material.curve}'", row.name, f"curve '{suits.curve}'")
    if suits.bits is not None and suits.bits != material.bits:
        raise _unsuited(kind, kid, f"has {material.bits} bits", row.name, f"keys of {suits.bits} bits")


def _unsuited(kind: str, kid: str, what: str, alg: str, wanted: str) -> InvalidRequest:
    return InvalidRequest(
        f"Key and {kind} algorithm are incompatible. Key {kid} {what}, "
        f"and algorithm '{alg}' can only be used with {wanted}.",
        field="alg",
    )
