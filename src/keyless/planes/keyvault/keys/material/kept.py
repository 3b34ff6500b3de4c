"""Key material as it is kept: private part, and public part as it is told.

Rules:
- the private part is PKCS #8 in DER, or the bytes of a symmetric key; it belongs in sealed collections alone;
- the public part is kept beside it in the form of a JWK, so that telling it opens no private key;
- a private key that is opened again is not checked again: what is kept was made or checked here.
"""

from __future__ import annotations

from typing import cast

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from keyless.planes.keyvault.keys.material.base64url import encode_number
from keyless.planes.keyvault.keys.material.jwk import JsonWebKey
from keyless.planes.keyvault.keys.material.types import RSA_BITS, Family, curve_of
from keyless.wire.errors import InvalidRequest

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | bytes
"""A key that can be used; bytes are a symmetric one."""


class KeyMaterial(msgspec.Struct, frozen=True, omit_defaults=True):
    """A key. ``private`` is PKCS #8 in DER or a symmetric key's bytes; the rest is public, as in a JWK."""

    family: Family
    bits: int
    private: bytes
    curve: str | None = None
    n: str | None = None
    e: str | None = None
    x: str | None = None
    y: str | None = None

    def __repr__(self) -> str:
        return f"KeyMaterial({self.family}, {self.curve or self.bits}, …)"

    def open(self) -> PrivateKey:
        """The key, ready for use."""
        if self.family is Family.OCT:
            return self.private
        opened = load_der_private_key(self.private, None, unsafe_skip_rsa_key_validation=True)
        return cast("PrivateKey", opened)

    def public_jwk(self) -> JsonWebKey:
        """The public members; of a symmetric key there are none."""
        return JsonWebKey(n=self.n, e=self.e, crv=self.curve, x=self.x, y=self.y)


def keep_private_key(key: object) -> KeyMaterial:
    """The material of an RSA or EC private key that is known to be sound.

    Raises:
        InvalidRequest: Key Vault has no keys of this type, size or curve.
    """
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size in RSA_BITS:
        numbers = key.public_key().public_numbers()
        n, e = encode_number(numbers.n), encode_number(numbers.e)
        return KeyMaterial(Family.RSA, key.key_size, _pkcs8(key), n=n, e=e)
    if isinstance(key, ec.EllipticCurvePrivateKey) and (curve := curve_of(key)) is not None:
        point = key.public_key().public_numbers()
        x, y = (encode_number(number, curve.size_bytes) for number in (point.x, point.y))
        return KeyMaterial(Family.EC, key.key_size, _pkcs8(key), curve.name, x=x, y=y)
    raise InvalidRequest(
        "the key must be RSA of 2048, 3072 or 4096 bits, or EC on P-256, P-256K, P-384 or P-521", field="kty"
    )


def keep_bytes(key: bytes) -> KeyMaterial:
    """The material of a symmetric key."""
    return KeyMaterial(Family.OCT, len(key) * 8, key)


def _pkcs8(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
