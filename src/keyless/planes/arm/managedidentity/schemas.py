"""The bodies of Microsoft.ManagedIdentity, in and out.

Source: Azure/azure-rest-api-specs, specification/msi/resource-manager/Microsoft.ManagedIdentity
"""

from __future__ import annotations

from typing import Any

import msgspec


class IdentityProperties(msgspec.Struct, frozen=True, rename="camel"):
    """An identity's ids, all of them GUIDs."""

    tenant_id: str
    principal_id: str
    client_id: str


class IdentityShown(msgspec.Struct, frozen=True, rename="camel"):
    """A user-assigned identity, or the view on a system-assigned one."""

    id: str
    name: str
    type: str
    location: str
    tags: dict[str, str]
    properties: IdentityProperties


class AskedProperties(msgspec.Struct, frozen=True, rename="camel"):
    """What may be asked of an identity beside its ids, which nobody chooses."""

    isolation_scope: str | None = None
    assignment_restrictions: Any = None


class AskedIdentity(msgspec.Struct, frozen=True, rename="camel"):
    """A user-assigned identity as it is to be made or changed."""

    location: str | None = None
    tags: dict[str, str] | None = None
    properties: AskedProperties | None = None


class CredentialProperties(msgspec.Struct, frozen=True, rename="camel"):
    """What a token must say to stand for the identity."""

    issuer: str
    subject: str
    audiences: list[str]


class CredentialShown(msgspec.Struct, frozen=True, rename="camel"):
    """A federated credential."""

    id: str
    name: str
    type: str
    properties: CredentialProperties


class AskedCredentialProperties(msgspec.Struct, frozen=True, rename="camel"):
    """The properties of a federated credential that is to be made or changed."""

    issuer: str | None = None
    subject: str | None = None
    audiences: list[str] | None = None
    claims_matching_expression: Any = None


class AskedCredential(msgspec.Struct, frozen=True, rename="camel"):
    """A federated credential as it is to be made or changed."""

    properties: AskedCredentialProperties | None = None


class AssociatedResource(msgspec.Struct, frozen=True, rename="camel"):
    """A resource that has the identity."""

    id: str
    name: str
    type: str
    resource_group: str
    subscription_id: str
    subscription_display_name: str


class AssociatedResources(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A page of them; ``total_count`` counts those of all pages."""

    total_count: int
    value: list[AssociatedResource]
    next_link: str | None = None
