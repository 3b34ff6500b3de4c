"""Certificates on the wire: the JSON of requests and answers; `policy_schemas` has their policies.

What is unknown in a request is ignored, and what is read-only is too, as the service does; what has no value
is left out of answers. `cer`, `csr` and `x5c` are base64, as the service writes them, and not base64url.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane/Certificates
"""

from __future__ import annotations

import msgspec

from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy, IssuerParameters
from keyless.planes.keyvault.certificates.records import Contact, OrganizationDetails
from keyless.planes.keyvault.objects.schemas import ObjectAttributes, SettableAttributes, Unshown


class CreateCertificateRequest(msgspec.Struct, rename="camel"):
    """`CertificateCreateParameters`."""

    policy: CertificatePolicy | None = None
    attributes: SettableAttributes | None = None
    tags: dict[str, str] | None = None
    preserve_cert_order: bool | None = None


class MergeCertificateRequest(msgspec.Struct):
    """`CertificateMergeParameters`."""

    x5c: list[str]
    attributes: SettableAttributes | None = None
    tags: dict[str, str] | None = None


class UpdateOperationRequest(msgspec.Struct):
    """`CertificateOperationUpdateParameter`."""

    cancellation_requested: bool


class Pending(msgspec.Struct):
    """Where a certificate's operation is."""

    id: str


class CertificateBundle(msgspec.Struct, omit_defaults=True, rename="camel"):
    """`CertificateBundle`: one version, with the certificate's policy."""

    id: str
    attributes: ObjectAttributes
    kid: str | None = None
    sid: str | None = None
    x5t: str | None = None
    cer: str | None = None
    policy: CertificatePolicy | None = None
    pending: Pending | None = None
    tags: dict[str, str] | None = None
    preserve_cert_order: bool | None = None


class OperationError(msgspec.Struct):
    """Why an operation failed."""

    code: str
    message: str


class CertificateOperation(msgspec.Struct, omit_defaults=True):
    """`CertificateOperation`."""

    id: str
    issuer: IssuerParameters
    csr: str
    cancellation_requested: bool | None
    status: str
    request_id: str
    status_details: str | None = None
    error: OperationError | None = None
    target: str | None = None
    preserve_cert_order: bool | None = msgspec.field(default=None, name="preserveCertOrder")


class IssuerCredentials(Unshown, omit_defaults=True):
    """`IssuerCredentials`: the password is taken, and never given out."""

    account_id: str | None = None
    pwd: str | None = None


class SettableIssuerAttributes(msgspec.Struct):
    """`IssuerAttributes`, as far as a request may set them."""

    enabled: bool | None = None


class SetIssuerRequest(Unshown):
    """`CertificateIssuerSetParameters`."""

    provider: str
    credentials: IssuerCredentials | None = None
    org_details: OrganizationDetails | None = None
    attributes: SettableIssuerAttributes | None = None


class UpdateIssuerRequest(Unshown):
    """`CertificateIssuerUpdateParameters`."""

    provider: str | None = None
    credentials: IssuerCredentials | None = None
    org_details: OrganizationDetails | None = None
    attributes: SettableIssuerAttributes | None = None


class IssuerAttributes(msgspec.Struct):
    """`IssuerAttributes`; times in epoch seconds."""

    enabled: bool
    created: int
    updated: int


class IssuerBundle(msgspec.Struct, omit_defaults=True):
    """`IssuerBundle`."""

    id: str
    provider: str
    attributes: IssuerAttributes
    credentials: IssuerCredentials | None = None
    org_details: OrganizationDetails | None = None


class IssuerItem(msgspec.Struct):
    """`CertificateIssuerItem`."""

    id: str
    provider: str


class IssuerListResult(msgspec.Struct, rename="camel"):
    """A page of issuers."""

    value: list[IssuerItem]
    next_link: str | None


class ContactsBody(msgspec.Struct, omit_defaults=True):
    """`Contacts`."""

    contacts: list[Contact] | None = None
    id: str | None = None
