"""The tenant itself: its organization and its domain; and the delegated permissions, of which there are none.

Source: https://learn.microsoft.com/graph/api/resources/organization
"""

from __future__ import annotations

from keyless.authz.directory import SERVICE_PRINCIPALS
from keyless.planes.graph import service_principals
from keyless.planes.graph.access import NO_VERSIONS, SPEC, V1, needs, needs_at
from keyless.planes.graph.documents import domain_of
from keyless.planes.graph.errors import BadRequest, ResourceNotFound
from keyless.planes.graph.listing import Document, page
from keyless.planes.graph.service import Graph
from keyless.wire.call import Authorized
from keyless.wire.operation import Operation, operation

_GRANT = {
    "id": "",
    "clientId": "",
    "consentType": "",
    "principalId": None,
    "resourceId": "",
    "scope": "",
}


@operation(
    id="Graph.ListOrganizations",
    route=f"GET {V1}/organization",
    api_versions=NO_VERSIONS,
    access=needs("organization/standard/read"),
    errors=(BadRequest,),
    spec=SPEC + "organization-list",
)
async def list_organizations(call: Authorized[None], graph: Graph) -> Document:
    """Return the tenant."""
    tenant = await graph.authority.tenant()
    name = domain_of(tenant)
    domain = {"capabilities": "", "isDefault": True, "isInitial": True, "name": name, "type": "Managed"}
    shown = {
        "id": tenant.tenant_id,
        "displayName": tenant.name,
        "tenantType": "AAD",
        "verifiedDomains": [domain],
        "assignedPlans": [],
        "countryLetterCode": None,
    }
    return page(call, "organization", [shown], shown)


@operation(
    id="Graph.ListDomains",
    route=f"GET {V1}/domains",
    api_versions=NO_VERSIONS,
    access=needs("domains/standard/read"),
    errors=(BadRequest,),
    spec=SPEC + "domain-list",
)
async def list_domains(call: Authorized[None], graph: Graph) -> Document:
    """Return the tenant's domain."""
    shown = {
        "id": domain_of(await graph.authority.tenant()),
        "authenticationType": "Managed",
        "isAdminManaged": True,
        "isDefault": True,
        "isInitial": True,
        "isRoot": True,
        "isVerified": True,
        "supportedServices": [],
    }
    return page(call, "domains", [shown], shown)


@operation(
    id="Graph.ListPermissionGrants",
    route=f"GET {V1}/oauth2PermissionGrants",
    api_versions=NO_VERSIONS,
    access=needs("oAuth2PermissionGrants/standard/read"),
    errors=(BadRequest,),
    spec=SPEC + "oauth2permissiongrant-list",
)
async def list_permission_grants(call: Authorized[None], graph: Graph) -> Document:
    """Return the delegated permissions that were consented to: none."""
    return page(call, "oauth2PermissionGrants", [], _GRANT)


@operation(
    id="Graph.ListServicePrincipalPermissionGrants",
    route=service_principals.at("GET", "/oauth2PermissionGrants"),
    api_versions=NO_VERSIONS,
    access=needs_at(SERVICE_PRINCIPALS, "servicePrincipals/oAuth2PermissionGrants/read"),
    errors=(ResourceNotFound,),
    spec=SPEC + "serviceprincipal-list-oauth2permissiongrants",
)
async def list_principals_permission_grants(call: Authorized[None], graph: Graph) -> Document:
    """Return the delegated permissions of a service principal: none."""
    await service_principals.shown_service_principal(
        graph.store, await graph.authority.tenant(), call.params["id"]
    )
    return page(call, "oauth2PermissionGrants", [], _GRANT)


OPERATIONS: tuple[Operation, ...] = (
    list_organizations,
    list_domains,
    list_permission_grants,
    list_principals_permission_grants,
)
