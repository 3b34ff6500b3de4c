"""Certificates as objects on the wire: updates, imports, lists, and what is deleted.

What is unknown in a request is ignored, and what is read-only (`nbf` and `exp`, which are the certificate's
own) is too, as the service does; what has no value is left out of answers.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane/Certificates
"""

from __future__ import annotations

import msgspec

from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy
from keyless.planes.keyvault.certificates.schemas import CertificateBundle
from keyless.planes.keyvault.objects.schemas import ObjectAttributes, SettableAttributes, Unshown


class UpdateCertificateRequest(msgspec.Struct):
    """`CertificateUpdateParameters`."""

    policy: CertificatePolicy | None = None
    attributes: SettableAttributes | None = None
    tags: dict[str, str] | None = None


class ImportCertificateRequest(Unshown):
    """`CertificateImportParameters`: a PFX in base64, or PEM as it is or in base64."""

    value: str
    pwd: str | None = None
    policy: CertificatePolicy | None = None
    attributes: SettableAttributes | None = None
    tags: dict[str, str] | None = None
    preserve_cert_order: bool | None = msgspec.field(default=None, name="preserveCertOrder")


class CertificateItem(msgspec.Struct, omit_defaults=True):
    """`CertificateItem`: a certificate in a list, or a version in a list of versions."""

    id: str
    attributes: ObjectAttributes
    tags: dict[str, str] | None = None
    x5t: str | None = None


class DeletedCertificateItem(CertificateItem, omit_defaults=True, kw_only=True):
    """`DeletedCertificateItem`; times in epoch seconds."""

    recovery_id: str = msgspec.field(name="recoveryId")
    deleted_date: int = msgspec.field(name="deletedDate")
    scheduled_purge_date: int = msgspec.field(name="scheduledPurgeDate")


class DeletedCertificateBundle(CertificateBundle, omit_defaults=True, rename="camel", kw_only=True):
    """`DeletedCertificateBundle`; times in epoch seconds."""

    recovery_id: str
    deleted_date: int
    scheduled_purge_date: int


class CertificateListResult(msgspec.Struct, rename="camel"):
    """A page of certificates or versions."""

    value: list[CertificateItem]
    next_link: str | None


class DeletedCertificateListResult(msgspec.Struct, rename="camel"):
    """A page of deleted certificates."""

    value: list[DeletedCertificateItem]
    next_link: str | None
