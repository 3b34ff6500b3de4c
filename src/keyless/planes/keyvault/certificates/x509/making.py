"""Making requests and certificates: self-signed ones, and ones that an authority signs.

Rules:
- a certificate begins ten minutes before it is made, for clocks that differ, and ends so many months after it
  is made; one that an authority signs never outlives the authority;
- serial numbers are random (159 bits), and every certificate names its own key and its issuer's;
- the authority's own certificate says that it may sign leaves and no further authorities.

Source: RFC 5280, sections 4.1.2 and 4.2.1; RFC 2986
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from keyless.planes.keyvault.certificates.x509.keys import PrivateKey, PublicKey, hash_for
from keyless.planes.keyvault.certificates.x509.profile import Profile, extensions, key_usage

BACKDATED_S = 600
_AUTHORITY_YEARS = 10
_LAST_YEAR = 9999


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when a certificate holds, in epoch seconds."""

    not_before: int
    not_after: int


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that signs others, and its key."""

    certificate: x509.Certificate
    key: PrivateKey

    def __repr__(self) -> str:
        return f"Authority({self.certificate.subject.rfc4514_string()!r}, …)"


def period(now: int, months: int) -> Period:
    """When a certificate made now holds."""
    return Period(now - BACKDATED_S, months_later(now, months))


def months_later(now: int, months: int) -> int:
    """The same day and time so many months later, or the month's last day where there is no such day."""
    begin = dt.datetime.fromtimestamp(now, dt.UTC)
    years, month = divmod(begin.month - 1 + months, 12)
    year = begin.year + years
    if year > _LAST_YEAR:
        return int(dt.datetime(_LAST_YEAR, 12, 31, 23, 59, 59, tzinfo=dt.UTC).timestamp())
    day = min(begin.day, calendar.monthrange(year, month + 1)[1])
    return int(begin.replace(year=year, month=month + 1, day=day).timestamp())


def request(profile: Profile, key: PrivateKey) -> bytes:
    """A PKCS#10 request for a certificate, in DER.

    Raises:
        InvalidRequest: the profile cannot be written.
    """
    builder = x509.CertificateSigningRequestBuilder().subject_name(profile.subject)
    for extension in extensions(profile):
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(key, hash_for(key)).public_bytes(Encoding.DER)


def self_signed(profile: Profile, key: PrivateKey, valid: Period) -> x509.Certificate:
    """A certificate that its own key signs; raises as ``request``."""
    public = key.public_key()
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(public)
    return _begun(profile, profile.subject, public, issuer_id, valid).sign(key, hash_for(key))


def signed_by(authority: Authority, profile: Profile, key: PublicKey, valid: Period) -> x509.Certificate:
    """A certificate that an authority signs; raises as ``request``."""
    certificate = authority.certificate
    own = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)
    until = min(valid.not_after, int(certificate.not_valid_after_utc.timestamp()))
    builder = _begun(profile, certificate.subject, key, issuer_id, Period(valid.not_before, until))
    return builder.sign(authority.key, hash_for(authority.key))


def new_authority(common_name: str, now: int) -> Authority:
    """A new authority with a key of its own, on P-256; it holds for ten years."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    valid = period(now, 12 * _AUTHORITY_YEARS)
    builder = (
        _dated(subject, subject, public, valid)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(("digitalSignature", "keyCertSign", "cRLSign")), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return Authority(builder.sign(key, hash_for(key)), key)


def _begun(
    profile: Profile,
    issuer: x509.Name,
    key: PublicKey,
    issuer_id: x509.AuthorityKeyIdentifier,
    valid: Period,
) -> x509.CertificateBuilder:
    builder = _dated(profile.subject, issuer, key, valid)
    for extension in extensions(profile):
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.add_extension(issuer_id, critical=False).add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key), critical=False
    )


def _dated(subject: x509.Name, issuer: x509.Name, key: PublicKey, valid: Period) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime.fromtimestamp(valid.not_before, dt.UTC))
        .not_valid_after(dt.datetime.fromtimestamp(valid.not_after, dt.UTC))
    )
