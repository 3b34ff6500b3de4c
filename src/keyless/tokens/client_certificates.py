"""The certificates that an application proves itself with, and which of them an assertion names.

Rules:
- a certificate counts because its very bytes are registered: who issued it, and whom it names, does not
  matter (trust in a subject name and an issuer is not offered), and nobody is asked whether it is revoked;
- thumbprints are computed here, over the registered bytes;
- an assertion names its certificate by `x5t` (SHA-1), `x5t#S256`, or the first entry of `x5c`: by at least
  one of them, and all that are there must lead to the same one; the rest of `x5c` is not looked at;
- they are taken as client libraries write them: MSAL for Java and for Go spell thumbprints in base64, not in
  base64url, and MSAL for Python breaks the lines of `x5c`;
- keys are RSA, of 2048 bits at least.

Pure. Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials
and https://www.rfc-editor.org/rfc/rfc7515#section-4.1.6 to 4.1.8
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from joserfc.jwk import RSAKey

LEAST_BITS = 2048
_TO_BASE64URL = str.maketrans("+/", "-_")


class UnusableCertificate(ValueError):
    """Text or bytes that hold no certificate an application can prove itself with; the message says why."""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A registered certificate; ``sha1`` and ``sha256`` are thumbprints in base64url without padding."""

    der: bytes
    sha1: str
    sha256: str
    key: RSAKey
    not_before: float
    not_after: float

    @property
    def thumbprint(self) -> str:
        """The SHA-1 thumbprint in hexadecimal, as people know certificates by it."""
        return hashlib.sha1(self.der, usedforsecurity=False).hexdigest().upper()

    def holds_at(self, now: float) -> bool:
        """Whether the time lies within the certificate's validity."""
        return self.not_before <= now <= self.not_after

    def __repr__(self) -> str:
        return f"ClientCertificate(sha256={self.sha256!r})"


@lru_cache(maxsize=256)
def client_certificate(der: bytes) -> ClientCertificate:
    """A certificate from its DER bytes.

    Raises:
        UnusableCertificate: it is none, or has no RSA key of 2048 bits.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from joserfc.jwk import RSAKey

    certificate = _parsed(der)
    key = _public_key(certificate)
    if not isinstance(key, RSAPublicKey):
        raise UnusableCertificate("its key is not an RSA key")
    if key.key_size < LEAST_BITS:
        raise UnusableCertificate(f"its key has {key.key_size} bits, and {LEAST_BITS} are needed")
    return ClientCertificate(
        der=der,
        sha1=_text(hashlib.sha1(der, usedforsecurity=False).digest()),
        sha256=_text(hashlib.sha256(der).digest()),
        key=RSAKey.import_key(key),
        not_before=certificate.not_valid_before_utc.timestamp(),
        not_after=certificate.not_valid_after_utc.timestamp(),
    )


def certificate_in(pem: bytes) -> bytes:
    """The DER bytes of the first certificate in PEM text; whatever else the text holds is left where it is.

    Raises:
        UnusableCertificate: there is none that can be used.
    """
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificates

    try:
        first = load_pem_x509_certificates(pem)[0]
    except (ValueError, IndexError):
        raise UnusableCertificate(
            "there is no `-----BEGIN CERTIFICATE-----` with a certificate in it"
        ) from None
    return client_certificate(first.public_bytes(Encoding.DER)).der


def pem_of(der: bytes) -> str:
    """A certificate's PEM text."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return _parsed(der).public_bytes(Encoding.PEM).decode()


def named_certificate(
    registered: Iterable[ClientCertificate], x5t: str | None, x5t_s256: str | None, x5c: tuple[str, ...]
) -> ClientCertificate | None:
    """The registered certificate that a header's members name, all of those that are there; else none."""
    if x5t is None and x5t_s256 is None and not x5c:
        return None
    der = _der_of(x5c[0]) if x5c else None
    for certificate in registered:
        if x5t is not None and _thumbprint(x5t) != certificate.sha1:
            continue
        if x5t_s256 is not None and _thumbprint(x5t_s256) != certificate.sha256:
            continue
        if x5c and der != certificate.der:
            continue
        return certificate
    return None


def _parsed(der: bytes) -> Certificate:
    from cryptography.x509 import load_der_x509_certificate

    try:
        return load_der_x509_certificate(der)
    except ValueError:
        raise UnusableCertificate("it is not a certificate") from None


def _public_key(certificate: Certificate) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise UnusableCertificate("its key cannot be read") from None


def _thumbprint(text: str) -> str:
    """A thumbprint in base64url without padding, from either alphabet."""
    return text.rstrip("=").translate(_TO_BASE64URL)


def _der_of(entry: str) -> bytes | None:
    """An entry of `x5c`, which is base64 and not base64url (RFC 7515, section 4.1.6)."""
    try:
        return base64.b64decode(entry.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return None


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
