"""The ids that an estate's things have where the file does not give them: the same on every machine."""

from __future__ import annotations

import re

from msgspec import structs

from keyless.model.estate import derived_guid
from keyless.model.identities import IdentityKind, ManagedIdentity
from keyless.model.resource_id import ResourceId, resource_scope
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE, Tenant

DEFAULT_NAME = "local"
DEFAULT_LOCATION = "westeurope"


def slug_of(project_name: str) -> str:
    """A name that is fit for resources of every type."""
    return re.sub(r"[^a-z0-9]+", "-", project_name.lower()).strip("-")[:32].rstrip("-") or "app"


def tenant_called(
    name: str = DEFAULT_NAME,
    subscription: str = DEFAULT_NAME,
    tenant_id: str | None = None,
    subscription_id: str | None = None,
) -> Tenant:
    """A tenant and its subscription; without arguments, those of a project that has no estate file."""
    tenant_id = tenant_id or derived_guid("tenant", name)
    subscription_id = subscription_id or derived_guid("subscription", tenant_id, subscription)
    return Tenant(tenant_id, name, subscription_id, subscription)


def user_assigned_identity(
    group: ResourceId, name: str, client_id: str | None = None, principal_id: str | None = None
) -> ManagedIdentity:
    """A user-assigned identity in a resource group."""
    resource_id = resource_scope(group, USER_ASSIGNED_IDENTITY_TYPE, name)
    return _identity(IdentityKind.USER_ASSIGNED, name, resource_id, client_id, principal_id)


def system_assigned_identity(
    host: ResourceId, name: str, client_id: str | None = None, principal_id: str | None = None
) -> ManagedIdentity:
    """The system-assigned identity of a resource."""
    return _identity(IdentityKind.SYSTEM_ASSIGNED, name, host, client_id, principal_id)


def _identity(
    kind: IdentityKind, name: str, resource_id: ResourceId, client_id: str | None, principal_id: str | None
) -> ManagedIdentity:
    return ManagedIdentity(
        kind=kind,
        name=name,
        resource_id=resource_id.text,
        client_id=client_id or derived_guid("clientId", resource_id.text),
        principal_id=principal_id or derived_guid("principalId", resource_id.text),
    )


def again(identity: ManagedIdentity, times: int) -> ManagedIdentity:
    """A managed identity that is made after it was deleted this often: what was derived is derived anew."""
    if not times:
        return identity
    first = _identity(identity.kind, identity.name, ResourceId.parse(identity.resource_id), None, None)
    place, turn = identity.resource_id, str(times)
    client_id, principal_id = identity.client_id, identity.principal_id
    if client_id == first.client_id:
        client_id = derived_guid("clientId", place, turn)
    if principal_id == first.principal_id:
        principal_id = derived_guid("principalId", place, turn)
    return structs.replace(identity, client_id=client_id, principal_id=principal_id)


def application_client_id(tenant: Tenant, name: str) -> str:
    """The application id of an application registration."""
    return derived_guid("application clientId", tenant.tenant_id, name)


def application_principal_id(tenant: Tenant, name: str) -> str:
    """The object id of an application's service principal."""
    return derived_guid("application principalId", tenant.tenant_id, name)


def custom_role_id(tenant: Tenant, name: str) -> str:
    """The GUID of a custom role: one per tenant and name, as Azure allows only one."""
    return derived_guid("roleDefinition", tenant.tenant_id, name)


def deny_assignment_id(scope: ResourceId, name: str) -> str:
    """The GUID of a deny assignment."""
    return derived_guid("denyAssignment", scope.text, name)


def user_principal_id(tenant: Tenant, name: str) -> str:
    """The object id of a user."""
    return derived_guid("user", tenant.tenant_id, name)


def group_principal_id(tenant: Tenant, name: str) -> str:
    """The object id of a group."""
    return derived_guid("group", tenant.tenant_id, name)


def user_name_at(tenant: Tenant, name: str) -> str:
    """The user principal name of a user under the tenant's own domain."""
    domain = tenant.name if "." in tenant.name else f"{slug_of(tenant.name)}.onmicrosoft.com"
    return f"{slug_of(name)}@{domain}"


def directory_assignment_id(principal_id: str, role_definition_id: str) -> str:
    """The GUID of a role of the directory that a principal has."""
    return derived_guid("directoryRole", principal_id, role_definition_id)


def assignment_id(principal_id: str, role_definition_id: str, scope: ResourceId) -> str:
    """The GUID of a role assignment: one per principal, role and scope, as Azure allows only one."""
    return derived_guid("roleAssignment", principal_id, role_definition_id, scope.text)
