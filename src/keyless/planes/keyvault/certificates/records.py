"""What the store keeps of certificates: versions, policies, operations, issuers, contacts, an authority.

A certificate has one policy for all its versions, and at most one operation: the last that made one.
"""

from __future__ import annotations

import enum

import msgspec

from keyless.planes.keyvault.certificates.errors import CertificateNotFound, DeletedCertificateNotFound
from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy, IssuerParameters
from keyless.planes.keyvault.keys.material.kept import KeyMaterial
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import DeletedHead, Head, Version
from keyless.store.ports import Collection


class CertificateVersion(Version, frozen=True, omit_defaults=True, rename="camel", kw_only=True):
    """One version. ``cer`` is the certificate in DER, and empty while it is being made."""

    cer: bytes = b""
    preserve_order: bool | None = None

    @property
    def is_finished(self) -> bool:
        """Whether there is a certificate, and a key and a secret behind it."""
        return bool(self.cer)

    def __repr__(self) -> str:
        return super().__repr__()


class Status(enum.StrEnum):
    """How an operation stands, in the words of the service."""

    IN_PROGRESS = "inProgress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class PendingOperation(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The making of a version.

    ``version`` is what it makes, ``policy`` by which. ``key`` is there until it is completed. It ends at
    ``settles_at``: with the ``certificates`` that its issuer has ready, its own first, or with the
    ``failure`` to get any, or cancelled where that was requested. Without that time it waits for a merge.
    """

    request_id: str
    version: CertificateVersion
    policy: CertificatePolicy
    csr: bytes
    created: int
    status: Status = Status.IN_PROGRESS
    key: KeyMaterial | None = None
    certificates: list[bytes] = []
    failure: str | None = None
    settles_at: int | None = None
    cancellation_requested: bool = False

    @property
    def issuer(self) -> IssuerParameters:
        """Who signs."""
        return self.policy.issuer or IssuerParameters()

    @property
    def in_progress(self) -> bool:
        """Whether it has not ended yet."""
        return self.status is Status.IN_PROGRESS

    @property
    def waits_for_merge(self) -> bool:
        """Whether nobody here makes the certificate."""
        return not self.certificates and self.failure is None

    def is_due(self, now: int) -> bool:
        """Whether it is to end."""
        return self.in_progress and self.settles_at is not None and self.settles_at <= now

    def __repr__(self) -> str:
        return f"PendingOperation({self.request_id!r}, {self.status}, …)"


class AdministratorDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """`AdministratorDetails`."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None


class OrganizationDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """`OrganizationDetails`."""

    id: str | None = None
    admin_details: list[AdministratorDetails] | None = None


class Issuer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An issuer of a vault. ``account_password`` is kept sealed, and told to nobody."""

    name: str
    provider: str
    created: int
    updated: int
    enabled: bool = True
    account_id: str | None = None
    account_password: str | None = None
    organization: OrganizationDetails | None = None

    def __repr__(self) -> str:
        return f"Issuer({self.name!r}, {self.provider!r}, …)"


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """`Contact`: who is told of what becomes of a vault's certificates."""

    email: str | None = None
    name: str | None = None
    phone: str | None = None


class Contacts(msgspec.Struct, frozen=True):
    """The contacts of a vault."""

    contacts: list[Contact]


class LocalAuthority(msgspec.Struct, frozen=True):
    """The authority that signs for issuers of the provider `Test`; both in DER, the key in PKCS#8."""

    certificate: bytes
    key: bytes

    def __repr__(self) -> str:
        return "LocalAuthority(…)"


CERTIFICATES = Collection("certificates", Head)
"""By vault and name."""
DELETED_CERTIFICATES = Collection("deleted-certificates", DeletedHead)
"""By vault and name."""
CERTIFICATE_VERSIONS = Collection("certificate-versions", CertificateVersion, sealed=True)
"""By vault, name and version."""
POLICIES = Collection("certificate-policies", CertificatePolicy)
"""By vault and name."""
PENDING = Collection("pending-certificates", PendingOperation, sealed=True)
"""By vault and name."""
ISSUERS = Collection("certificate-issuers", Issuer, sealed=True)
"""By vault and the issuer's name."""
CONTACTS = Collection("certificate-contacts", Contacts)
"""By vault."""
LOCAL_AUTHORITIES = Collection("certificate-authorities", LocalAuthority, sealed=True)
"""By tenant; made when it is first needed."""

CERTIFICATE = Kind(
    "certificate",
    CERTIFICATES,
    DELETED_CERTIFICATES,
    CERTIFICATE_VERSIONS,
    CertificateNotFound,
    DeletedCertificateNotFound,
    belongings=(POLICIES, PENDING),
)
