"""Who may ask: managed identities, application registrations, and the principal behind a token.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview
"""

from __future__ import annotations

import enum
import uuid
from typing import Any

import msgspec

from keyless.model.hosts import HostKind


class IdentityKind(enum.StrEnum):
    """The two types of managed identity."""

    SYSTEM_ASSIGNED = "SystemAssigned"
    USER_ASSIGNED = "UserAssigned"


class ManagedIdentity(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A managed identity.

    ``resource_id`` is the identity's own ARM id (user-assigned) or its host's (system-assigned);
    ``client_id`` is the application id that goes into tokens, ``principal_id`` the object id that
    role assignments name. ``tags`` are pairs of name and value, so that an identity is a value to look up by.
    """

    kind: IdentityKind
    name: str
    resource_id: str
    client_id: str
    principal_id: str
    location: str = ""
    tags: tuple[tuple[str, str], ...] = ()


class ComputeResource(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A resource that hosts identities. ``user_assigned`` are the ARM ids of the identities given to it.

    ``host_kind`` is none where it follows from the resource's type; ``service_account`` is what code in a
    Kubernetes cluster runs as (``namespace/name``), none where that is the default. ``body`` is what the
    management API was given beside identity, location and tags (properties, sku, kind), as it was written.
    """

    resource_id: str
    name: str
    location: str
    system_assigned: ManagedIdentity | None = None
    user_assigned: tuple[str, ...] = ()
    host_kind: HostKind | None = None
    service_account: str | None = None
    tags: dict[str, str] = {}
    body: dict[str, Any] = {}


class FederatedCredential(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What lets a token of another issuer stand for an identity: all three match exactly, or none does.

    ``owner`` is the ARM id of a user-assigned identity, or the client id of an application.

    Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
    """

    owner: str
    name: str
    issuer: str
    subject: str
    audience: str
    description: str | None = None


class TrustedIssuer(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What is known of another issuer beyond its name.

    ``jwks`` is its set of public keys, where they are given and so never fetched; ``loopback`` says that it
    may be on this very machine.
    """

    issuer: str
    jwks: bytes | None = None
    loopback: bool = False


class Federation(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """That other identity providers trust this site, and under which ``issuer`` (an https URL)."""

    issuer: str


class ApplicationCertificate(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A certificate that an application proves itself with: public, ``der`` as X.509 DER.

    ``key_id`` is empty for one that an estate declares. It holds between ``starts_at`` and ``ends_at`` (epoch
    seconds) where those are given, and no longer than the certificate itself.
    """

    der: bytes
    key_id: str = ""
    display_name: str | None = None
    starts_at: int | None = None
    ends_at: int | None = None
    of_service_principal: bool = False

    def holds_at(self, now: float) -> bool:
        """Whether it is to be accepted at a time."""
        return _within(self.starts_at, self.ends_at, now)


class ApplicationPassword(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A client secret that was made through Microsoft Graph, as its salted hash; times are epoch seconds.

    ``hint`` is how it begins. ``of_service_principal`` says at which of an application's two objects it is.
    """

    key_id: str
    hash: bytes
    display_name: str | None = None
    hint: str = ""
    starts_at: int | None = None
    ends_at: int | None = None
    of_service_principal: bool = False

    def holds_at(self, now: float) -> bool:
        """Whether it is to be accepted at a time."""
        return _within(self.starts_at, self.ends_at, now)


def _within(starts_at: int | None, ends_at: int | None, now: float) -> bool:
    return (starts_at is None or starts_at <= now) and (ends_at is None or now < ends_at)


class Revocation(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Tokens of a principal that were issued up to ``revoked_at`` (epoch seconds) hold no longer.

    ``disabled`` says that it gets no new ones either.
    """

    principal_id: str
    revoked_at: int
    disabled: bool = False


class RunsOn(enum.StrEnum):
    """Where an application's code runs: what its stored credential can be replaced with depends on that."""

    AZURE = "azure"
    """On a resource that can host a managed identity."""
    ON_PREMISES = "on-premises"
    """On a server of one's own, or of another cloud, which Azure Arc can give an identity."""
    KUBERNETES = "kubernetes"
    """In a cluster whose issuer of service account tokens can be federated with."""
    GITHUB_ACTIONS = "github-actions"
    """In a workflow, whose own token can be federated with."""
    ELSEWHERE = "elsewhere"
    """Where there is an issuer of tokens to federate with, such as SPIFFE or an identity provider."""


class DeletedIdentity(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A managed identity that is not there any more, as it was; ``deleted_at`` is in epoch seconds."""

    identity: ManagedIdentity
    deleted_at: int


class Application(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """An application registration, and what it proves itself with: the legacy way, where that is a secret.

    ``secret_hashes`` are salted scrypt hashes; the secrets themselves are not kept. They hold until
    ``secrets_expire_at`` (epoch seconds), where that is given. ``identifier_uris`` are the audiences under
    which the application is a resource itself; ``token_version`` (1 or 2) is that of the tokens for it.
    ``runs_on`` is none where that is not known; ``compute`` is the ARM id of the compute resource that its
    code runs on, empty where that is not.
    """

    name: str
    client_id: str
    principal_id: str
    secret_hashes: tuple[bytes, ...] = ()
    secrets_expire_at: int | None = None
    certificates: tuple[ApplicationCertificate, ...] = ()
    identifier_uris: tuple[str, ...] = ()
    token_version: int = 1
    runs_on: RunsOn | None = None
    compute: str = ""
    passwords: tuple[ApplicationPassword, ...] = ()
    owners: tuple[str, ...] = ()
    created_at: int = 0
    body: dict[str, Any] = {}
    service_principal_body: dict[str, Any] = {}

    @property
    def object_id(self) -> str:
        """The object id of the registration itself, which is not its service principal's."""
        return str(uuid.uuid5(_REGISTRATIONS, self.client_id.casefold()))

    @property
    def secrets(self) -> tuple[ApplicationPassword, ...]:
        """Every client secret, the declared ones with key ids that follow from their hashes."""
        declared = (
            ApplicationPassword(
                str(uuid.uuid5(_REGISTRATIONS, kept.hex())), kept, DECLARED, ends_at=self.secrets_expire_at
            )
            for kept in self.secret_hashes
        )
        return (*declared, *self.passwords)


DECLARED = "declared in the estate file"
"""What a credential that an estate declares is called among others."""
_REGISTRATIONS = uuid.uuid5(uuid.NAMESPACE_DNS, "registrations.keyless.invalid")


class PrincipalKind(enum.StrEnum):
    """What kind of identity a token speaks for."""

    MANAGED_IDENTITY = "managedIdentity"
    APPLICATION = "application"
    USER = "user"
    ACCESS_KEY = "accessKey"
    READ_ONLY_ACCESS_KEY = "readOnlyAccessKey"

    @property
    def is_access_key(self) -> bool:
        """Whether it is no identity of the directory, but whoever holds a key."""
        return self in {PrincipalKind.ACCESS_KEY, PrincipalKind.READ_ONLY_ACCESS_KEY}


class Principal(msgspec.Struct, frozen=True):
    """The caller that a verified token speaks for.

    ``principal_id`` is the token's ``oid`` (what assignments name), ``client_id`` its ``appid``, ``issuer``
    its ``iss`` as it stands in the token. Of an access key ``client_id`` is the key's id; of a user it is
    that of the application which the user works with, and ``name`` the user principal name.
    """

    principal_id: str
    client_id: str
    tenant_id: str
    issuer: str
    kind: PrincipalKind = PrincipalKind.MANAGED_IDENTITY
    name: str = ""
