"""From a policy to what its certificates say, and back from a certificate that was made elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.planes.keyvault.certificates.policy_schemas import SubjectAlternativeNames, X509Properties
from keyless.planes.keyvault.certificates.x509.names import parse_name
from keyless.planes.keyvault.certificates.x509.profile import AlternativeNames, Profile, extensions
from keyless.planes.keyvault.certificates.x509.reading import said

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def profile_of(properties: X509Properties) -> Profile:
    """What a certificate of these properties says.

    Raises:
        InvalidRequest: it is nothing that a certificate can say.
    """
    sans = properties.sans or SubjectAlternativeNames()
    profile = Profile(
        parse_name(properties.subject or ""),
        AlternativeNames(
            tuple(sans.emails or ()),
            tuple(sans.dns_names or ()),
            tuple(sans.upns or ()),
            tuple(sans.uris or ()),
            tuple(sans.ip_addresses or ()),
        ),
        tuple(properties.key_usage or ()),
        tuple(properties.ekus or ()),
    )
    extensions(profile)  # refuses what cannot be written, before a key is made for it
    return profile


def properties_of(certificate: Certificate) -> X509Properties:
    """The properties that would make a certificate say what this one says."""
    found = said(certificate)
    names = found.names
    return X509Properties(
        subject=found.subject,
        sans=SubjectAlternativeNames(
            list(names.emails) or None,
            list(names.dns_names) or None,
            list(names.upns) or None,
            list(names.uris) or None,
            list(names.ip_addresses) or None,
        ),
        ekus=list(found.purposes),
        key_usage=list(found.usages),
        validity_months=found.validity_months,
    )
