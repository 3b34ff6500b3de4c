"""App role assignments: the application permissions of Microsoft Graph that service principals were given.

Rules:
- only Graph's own permissions can be given; they decide here, and do not stand in tokens as `roles`;
- whoever gives one hands out a part of the directory, so that it takes the Global Administrator: an
  administrator of applications may not, as in Entra.

Source: https://learn.microsoft.com/graph/api/resources/approleassignment
"""

from __future__ import annotations

from typing import Any

from keyless.authz.directory import SERVICE_PRINCIPALS as KIND
from keyless.catalog.directory_roles import graph_permissions, is_permission
from keyless.lifecycle.principals import find_principal
from keyless.model.directory import DirectoryRoleAssignment
from keyless.model.resources import Tenant
from keyless.planes.graph import service_principals
from keyless.planes.graph.access import NO_VERSIONS, SPEC, needs, needs_at
from keyless.planes.graph.bodies import text
from keyless.planes.graph.documents import graph_principal_id
from keyless.planes.graph.errors import BadRequest, ResourceNotFound
from keyless.planes.graph.find import the_service_principal
from keyless.planes.graph.listing import Document, entity, page
from keyless.planes.graph.service import Graph
from keyless.store.collections import DIRECTORY_ROLE_ASSIGNMENTS
from keyless.store.ports import Reader
from keyless.wire.call import Authorized, Reply
from keyless.wire.operation import Operation, operation

_GIVE = "servicePrincipals/managePermissionGrantsForAll.microsoft-company-admin"
_KIND = "appRoleAssignments"


def _shown(one: DirectoryRoleAssignment, name: str, tenant: Tenant) -> Document:
    return {
        "id": one.id,
        "appRoleId": one.role_definition_id,
        "createdDateTime": None,
        "deletedDateTime": None,
        "principalDisplayName": name,
        "principalId": one.principal_id,
        "principalType": "ServicePrincipal",
        "resourceDisplayName": "Microsoft Graph",
        "resourceId": graph_principal_id(tenant),
    }


_SAMPLE = _shown(DirectoryRoleAssignment("", "", ""), "", Tenant("", "", "", ""))


async def _permissions(reader: Reader) -> list[DirectoryRoleAssignment]:
    found = [one for _, one in await reader.scan(DIRECTORY_ROLE_ASSIGNMENTS)]
    return [one for one in found if is_permission(one.role_definition_id)]


@operation(
    id="Graph.ListAppRoleAssignments",
    route=service_principals.at("GET", "/appRoleAssignments"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "servicePrincipals/appRoleAssignments/read"),
    errors=(ResourceNotFound,),
    spec=SPEC + "serviceprincipal-list-approleassignments",
)
async def list_app_role_assignments(call: Authorized[None], graph: Graph) -> Document:
    """Return the permissions that a service principal was given."""
    holder = await the_service_principal(graph.store, call.params["id"])
    tenant, mine = await graph.authority.tenant(), holder.principal_id.casefold()
    given = [one for one in await _permissions(graph.store) if one.principal_id.casefold() == mine]
    return page(call, _KIND, (_shown(one, holder.name, tenant) for one in given), _SAMPLE)


@operation(
    id="Graph.ListAppRoleAssignedTo",
    route=service_principals.at("GET", "/appRoleAssignedTo"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "servicePrincipals/appRoleAssignedTo/read"),
    errors=(ResourceNotFound,),
    spec=SPEC + "serviceprincipal-list-approleassignedto",
)
async def list_app_role_assigned_to(call: Authorized[None], graph: Graph) -> Document:
    """Return who was given permissions of a service principal: only Microsoft Graph has some."""
    tenant = await graph.authority.tenant()
    shown = await service_principals.shown_service_principal(graph.store, tenant, call.params["id"])
    if shown["id"] != graph_principal_id(tenant):
        return page(call, _KIND, [], _SAMPLE)
    found = []
    for one in await _permissions(graph.store):
        holder = await find_principal(graph.store, one.principal_id)
        found.append(_shown(one, "" if holder is None else holder.name, tenant))
    return page(call, _KIND, found, _SAMPLE)


@operation(
    id="Graph.CreateAppRoleAssignment",
    route=service_principals.at("POST", "/appRoleAssignments"),
    api_versions=NO_VERSIONS,
    access=needs(_GIVE),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "serviceprincipal-post-approleassignments",
)
async def create_app_role_assignment(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Give a service principal a permission of Microsoft Graph."""
    tenant = await graph.authority.tenant()
    role_id = text(call.body, "appRoleId").casefold()
    async with graph.store.transaction() as transaction:
        holder = await the_service_principal(transaction, call.params["id"])
        if text(call.body, "principalId").casefold() != holder.principal_id.casefold():
            raise BadRequest("The principalId is not that of the service principal in the address.")
        if text(call.body, "resourceId").casefold() != graph_principal_id(tenant):
            raise BadRequest("Only permissions of Microsoft Graph can be given here: name it as resourceId.")
        if role_id not in {one.id for one in graph_permissions()}:
            raise BadRequest("Permission being assigned was not found on application.")
        mine = holder.principal_id.casefold()
        for one in await _permissions(transaction):
            if (one.principal_id.casefold(), one.role_definition_id) == (mine, role_id):
                raise BadRequest("Permission being assigned already exists on the object.")
        made = DirectoryRoleAssignment(graph.new_guid(), holder.principal_id, role_id)
        await transaction.put(DIRECTORY_ROLE_ASSIGNMENTS, (made.id,), made)
    return Reply(entity(call, _KIND, _shown(made, holder.name, tenant)), 201)


@operation(
    id="Graph.DeleteAppRoleAssignment",
    route=service_principals.at("DELETE", "/appRoleAssignments/{assignment}"),
    api_versions=NO_VERSIONS,
    access=needs(_GIVE),
    errors=(ResourceNotFound,),
    spec=SPEC + "serviceprincipal-delete-approleassignments",
)
async def delete_app_role_assignment(call: Authorized[None], graph: Graph) -> Reply:
    """Take a permission of Microsoft Graph from a service principal."""
    async with graph.store.transaction() as transaction:
        holder = await the_service_principal(transaction, call.params["id"])
        for one in await _permissions(transaction):
            if one.id == call.params["assignment"] and one.principal_id == holder.principal_id:
                await transaction.delete(DIRECTORY_ROLE_ASSIGNMENTS, (one.id,))
                return Reply(status=204)
    raise ResourceNotFound(call.params["assignment"])


OPERATIONS: tuple[Operation, ...] = (
    list_app_role_assignments,
    list_app_role_assigned_to,
    create_app_role_assignment,
    delete_app_role_assignment,
)
