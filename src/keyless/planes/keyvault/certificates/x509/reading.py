"""What a certificate says, in the words of a policy: for those that come from elsewhere.

Source: https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#certificate-policy
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, TypeVar

from cryptography import x509

from keyless.planes.keyvault.certificates.x509.making import Period
from keyless.planes.keyvault.certificates.x509.names import name_text
from keyless.planes.keyvault.certificates.x509.profile import AlternativeNames, names_of, usages_of

E = TypeVar("E", bound=x509.ExtensionType)

_SHORT = dt.timedelta(days=2)
_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)  # the end of certificates that have none (RFC 5280, 4.1.2.5)


class Said(NamedTuple):
    """What a certificate says of its subject, as a policy would."""

    subject: str
    names: AlternativeNames
    usages: tuple[str, ...]
    purposes: tuple[str, ...]
    validity_months: int


def said(certificate: x509.Certificate) -> Said:
    """What a certificate says; extensions that cannot be read say nothing."""
    usage = _extension(certificate, x509.KeyUsage)
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    names = _extension(certificate, x509.SubjectAlternativeName)
    return Said(
        name_text(certificate.subject),
        AlternativeNames() if names is None else names_of(names),
        () if usage is None else usages_of(usage),
        () if purposes is None else tuple(purpose.dotted_string for purpose in purposes),
        months(certificate.not_valid_before_utc, certificate.not_valid_after_utc),
    )


def validity(certificate: x509.Certificate) -> Period:
    """From when until when a certificate holds."""
    return Period(
        int(certificate.not_valid_before_utc.timestamp()), int(certificate.not_valid_after_utc.timestamp())
    )


def months(begin: dt.datetime, end: dt.datetime) -> int:
    """The whole months between two times, and one at least; a day or two short of one more count as it."""
    reached = min(end, _LAST - _SHORT) + _SHORT
    whole = (reached.year - begin.year) * 12 + reached.month - begin.month
    return max(1, whole if reached.day >= begin.day else whole - 1)


def _extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return None
