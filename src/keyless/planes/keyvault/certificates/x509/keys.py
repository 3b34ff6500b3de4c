"""The keys of certificates: which there are, how they are made, and how they sign.

A private key is `cryptography`'s; making one of RSA takes up to seconds, so call it off the event loop.

Source: https://learn.microsoft.com/rest/api/keyvault/certificates/create-certificate/create-certificate
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from keyless.wire.errors import Bug

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

_PUBLIC_EXPONENT = 65537
_CURVES: dict[str, ec.EllipticCurve] = {
    "P-256": ec.SECP256R1(),
    "P-256K": ec.SECP256K1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}
_NAMES = {curve.name: name for name, curve in _CURVES.items()}


def new_rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """A new RSA key; slow."""
    return rsa.generate_private_key(_PUBLIC_EXPONENT, bits)


def new_ec_key(curve: str) -> ec.EllipticCurvePrivateKey:
    """A new key on a curve, by Key Vault's name of it."""
    return ec.generate_private_key(_CURVES[curve])


def curve_name(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> str | None:
    """Key Vault's name of a key's curve; none where it has none of it."""
    return _NAMES.get(key.curve.name)


def hash_for(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
    """The hash that fits a key's strength."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        if key.curve.key_size > 384:
            return hashes.SHA512()
        if key.curve.key_size > 256:
            return hashes.SHA384()
    return hashes.SHA256()


def key_der(key: PrivateKey) -> bytes:
    """A key in PKCS#8, not encrypted."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def read_key_der(der: bytes) -> PrivateKey:
    """The key that ``key_der`` wrote."""
    key = load_der_private_key(der, None)
    if not isinstance(key, PrivateKey):
        raise Bug("a kept key is of no kind that certificates have")
    return key


def public_der(key: PublicKey) -> bytes:
    """A public key's `SubjectPublicKeyInfo`."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
