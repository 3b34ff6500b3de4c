"""The certificate that a signing key is published with (`x5c`), and its thumbprint (`x5t`).

Entra publishes one with each key, self-signed, and middleware looks at them. It says nothing that the key
does not: nobody is asked to trust it, and it is the same each time it is made, so it is not kept anywhere.

Source: https://www.rfc-editor.org/rfc/rfc7517#section-4.7 and #section-4.8
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

_NAME = "keyless token signing"
_VALID = dt.timedelta(days=5 * 365)
_SERIAL_BYTES = 16


def self_signed(key: RSAPrivateKey, created_at: int) -> bytes:
    """The certificate of a signing key, as DER; ``created_at`` (epoch seconds) is when it begins to hold."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    begin = dt.datetime.fromtimestamp(created_at, dt.UTC)
    public = key.public_key()
    builder = x509.CertificateBuilder(name, name, public, _serial_of(public), begin, begin + _VALID)
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def thumbprint(certificate: bytes) -> str:
    """The `x5t` of a certificate: its SHA-1, which here names things and secures nothing."""
    digest = hashlib.sha1(certificate, usedforsecurity=False).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _serial_of(key: RSAPublicKey) -> int:
    """A serial number that follows from the key; RFC 5280 asks for a positive one of at most 20 bytes."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    return int.from_bytes(digest[:_SERIAL_BYTES]) | 1
