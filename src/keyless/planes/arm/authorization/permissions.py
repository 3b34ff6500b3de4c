"""What the caller may do at a scope, as blocks of permissions.

Rules:
- the blocks are those of every role that the caller has there, by itself or through its groups; conditions
  are not evaluated, and shown where the api-version knows them;
- what a deny assignment takes is not subtracted: those are listed by themselves.

Source: https://learn.microsoft.com/rest/api/authorization/permissions
"""

from __future__ import annotations

from keyless.model.guids import guid_key
from keyless.model.roles import RoleAssignment
from keyless.planes.arm.authorization.api_versions import OF_DEFINITIONS
from keyless.planes.arm.authorization.rendering import shown_permission
from keyless.planes.arm.authorization.roles import find_role
from keyless.planes.arm.authorization.schemas import PermissionShown
from keyless.planes.arm.authorization.tenancy import hierarchy_of, memberships_of
from keyless.planes.arm.paging import Page
from keyless.planes.arm.scopes import needs, of_scope
from keyless.planes.arm.service import Arm
from keyless.store.collections import ASSIGNMENTS
from keyless.wire.call import Authorized
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group"


@operation(
    id="Permissions.List",
    route="GET /{scope*}/providers/Microsoft.Authorization/permissions",
    api_versions=OF_DEFINITIONS,
    access=needs("Microsoft.Authorization/permissions/read", of_scope),
    response=Page[PermissionShown],
    spec=_SPEC,
)
async def list_permissions(call: Authorized[None], arm: Arm) -> Page[PermissionShown]:
    """List what the caller may do in a resource group, or with a resource."""
    scope = of_scope(None, call.params)
    mine = (await memberships_of(arm.store)).principal_ids(call.principal.principal_id)
    hierarchy = await hierarchy_of(arm)

    def holds(assignment: RoleAssignment) -> bool:
        return guid_key(assignment.principal_id) in mine and hierarchy.covers(assignment.scope_id, scope)

    held = {each.role_definition_id for _, each in await arm.store.scan(ASSIGNMENTS) if holds(each)}
    roles = [await find_role(arm.store, guid_key(role)) for role in sorted(held)]
    blocks = [block for role in roles if role is not None for block in role.permissions]
    return Page([shown_permission(block, call.api_version) for block in blocks])


OPERATIONS: tuple[Operation, ...] = (list_permissions,)
