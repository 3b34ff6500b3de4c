"""A Java trust store: certificates as PKCS#12 with the attribute by which Java knows a trusted one.

The algorithms are those that Java 8u301, 11.0.12 and all later ones read. Source: JEP 229.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PBES,
    PKCS12Certificate,
    serialize_java_truststore,
)
from cryptography.utils import CryptographyDeprecationWarning

_ROUNDS = 10_000  # what Java itself writes; the content is public, so more would only cost time


def trust_store(certificates: Iterable[bytes], password: str) -> bytes:
    """A trust store of DER certificates; one that cannot be parsed is left out, as Java would refuse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)  # old roots, which we only pass on
        entries = [entry for der in certificates if (entry := _entry(der)) is not None]
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_ROUNDS)
        .key_cert_algorithm(PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(password.encode())
    )
    return serialize_java_truststore(entries, encryption)


def _entry(der: bytes) -> PKCS12Certificate | None:
    try:
        certificate = x509.load_der_x509_certificate(der)
    except ValueError:
        return None
    return PKCS12Certificate(certificate, hashlib.sha256(der).hexdigest().encode())
