"""Who may ask: managed identities, application registrations, and the principal behind a token.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview
"""

from __future__ import annotations

import enum

import msgspec


class IdentityKind(enum.StrEnum):
    """The two types of managed identity."""

    SYSTEM_ASSIGNED = "SystemAssigned"
    USER_ASSIGNED = "UserAssigned"


class ManagedIdentity(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A managed identity.

    ``resource_id`` is the identity's own ARM id (user-assigned) or its host's (system-assigned);
    ``client_id`` is the application id that goes into tokens, ``principal_id`` the object id that
    role assignments name.
    """

    kind: IdentityKind
    name: str
    resource_id: str
    client_id: str
    principal_id: str


class ComputeResource(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A resource that hosts identities. ``user_assigned`` are the ARM ids of the identities given to it."""

    resource_id: str
    name: str
    location: str
    system_assigned: ManagedIdentity | None = None
    user_assigned: tuple[str, ...] = ()


class Application(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """An application registration with client secrets: the legacy way, kept to show the picture before.

    ``secret_hashes`` are salted scrypt hashes; the secrets themselves are not kept.
    """

    name: str
    client_id: str
    principal_id: str
    secret_hashes: tuple[bytes, ...] = ()


class PrincipalKind(enum.StrEnum):
    """What kind of identity a token speaks for."""

    MANAGED_IDENTITY = "managedIdentity"
    APPLICATION = "application"


class Principal(msgspec.Struct, frozen=True):
    """The caller that a verified token speaks for.

    ``principal_id`` is the token's ``oid`` (what assignments name), ``client_id`` its ``appid``, ``issuer``
    its ``iss`` as it stands in the token.
    """

    principal_id: str
    client_id: str
    tenant_id: str
    issuer: str
    kind: PrincipalKind = PrincipalKind.MANAGED_IDENTITY
