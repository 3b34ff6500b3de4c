"""The keys of certificates: which there are, how they sign, and how the authority's is kept.

Source: https://learn.microsoft.com/rest/api/keyvault/certificates/create-certificate/create-certificate
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from keyless.wire.errors import Bug

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


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
