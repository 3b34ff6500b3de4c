"""Identities and federated credentials as the wire has them."""

from __future__ import annotations

from keyless.model.identities import FederatedCredential, ManagedIdentity
from keyless.model.resource_id import ResourceId
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE, ResourceGroup, Tenant
from keyless.planes.arm.managedidentity.schemas import (
    CredentialProperties,
    CredentialShown,
    IdentityProperties,
    IdentityShown,
)

CREDENTIALS = "federatedIdentityCredentials"
CREDENTIAL_TYPE = f"{USER_ASSIGNED_IDENTITY_TYPE}/{CREDENTIALS}"


def shown_identity(identity: ManagedIdentity, tenant: Tenant, group: ResourceGroup) -> IdentityShown:
    """A user-assigned identity; one that was declared without a location is where its group is."""
    return IdentityShown(
        id=identity.resource_id,
        name=identity.name,
        type=USER_ASSIGNED_IDENTITY_TYPE,
        location=identity.location or group.location,
        tags=dict(identity.tags),
        properties=shown_ids(identity, tenant),
    )


def shown_ids(identity: ManagedIdentity, tenant: Tenant) -> IdentityProperties:
    """The three ids of an identity."""
    return IdentityProperties(tenant.tenant_id, identity.principal_id, identity.client_id)


def shown_credential(credential: FederatedCredential) -> CredentialShown:
    """A federated credential of a user-assigned identity."""
    return CredentialShown(
        id=ResourceId.parse(credential.owner).child(CREDENTIALS, credential.name).text,
        name=credential.name,
        type=CREDENTIAL_TYPE,
        properties=CredentialProperties(credential.issuer, credential.subject, [credential.audience]),
    )
