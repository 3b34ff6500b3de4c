"""What a certificate is to say, and the extensions that say it.

Rules:
- key usage is critical, basic constraints say "no authority";
- alternative names come as e-mail addresses, DNS names, UPNs (an `otherName` of Microsoft's), URIs and IP
  addresses; those that are no such thing are refused;
- the same extensions, in the same order, are asked for in a request and written into a certificate.

Source: RFC 5280, section 4.2.1; https://learn.microsoft.com/rest/api/keyvault/certificates/create-certificate/create-certificate
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptography import x509

from keyless.wire.errors import InvalidProperty

UPN = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
SERVER_AUTH, CLIENT_AUTH = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"
_UTF8_STRING = 0x0C

KEY_USAGES = {
    "digitalSignature": "digital_signature",
    "nonRepudiation": "content_commitment",
    "keyEncipherment": "key_encipherment",
    "dataEncipherment": "data_encipherment",
    "keyAgreement": "key_agreement",
    "keyCertSign": "key_cert_sign",
    "cRLSign": "crl_sign",
    "encipherOnly": "encipher_only",
    "decipherOnly": "decipher_only",
}
"""`KeyUsageType` to `cryptography`'s names, in the order of the bits."""


@dataclass(frozen=True, slots=True)
class AlternativeNames:
    """The alternative names of a certificate, as texts."""

    emails: tuple[str, ...] = ()
    dns_names: tuple[str, ...] = ()
    upns: tuple[str, ...] = ()
    uris: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return any((self.emails, self.dns_names, self.upns, self.uris, self.ip_addresses))


@dataclass(frozen=True, slots=True)
class Profile:
    """What a certificate says: ``usages`` by `KeyUsageType`, ``purposes`` by object identifier."""

    subject: x509.Name
    names: AlternativeNames = field(default_factory=AlternativeNames)
    usages: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()


class Extension(NamedTuple):
    """An extension, and whether whoever does not know it must refuse the certificate."""

    value: x509.ExtensionType
    critical: bool


def extensions(profile: Profile) -> list[Extension]:
    """The extensions of a profile, in order.

    Raises:
        InvalidRequest: a usage, purpose or name cannot be written.
    """
    found: list[Extension] = []
    if profile.usages:
        found.append(Extension(key_usage(profile.usages), critical=True))
    if profile.purposes:
        found.append(Extension(extended_key_usage(profile.purposes), critical=False))
    if profile.names:
        names = x509.SubjectAlternativeName(general_names(profile.names))
        found.append(Extension(names, critical=not list(profile.subject)))
    found.append(Extension(x509.BasicConstraints(ca=False, path_length=None), critical=False))
    return found


def key_usage(usages: Sequence[str]) -> x509.KeyUsage:
    """The key usage extension of some usages.

    Raises:
        InvalidRequest: one is unknown, or goes with no other.
    """
    unknown = next((usage for usage in usages if usage not in KEY_USAGES), None)
    if unknown is not None:
        raise InvalidProperty("key_usage", f"`{unknown[:80]}` is none of {', '.join(KEY_USAGES)}")
    try:
        return x509.KeyUsage(**{name: usage in usages for usage, name in KEY_USAGES.items()})
    except ValueError:
        raise InvalidProperty(
            "key_usage", "`encipherOnly` and `decipherOnly` go with `keyAgreement` alone"
        ) from None


def usages_of(extension: x509.KeyUsage) -> tuple[str, ...]:
    """The usages that an extension names, by `KeyUsageType`."""
    agreement = extension.key_agreement
    return tuple(
        usage
        for usage, name in KEY_USAGES.items()
        if (agreement or name not in ("encipher_only", "decipher_only")) and getattr(extension, name)
    )


def extended_key_usage(purposes: Iterable[str]) -> x509.ExtendedKeyUsage:
    """The extension of some purposes.

    Raises:
        InvalidRequest: one is no object identifier.
    """
    try:
        return x509.ExtendedKeyUsage([x509.ObjectIdentifier(purpose) for purpose in purposes])
    except ValueError:
        raise InvalidProperty("ekus", "each must be an object identifier like `1.3.6.1.5.5.7.3.1`") from None


def general_names(names: AlternativeNames) -> list[x509.GeneralName]:
    """Alternative names as a certificate has them.

    Raises:
        InvalidRequest: one is not what it should be.
    """
    return [
        *_each("emails", names.emails, x509.RFC822Name),
        *_each("dns_names", names.dns_names, x509.DNSName),
        *_each("upns", names.upns, _upn),
        *_each("uris", names.uris, x509.UniformResourceIdentifier),
        *_each("ip_addresses", names.ip_addresses, lambda text: x509.IPAddress(ipaddress.ip_address(text))),
    ]


def names_of(extension: x509.SubjectAlternativeName) -> AlternativeNames:
    """The alternative names of a certificate that a policy can say; others are left out."""
    upns = [
        text
        for other in extension.get_values_for_type(x509.OtherName)
        if other.type_id == UPN and (text := _read_utf8(other.value)) is not None
    ]
    return AlternativeNames(
        tuple(extension.get_values_for_type(x509.RFC822Name)),
        tuple(extension.get_values_for_type(x509.DNSName)),
        tuple(upns),
        tuple(extension.get_values_for_type(x509.UniformResourceIdentifier)),
        tuple(str(address) for address in extension.get_values_for_type(x509.IPAddress)),
    )


def _each(
    what: str, texts: Iterable[str], make: Callable[[str], x509.GeneralName]
) -> Iterable[x509.GeneralName]:
    for text in texts:
        try:
            name = make(text) if text else None
        except ValueError:
            name = None
        if name is None:
            raise InvalidProperty(f"sans.{what}", f"`{text[:80]}` is not one")
        yield name


def _upn(text: str) -> x509.OtherName:
    """A user principal name: an `otherName` with a `UTF8String`."""
    return x509.OtherName(UPN, bytes((_UTF8_STRING,)) + _length(len(text.encode())) + text.encode())


def _length(size: int) -> bytes:
    """A length in DER (X.690, section 8.1.3)."""
    if size < 0x80:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((0x80 | len(octets),)) + octets


def _read_utf8(der: bytes) -> str | None:
    """The text of a `UTF8String`; none for anything else."""
    if len(der) < 2 or der[0] != _UTF8_STRING:
        return None
    head = 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
    content = der[head:]
    if der[1:head] != _length(len(content)):
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
