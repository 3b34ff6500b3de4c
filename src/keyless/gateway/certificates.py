"""The X.509 certificates of the local authority: how they are made, and whether one is still good.

Rules:
- the authority may sign leaves only (`pathlen` 0), and only for the names that we serve: its critical name
  constraints permit those domains and addresses and no others, so that a stolen key is of no use against
  any other site;
- a leaf carries every extension that a strict client asks for: SAN, SKI, AKI, key usage, `serverAuth`;
- serial numbers are random, and times begin in the past, for clocks that differ.

Pure: keys and times enter as values. Source: RFC 5280, sections 4.1.2 and 4.2.1.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE = dt.timedelta(days=730)
AUTHORITY_MARGIN = dt.timedelta(days=60)
LEAF_LIFE = dt.timedelta(days=30)
LEAF_MARGIN = dt.timedelta(days=10)
BACKDATED = dt.timedelta(days=1)

_EVERY_IPV4 = ipaddress.ip_network("0.0.0.0/0")
_EVERY_IPV6 = ipaddress.ip_network("::/0")

PrivateKey = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a certificate is for, or may be made for.

    For a leaf, ``dns`` holds names with at most one leading wildcard; for the authority, domains, each of
    which stands for all below it too. ``addresses`` are IP addresses.
    """

    dns: tuple[str, ...]
    addresses: tuple[str, ...] = ()

    def permits(self, wanted: Names) -> bool:
        """Whether an authority limited to these names may certify all the wanted ones."""
        domains = tuple(f".{domain}" for domain in self.dns)
        return set(wanted.addresses) <= set(self.addresses) and all(
            f".{name.removeprefix('*.')}".endswith(domains) for name in wanted.dns
        )

    def _general(self) -> list[x509.GeneralName]:
        return [
            *(x509.DNSName(name) for name in self.dns),
            *(x509.IPAddress(ipaddress.ip_address(address)) for address in self.addresses),
        ]

    def as_alternatives(self) -> x509.SubjectAlternativeName:
        """The names as a leaf's SAN."""
        return x509.SubjectAlternativeName(self._general())

    def as_constraints(self) -> x509.NameConstraints:
        """The names as an authority's constraints; without addresses, every address is excluded."""
        permitted: list[x509.GeneralName] = [x509.DNSName(name) for name in self.dns]
        permitted += [x509.IPAddress(ipaddress.ip_network(address)) for address in self.addresses]
        excluded = [x509.IPAddress(_EVERY_IPV4), x509.IPAddress(_EVERY_IPV6)]
        return x509.NameConstraints(permitted, None if self.addresses else excluded)


def new_key() -> PrivateKey:
    """A new P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def make_authority(key: PrivateKey, names: Names, now: dt.datetime) -> x509.Certificate:
    """A self-signed authority for the key, limited to the names; no two share a subject."""
    key_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Keyless"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Keyless local authority {key_id[:12]}"),
        ]
    )
    return (
        _begun(subject, subject, key.public_key(), now, now + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(certificates=True), critical=True)
        .add_extension(names.as_constraints(), critical=True)
        .sign(key, SHA256())
    )


def make_leaf(
    authority: x509.Certificate,
    authority_key: PrivateKey,
    key: ec.EllipticCurvePublicKey,
    names: Names,
    now: dt.datetime,
) -> x509.Certificate:
    """A server's certificate; it never outlives its authority."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Keyless local plane")])
    until = min(now + LEAF_LIFE, authority.not_valid_after_utc)
    issuer_id = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _begun(subject, authority.subject, key, now, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id), critical=False
        )
        .add_extension(names.as_alternatives(), critical=False)
        .sign(authority_key, SHA256())
    )


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: dt.datetime,
    until: dt.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def belongs_to(certificate: x509.Certificate, key: PrivateKey) -> bool:
    """Whether the certificate is for this key."""
    return certificate.public_key() == key.public_key()


def is_limited_to(authority: x509.Certificate, names: Names) -> bool:
    """Whether an authority's constraints are those for exactly these names."""
    try:
        found = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return False
    return found == names.as_constraints()


def is_for(leaf: x509.Certificate, names: Names) -> bool:
    """Whether a leaf is for exactly these names."""
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    return found == names.as_alternatives()


def is_issued_by(leaf: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether the authority's key signed the leaf."""
    from cryptography.exceptions import InvalidSignature

    try:
        leaf.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def is_valid_for(certificate: x509.Certificate, now: dt.datetime, margin: dt.timedelta) -> bool:
    """Whether a certificate is valid now and will be for the margin to come."""
    return certificate.not_valid_before_utc <= now and now + margin < certificate.not_valid_after_utc


def thumbprint(certificate: x509.Certificate) -> str:
    """The SHA-1 of a certificate in capitals, as Windows and Service Fabric name one; it protects nothing."""
    return certificate.fingerprint(SHA1()).hex().upper()  # noqa: S303  # the form that clients compare


def pem(certificates: Iterable[x509.Certificate]) -> bytes:
    """Certificates as PEM, one after the other."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)
