"""What conditions on the management of role assignments look at: the assignment that is written or deleted.

Rules:
- a write is known by what its body asks for (`@Request`), a deletion by what is there (`@Resource`);
- the type of a principal that there is, is its own, whatever the body claims;
- what is not there to be deleted, or lies at another scope than the route's, has no attributes: a condition
  that looks at them then holds for nobody.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-authorization-actions-attributes
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.authz.conditions.attributes import PRINCIPAL_ID, PRINCIPAL_TYPE, ROLE_DEFINITION_ID
from keyless.lifecycle.principals import principal_type_of
from keyless.model.attributes import NO_ATTRIBUTES, Attributes, AttributeSource
from keyless.model.roles import RoleAssignment
from keyless.planes.arm.authorization.ids import read_definition_id, read_guid
from keyless.planes.arm.authorization.schemas import AskedAssignment
from keyless.planes.arm.scopes import of_scope
from keyless.planes.arm.service import Arm
from keyless.store.collections import ASSIGNMENTS
from keyless.store.ports import Reader
from keyless.wire.operation import Asked


async def of_write(asked: Asked, arm: Arm) -> Attributes:
    """The attributes of a request that makes or changes an assignment."""
    body = asked.body
    properties = body.properties if isinstance(body, AskedAssignment) else None
    if properties is None:
        return NO_ATTRIBUTES
    named: dict[str, str] = {}
    role = read_definition_id(properties.role_definition_id or "")
    principal_id = read_guid(properties.principal_id or "")
    if role is not None:
        named[ROLE_DEFINITION_ID] = role.guid
    if principal_id is not None:
        named[PRINCIPAL_ID] = principal_id
        own_type = await principal_type_of(arm.store, principal_id)
        claimed = properties.principal_type if own_type is None else own_type.value
        if claimed:
            named[PRINCIPAL_TYPE] = claimed
    return {AttributeSource.REQUEST: named}


async def of_deletion(asked: Asked, arm: Arm) -> Attributes:
    """The attributes of an assignment that is to be deleted."""
    found = await assignment_at(arm.store, asked.params)
    if found is None:
        return NO_ATTRIBUTES
    named = {
        ROLE_DEFINITION_ID: found.role_definition_id,
        PRINCIPAL_ID: found.principal_id,
        PRINCIPAL_TYPE: found.principal_type,
    }
    return {AttributeSource.RESOURCE: named}


async def assignment_at(reader: Reader, params: Mapping[str, str]) -> RoleAssignment | None:
    """The assignment that a route names, if it lies at the route's own scope."""
    guid = read_guid(params["assignment_name"])
    if guid is None:
        return None
    found = await reader.get(ASSIGNMENTS, (guid,))
    return found if found is not None and found.scope_id == of_scope(None, params) else None
