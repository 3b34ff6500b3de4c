"""Importing keys: what a JWK says, checked before it is believed.

Rules:
- sizes are looked at before anything is computed, so that large numbers cost nothing;
- RSA: every member of RFC 7518 is there (`n e d p q dp dq qi`), the factors are the modulus's, of one length,
  and not close, the exponents belong together, and the key proves that it works;
- EC: `d` is in the group, and the point (`x`, `y`) is its own, so that no point off the curve is ever used;
- symmetric: `k` has 128, 192 or 256 bits;
- a key that is sealed for a hardware module (`key_hsm`) cannot be opened here;
- no error tells a value, and whatever is not a member of the key's family is ignored.

Whether `p` and `q` are prime is left to that proof: a test of primality would hold the interpreter for tenths
of a second, and a key that works with factors that are not prime harms only whoever imports it.

Source: https://www.rfc-editor.org/rfc/rfc7518#section-6, FIPS 186-4 B.3.3 for the distance of factors
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from keyless.planes.keyvault.keys.material.base64url import decode
from keyless.planes.keyvault.keys.material.jwk import JsonWebKey
from keyless.planes.keyvault.keys.material.kept import KeyMaterial, keep_bytes, keep_private_key
from keyless.planes.keyvault.keys.material.make import read_curve, read_key_type
from keyless.planes.keyvault.keys.material.threads import READING
from keyless.planes.keyvault.keys.material.types import CURVES, OCT_BITS, RSA_BITS, Family, KeyType
from keyless.wire.errors import InvalidProperty

_MAX_NUMBER_BYTES = 4096 // 8 + 1  # one more, for the sign that some write
_MAX_EXPONENT_BITS = 32
_RSA_MEMBERS = ("n", "e", "d", "p", "q", "dp", "dq", "qi")


async def import_key(jwk: JsonWebKey) -> tuple[KeyType, KeyMaterial]:
    """The type and material of a key in full, checked in a thread.

    Raises:
        InvalidRequest: a member is missing, malformed, or does not fit the others; ``field`` says which.
    """
    return await READING.run(lambda: import_key_here(jwk))


def import_key_here(jwk: JsonWebKey) -> tuple[KeyType, KeyMaterial]:
    """The same in this thread, which can take hundredths of a second."""
    key_type = read_key_type(jwk.kty)
    if jwk.key_hsm is not None:
        raise InvalidProperty("key_hsm", "no hardware module is here to open it: import the key itself")
    return key_type, _READERS[key_type.family](jwk)


def _read_rsa(jwk: JsonWebKey) -> KeyMaterial:
    numbers = {name: _number(jwk, name, _MAX_NUMBER_BYTES) for name in _RSA_MEMBERS}
    _check_rsa(**numbers)
    n, e, d, p, q, dp, dq, qi = numbers.values()
    public = rsa.RSAPublicNumbers(e, n)
    try:
        key = rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, public).private_key(
            unsafe_skip_rsa_key_validation=True
        )
        _prove(key)
    except (ValueError, InvalidSignature):
        raise _unfit("d") from None
    return keep_private_key(key)


def _check_rsa(n: int, e: int, d: int, p: int, q: int, dp: int, dq: int, qi: int) -> None:
    """Check that the members of an RSA key belong together, cheap things first."""
    bits = n.bit_length()
    if bits not in RSA_BITS:
        raise InvalidProperty("n", "RSA keys have 2048, 3072 or 4096 bits")
    if e < 3 or e % 2 == 0 or e.bit_length() > _MAX_EXPONENT_BITS:
        raise InvalidProperty("e", f"it must be odd, at least 3, and have at most {_MAX_EXPONENT_BITS} bits")
    if p * q != n:
        raise _unfit("p")
    if abs(p.bit_length() - q.bit_length()) > 1 or abs(p - q).bit_length() <= bits // 2 - 100:
        raise InvalidProperty("p", "the factors must be of one length, and not close to each other")
    if not 1 < d < n or d * e % (p - 1) != 1 or d * e % (q - 1) != 1:
        raise _unfit("d")
    for name, found, wanted in (("dp", dp, d % (p - 1)), ("dq", dq, d % (q - 1)), ("qi", qi * q % p, 1)):
        if found != wanted:
            raise _unfit(name)


def _prove(key: rsa.RSAPrivateKey) -> None:
    """Sign and verify something."""
    message = os.urandom(32)
    key.public_key().verify(key.sign(message, PKCS1v15(), SHA256()), message, PKCS1v15(), SHA256())


def _read_ec(jwk: JsonWebKey) -> KeyMaterial:
    curve = CURVES[read_curve(jwk.crv)]
    d, x, y = (_number(jwk, name, curve.size_bytes) for name in ("d", "x", "y"))
    if not 1 <= d < curve.curve.group_order:
        raise InvalidProperty("d", "it is not a number of the curve's group")
    key = ec.derive_private_key(d, curve.curve)
    point = key.public_key().public_numbers()
    if point.x != x:
        raise _unfit("x")
    if point.y != y:
        raise _unfit("y")
    return keep_private_key(key)


def _read_oct(jwk: JsonWebKey) -> KeyMaterial:
    key = decode(_given(jwk, "k"), "k")
    if len(key) * 8 not in OCT_BITS:
        raise InvalidProperty("k", "symmetric keys have 128, 192 or 256 bits")
    return keep_bytes(key)


_READERS = {Family.RSA: _read_rsa, Family.EC: _read_ec, Family.OCT: _read_oct}


def _number(jwk: JsonWebKey, name: str, most_bytes: int) -> int:
    plain = decode(_given(jwk, name), name)
    if len(plain.lstrip(b"\0")) > most_bytes:
        raise InvalidProperty(name, f"it may have {most_bytes} bytes")
    return int.from_bytes(plain, "big")


def _given(jwk: JsonWebKey, name: str) -> str:
    text: str | None = getattr(jwk, name)
    if not text:
        raise InvalidProperty(name, f"a key of type {jwk.kty} must have it")
    return text


def _unfit(name: str) -> InvalidProperty:
    return InvalidProperty(name, "it does not belong to the other members of the key")
