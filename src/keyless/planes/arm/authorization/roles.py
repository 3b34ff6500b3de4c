"""Finding role definitions: built-in ones in the catalog, custom ones in the store.

Rules:
- a custom role is there at its assignable scopes and below, where it can be assigned, and above, where it is
  managed; at other scopes it does not exist;
- roles that Azure's list leaves out can be asked for by id and assigned, and are not listed.

Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions-list#rest-api
"""

from __future__ import annotations

from keyless.authz.assignable import is_assignable
from keyless.authz.hierarchy import Hierarchy
from keyless.catalog.roles import built_in_roles, role_by_id
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleDefinition
from keyless.store.collections import ROLE_DEFINITIONS
from keyless.store.ports import Reader


async def find_role(reader: Reader, guid: str) -> RoleDefinition | None:
    """The role with a GUID (in lower case), wherever it can be assigned; none where there is none."""
    custom = await reader.get(ROLE_DEFINITIONS, (guid,))
    return custom or role_by_id(guid)


async def custom_roles(reader: Reader) -> list[RoleDefinition]:
    """Every custom role of the tenant."""
    return [role for _, role in await reader.scan(ROLE_DEFINITIONS)]


async def listed_roles(reader: Reader) -> list[RoleDefinition]:
    """Every role that lists show, at whatever scope."""
    return [*built_in_roles(), *await custom_roles(reader)]


def is_there(role: RoleDefinition, scope: ResourceId, hierarchy: Hierarchy) -> bool:
    """Whether a role exists, as seen from a scope."""
    return is_assignable(role, scope, hierarchy) or is_below(role, scope, hierarchy)


def is_below(role: RoleDefinition, scope: ResourceId, hierarchy: Hierarchy) -> bool:
    """Whether a custom role can be assigned somewhere below a scope."""
    return role.custom and any(
        hierarchy.covers(scope, ResourceId.parse(each)) for each in role.assignable_scopes
    )
