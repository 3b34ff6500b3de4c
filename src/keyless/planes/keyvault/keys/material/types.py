"""The types of keys that Key Vault has: their families, sizes and curves.

Rules:
- a type with `-HSM` is its family's, kept in hardware by Azure; the material is no other, and neither is what
  it can do;
- RSA keys have 2048, 3072 or 4096 bits, symmetric ones 128, 192 or 256;
- before 7.0 the curve P-256K was called SECP256K1.

Source: https://learn.microsoft.com/azure/key-vault/keys/about-keys-details
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec


class Family(enum.StrEnum):
    """What a key is mathematically, by the `kty` of RFC 7518."""

    RSA = "RSA"
    EC = "EC"
    OCT = "oct"


class KeyType(enum.StrEnum):
    """`JsonWebKeyType`."""

    RSA = "RSA"
    RSA_HSM = "RSA-HSM"
    EC = "EC"
    EC_HSM = "EC-HSM"
    OCT = "oct"
    OCT_HSM = "oct-HSM"

    @property
    def family(self) -> Family:
        """The family, whatever keeps the key."""
        return Family(self.value.removesuffix("-HSM"))

    @property
    def in_hardware(self) -> bool:
        """Whether Azure keeps the key in a hardware security module."""
        return self.value.endswith("-HSM")

    def hardened(self) -> KeyType:
        """The same type, kept in hardware."""
        return KeyType(f"{self.family}-HSM")


class KeyOperation(enum.StrEnum):
    """`JsonWebKeyOperation`, as far as a key is used for it."""

    ENCRYPT = "encrypt"
    DECRYPT = "decrypt"
    SIGN = "sign"
    VERIFY = "verify"
    WRAP = "wrapKey"
    UNWRAP = "unwrapKey"


_CIPHER = (KeyOperation.ENCRYPT, KeyOperation.DECRYPT, KeyOperation.WRAP, KeyOperation.UNWRAP)
_SIGNER = (KeyOperation.SIGN, KeyOperation.VERIFY)

DEFAULT_OPERATIONS: dict[Family, tuple[KeyOperation, ...]] = {
    Family.RSA: (*_CIPHER[:2], *_SIGNER, *_CIPHER[2:]),
    Family.EC: _SIGNER,
    Family.OCT: _CIPHER,
}
"""What a key may be used for whose maker does not say."""

POSSIBLE_OPERATIONS: dict[Family, frozenset[KeyOperation]] = {
    Family.RSA: frozenset((*_CIPHER, *_SIGNER)),
    Family.EC: frozenset(_SIGNER),
    Family.OCT: frozenset((*_CIPHER, *_SIGNER)),
}
"""What a key of a family can be used for at all."""

RSA_BITS = (2048, 3072, 4096)
OCT_BITS = (128, 192, 256)


@dataclass(frozen=True, slots=True)
class Curve:
    """An elliptic curve; a coordinate has ``size_bytes``."""

    name: str
    size_bytes: int
    curve: ec.EllipticCurve


CURVES = {
    curve.name: curve
    for curve in (
        Curve("P-256", 32, ec.SECP256R1()),
        Curve("P-256K", 32, ec.SECP256K1()),
        Curve("P-384", 48, ec.SECP384R1()),
        Curve("P-521", 66, ec.SECP521R1()),
    )
}
RENAMED_CURVE, LEGACY_CURVE = "P-256K", "SECP256K1"
"""A curve, and what it was called before 7.0."""


def curve_of(key: ec.EllipticCurvePrivateKey) -> Curve | None:
    """The curve of a key; none where Key Vault has no such curve."""
    return next((curve for curve in CURVES.values() if curve.curve.name == key.curve.name), None)
