"""A certificate with its key and its chain in one piece: PFX (PKCS#12) and PEM, written and read.

Rules:
- the certificate comes first, then what signed it, as far as there is any; what is read is put into that
  order, except where its own order is asked for;
- a PFX is written with the empty password, and PEM with a PKCS#8 key that is not encrypted, as secrets behind
  certificates are; without its key a bundle holds certificates alone;
- PEM is read with a PKCS#8 key, encrypted or not: of others, such as `RSA PRIVATE KEY`, the service says that
  the format is unexpected;
- a bundle without a key, or without the certificate of its key, is refused;
- what was wrong is said without the content.

Source: https://learn.microsoft.com/azure/key-vault/certificates/certificate-scenarios#formats-of-import-we-support
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from keyless.planes.keyvault.certificates.x509.keys import PrivateKey, PublicKey
from keyless.wire.errors import InvalidProperty, InvalidRequest

LONGEST_CHAIN = 25
_KEY_LABELS = (b"PRIVATE KEY", b"ENCRYPTED PRIVATE KEY")
_BLOCK_LINE = re.compile(rb"-----(BEGIN|END)[^-]*-----")
_Unreadable = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion)


class Bundle(NamedTuple):
    """A key and its certificate, and the certificates above that, nearest first."""

    key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    def __repr__(self) -> str:
        return f"Bundle({self.certificate.subject.rfc4514_string()!r}, …)"


def write_pfx(key: PrivateKey | None, certificates: Sequence[x509.Certificate]) -> bytes:
    """A PFX with the empty password; the first certificate is the key's."""
    own = certificates[0] if key is not None else None
    others = certificates[1:] if key is not None else certificates
    return pkcs12.serialize_key_and_certificates(None, key, own, list(others) or None, NoEncryption())


def write_pem(key: PrivateKey | None, certificates: Iterable[x509.Certificate]) -> bytes:
    """The key in PKCS#8, then the certificates."""
    written = b"" if key is None else key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return written + b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def read_pfx(content: bytes, password: str | None, *, keep_order: bool = False) -> Bundle:
    """The bundle in a PFX; no password and an empty one are the same.

    Raises:
        InvalidRequest: it is none, the password is wrong, or key and certificate do not make a bundle.
    """
    try:
        found = pkcs12.load_pkcs12(content, password.encode() if password else None)
        held = (found.cert, *found.additional_certs)
        certificates = [_named(each.certificate) for each in held if each is not None]
    except (*_Unreadable, UnicodeEncodeError):
        raise unreadable_pfx() from None
    return _bundle(found.key, certificates, keep_order=keep_order)


def read_pem(content: bytes, password: str | None, *, keep_order: bool = False) -> Bundle:
    """The bundle in PEM text: a PKCS#8 key, and certificates.

    Raises:
        InvalidRequest: there is none, the password is wrong, or key and certificate do not make a bundle.
    """
    label = next((label for label in _KEY_LABELS if b"-----BEGIN %b-----" % label in content), None)
    if label is None:
        raise _invalid(
            "The specified PEM X.509 certificate content is in an unexpected format: it needs a key in "
            "PKCS#8 (`BEGIN PRIVATE KEY` or `BEGIN ENCRYPTED PRIVATE KEY`)."
        )
    try:
        secret = password.encode() if password and label != _KEY_LABELS[0] else None
        key = load_pem_private_key(_block(content, label), secret)
        certificates = [_named(each) for each in x509.load_pem_x509_certificates(content)]
    except (*_Unreadable, UnicodeEncodeError):
        raise _invalid(
            "The specified PEM X.509 certificate content can not be read: check its format, and its password."
        ) from None
    return _bundle(key, certificates, keep_order=keep_order)


def _block(content: bytes, label: bytes) -> bytes:
    """The first block of a kind; up to the end where it is not closed."""
    begin, end = content.index(b"-----BEGIN %b-----" % label), b"-----END %b-----" % label
    found = content.find(end, begin)
    return content[begin:] if found < 0 else content[begin : found + len(end)]


def read_certificate(content: bytes) -> x509.Certificate:
    """A certificate in DER, PEM, or base64 alone or with a stray line of PEM, as clients send them in `x5c`.

    Raises:
        InvalidRequest: it is none.
    """
    try:
        return _named(x509.load_der_x509_certificate(content))
    except _Unreadable:
        pass
    try:
        return _named(x509.load_der_x509_certificate(base64.b64decode(_BLOCK_LINE.sub(b"", content))))
    except _Unreadable:
        raise InvalidProperty("x5c", "an entry is not an X.509 certificate") from None


def _named(certificate: x509.Certificate) -> x509.Certificate:
    """A certificate whose names can be read, which are only looked at when they are asked for.

    Raises:
        ValueError: they cannot.
    """
    _ = certificate.subject, certificate.issuer
    return certificate


def public_key_of(certificate: x509.Certificate) -> PublicKey | None:
    """A certificate's key; none where it is of no kind that certificates have here."""
    try:
        key = certificate.public_key()
    except _Unreadable:
        return None
    return key if isinstance(key, PublicKey) else None


def in_order(
    key: PublicKey, certificates: Sequence[x509.Certificate], *, keep_order: bool = False
) -> tuple[x509.Certificate, ...] | None:
    """The certificate of a key and the chain above it; none where the key has none of them.

    What signed nothing in it comes last, so that nothing is lost.
    """
    own = next((each for each in certificates if public_key_of(each) == key), None)
    if own is None:
        return None
    left = [each for each in certificates if each != own]
    chain = [own]
    while not keep_order and (issuer := _issuer(chain[-1], left)) is not None:
        chain.append(issuer)
        left.remove(issuer)
    return (*chain, *left)


def _issuer(of: x509.Certificate, among: Iterable[x509.Certificate]) -> x509.Certificate | None:
    return next((each for each in among if each.subject == of.issuer and _signed(each, of)), None)


def _signed(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (*_Unreadable, InvalidSignature):
        return False
    return True


def _bundle(key: object, certificates: Sequence[x509.Certificate], *, keep_order: bool) -> Bundle:
    if not isinstance(key, PrivateKey):
        raise _invalid(
            "No certificate with private key found in the specified X.509 certificate content: import the "
            "certificate together with its RSA or EC key."
        )
    if len(certificates) > LONGEST_CHAIN:
        raise _invalid(
            f"The specified X.509 certificate content holds {len(certificates)} certificates, and "
            f"{LONGEST_CHAIN} are the most."
        )
    ordered = in_order(key.public_key(), certificates, keep_order=keep_order)
    if ordered is None:
        raise _invalid(
            "The public key of the end-entity certificate in the specified X.509 certificate content does "
            "not match the public part of the specified private key: it holds no certificate of that key."
        )
    return Bundle(key, ordered[0], ordered[1:])


def unreadable_pfx() -> InvalidRequest:
    """What is no PFX, or has another password."""
    return _invalid(
        "The specified PKCS#12 X.509 certificate content can not be read: check that it is a PFX in base64, "
        "and its password."
    )


def _invalid(message: str) -> InvalidRequest:
    """What an import brings cannot be taken; messages have the service's words, which people look for."""
    return InvalidRequest(message, field="value")
