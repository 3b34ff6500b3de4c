"""What an import brings: a certificate that was made elsewhere, with its key and its chain, and its policy.

Pure, and slow: a PFX keeps its key so that guessing its password takes long.

Rules:
- the content is a PFX in base64, or PEM as it is or in base64: by the policy's content type, or by what it
  looks like where that says nothing (`az` gives no policy);
- an expired certificate is refused;
- the policy says what the certificate does, wherever none is given. What is given of the key must fit it;
- without an issuer it is `Unknown`, so that contacts are told and nothing is renewed.

Source: https://learn.microsoft.com/rest/api/keyvault/certificates/import-certificate/import-certificate
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.policy import MOST_MONTHS, PEM, PFX, UNKNOWN, completed, whole
from keyless.planes.keyvault.certificates.policy_schemas import (
    CertificatePolicy,
    IssuerParameters,
    KeyProperties,
    PolicyAttributes,
    SecretProperties,
)
from keyless.planes.keyvault.certificates.profiles import profile_of, properties_of
from keyless.planes.keyvault.certificates.x509.bundles import Bundle, read_pem, read_pfx, unreadable_pfx
from keyless.planes.keyvault.certificates.x509.reading import validity
from keyless.planes.keyvault.keys.material.kept import KeyMaterial, keep_private_key
from keyless.planes.keyvault.keys.material.make import read_curve, read_key_type
from keyless.planes.keyvault.keys.material.types import Family
from keyless.wire.errors import InvalidProperty, InvalidRequest

_BEGIN = b"-----BEGIN"


@dataclass(frozen=True, slots=True)
class Content:
    """What a request brings; ``value`` and ``password`` are secret."""

    value: str = field(repr=False)
    password: str | None = field(repr=False, default=None)
    policy: CertificatePolicy | None = None
    keep_order: bool = False


class Imported(NamedTuple):
    """A certificate in DER, its chain behind it, with its key and its whole policy."""

    certificates: tuple[bytes, ...]
    key: KeyMaterial
    policy: CertificatePolicy

    def __repr__(self) -> str:
        return f"Imported({len(self.certificates)} certificates, …)"


def read_import(content: Content, vault: Vault, now: int) -> Imported:
    """What a request brings, checked.

    Raises:
        InvalidRequest: it is not readable, has expired, or does not fit its policy; ``field`` says which.
    """
    given = content.policy or CertificatePolicy()
    content_type = (given.secret_props or SecretProperties()).content_type or _looks_like(content.value)
    bundle = _bundle(content, content_type)
    if validity(bundle.certificate).not_after <= now:
        raise InvalidRequest("X509 Certificate is already expired", field="value")
    material = keep_private_key(bundle.key)
    _check_key(given.key_props or KeyProperties(), material)
    said = _said_by(bundle.certificate, material, content_type, now)
    policy = completed(given, vault, now=now, before=said)
    if given.x509_props is not None:
        profile_of(whole(policy).x509)  # refuses what no certificate can say
    chain = (bundle.certificate, *bundle.chain)
    return Imported(tuple(each.public_bytes(Encoding.DER) for each in chain), material, policy)


def _bundle(content: Content, content_type: str) -> Bundle:
    if content_type == PEM:
        return read_pem(_pem(content.value), content.password, keep_order=content.keep_order)
    pfx = _from_base64(content.value)
    if pfx is None:
        raise unreadable_pfx()
    return read_pfx(pfx, content.password, keep_order=content.keep_order)


def _looks_like(value: str) -> str:
    return PEM if _BEGIN in _pem(value) else PFX


def _pem(value: str) -> bytes:
    """PEM as it is or in base64; what is neither is left for the reader of PEM to refuse."""
    plain = value.encode(errors="replace")
    return plain if _BEGIN in plain else _from_base64(value) or plain


def _from_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _check_key(given: KeyProperties, material: KeyMaterial) -> None:
    """Check that what is said of the key is so.

    Raises:
        InvalidRequest: it is not, or no key is so.
    """
    if given.kty is not None and read_key_type(given.kty).family is not material.family:
        raise _unfit("kty", f"the certificate's key is of type {material.family}")
    if given.key_size not in {None, material.bits}:
        raise _unfit("key_size", f"the certificate's key has {material.bits} bits")
    if given.crv is not None and read_curve(given.crv) != material.curve:
        raise _unfit("crv", f"the certificate's key is {material.curve or material.family}")


def _unfit(name: str, found: str) -> InvalidProperty:
    return InvalidProperty(name, f"{found}, and the policy of an import must say so or leave it out")


def _said_by(
    certificate: Certificate, material: KeyMaterial, content_type: str, now: int
) -> CertificatePolicy:
    """The policy that would make such a certificate; exportable where that is possible."""
    x509 = properties_of(certificate)
    months = min(x509.validity_months or 1, MOST_MONTHS)
    bits = material.bits if material.family is Family.RSA else None
    return CertificatePolicy(
        key_props=KeyProperties(kty=str(material.family), key_size=bits, reuse_key=False, crv=material.curve),
        secret_props=SecretProperties(content_type),
        x509_props=msgspec.structs.replace(x509, validity_months=months),
        issuer=IssuerParameters(UNKNOWN),
        attributes=PolicyAttributes(enabled=True, created=now, updated=now),
    )
