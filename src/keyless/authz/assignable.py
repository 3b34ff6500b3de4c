"""Where a role may be assigned.

Rules:
- a built-in role may be assigned at every scope;
- a custom role may be assigned at its assignable scopes and below them.

Source: https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-properties
"""

from __future__ import annotations

from keyless.authz.hierarchy import FLAT, Hierarchy
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleDefinition


def is_assignable(role: RoleDefinition, scope: ResourceId, hierarchy: Hierarchy = FLAT) -> bool:
    """Whether the role may be assigned at the scope."""
    if not role.custom:
        return True
    return any(hierarchy.covers(ResourceId.parse(each), scope) for each in role.assignable_scopes)
