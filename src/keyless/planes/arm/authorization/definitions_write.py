"""Custom roles, made, changed and deleted; what they grant is decided anew from the next request on.

Rules:
- who writes a custom role needs the permission at the route's scope and at **every** scope at which it may be
  assigned, before the change and after it: otherwise who manages one group could give a role that is used in
  others more than it has, or make one for a scope above their own;
- built-in roles are never written;
- a role that is assigned somewhere stays.

Source: https://learn.microsoft.com/azure/role-based-access-control/custom-roles#who-can-create-delete-update-or-view-a-custom-role
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import structs

from keyless.catalog.roles import role_by_id
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleDefinition
from keyless.planes.arm.authorization.api_versions import OF_DEFINITIONS
from keyless.planes.arm.authorization.assignments_write import changed_now
from keyless.planes.arm.authorization.definition_rules import asked_role, check_beside
from keyless.planes.arm.authorization.definitions import of_definition, one
from keyless.planes.arm.authorization.ids import DEFINITIONS_TYPE, read_guid
from keyless.planes.arm.authorization.places import existing_scope
from keyless.planes.arm.authorization.rendering import shown_definition
from keyless.planes.arm.authorization.roles import custom_roles, is_there
from keyless.planes.arm.authorization.schemas import AskedDefinition, DefinitionShown
from keyless.planes.arm.authorization.tenancy import hierarchy_of
from keyless.planes.arm.errors import InvalidContent
from keyless.planes.arm.linked import demand_linked
from keyless.planes.arm.scopes import needs, of_scope
from keyless.planes.arm.service import Arm
from keyless.store.collections import ASSIGNMENTS, ROLE_DEFINITIONS
from keyless.store.ports import Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

WRITE = f"{DEFINITIONS_TYPE}/write"
DELETE = f"{DEFINITIONS_TYPE}/delete"
_SPEC = "https://learn.microsoft.com/rest/api/authorization/role-definitions/"


@operation(
    id="RoleDefinitions.CreateOrUpdate",
    route=one("PUT"),
    api_versions=OF_DEFINITIONS,
    access=needs(WRITE, of_definition),
    body=AskedDefinition,
    response=DefinitionShown,
    errors=(InvalidRequest, Conflict, NotFound),
    spec=_SPEC + "create-or-update",
)
async def put_definition(call: Authorized[AskedDefinition], arm: Arm) -> Reply:
    """Make a custom role, or change one."""
    guid = _custom_guid(call)
    if call.body.properties is None:
        raise InvalidContent(
            "The request was incorrectly formatted: it has no `properties`.", code="BadRequestFormat"
        )
    asked = asked_role(guid, call.body.properties)
    async with arm.store.transaction() as transaction:
        there = await transaction.get(ROLE_DEFINITIONS, (guid,))
        scopes = [await existing_scope(arm, transaction, scope) for scope in _scopes(asked)]
        _demand(call, WRITE, (*scopes, *(() if there is None else _scopes(there))))
        check_beside(asked, await custom_roles(transaction))
        made = structs.replace(
            asked,
            assignable_scopes=tuple(scope.text for scope in scopes),
            changed=changed_now(call, None if there is None else there.changed),
        )
        await transaction.put(ROLE_DEFINITIONS, (guid,), made)
    return Reply(shown_definition(made, of_scope(None, call.params), call.api_version), 201)


@operation(
    id="RoleDefinitions.Delete",
    route=one("DELETE"),
    api_versions=OF_DEFINITIONS,
    access=needs(DELETE, of_definition),
    response=DefinitionShown,
    errors=(InvalidRequest, Conflict),
    spec=_SPEC + "delete",
)
async def delete_definition(call: Authorized[None], arm: Arm) -> Reply:
    """Delete a custom role that is assigned nowhere."""
    guid = _custom_guid(call)
    scope = of_scope(None, call.params)
    async with arm.store.transaction() as transaction:
        found = await transaction.get(ROLE_DEFINITIONS, (guid,))
        if found is None or not is_there(found, scope, await hierarchy_of(arm, transaction)):
            return Reply(status=204)
        _demand(call, DELETE, _scopes(found))
        await _check_unused(transaction, found)
        await transaction.delete(ROLE_DEFINITIONS, (guid,))
    return Reply(shown_definition(found, scope, call.api_version))


def _custom_guid(call: Authorized[Any]) -> str:
    """The GUID that the route names, if it can be a custom role's."""
    name = call.params["role_name"]
    guid = read_guid(name)
    if guid is None:
        raise InvalidContent(
            f"The role definition ID '{name[:64]}' is not valid. The role definition ID must be a GUID.",
            code="InvalidRoleDefinitionId",
        )
    built_in = role_by_id(guid)
    if built_in is not None:
        raise Conflict(
            f"The role definition '{guid}' exists: '{built_in.name}' is built in, and nobody changes it.",
            code="RoleDefinitionExists",
        )
    return guid


def _scopes(role: RoleDefinition) -> list[ResourceId]:
    return [ResourceId.parse(text) for text in role.assignable_scopes]


def _demand(call: Authorized[Any], action: str, scopes: Iterable[ResourceId]) -> None:
    """Make sure that the caller may do it at every one of a role's assignable scopes."""
    own = of_definition(None, call.params)
    for scope in dict.fromkeys(scopes):
        demand_linked(call, action, scope, own_action=action, own_scope=own)


async def _check_unused(transaction: Transaction, role: RoleDefinition) -> None:
    for _, assignment in await transaction.scan(ASSIGNMENTS):
        if assignment.role_definition_id.casefold() == role.id:
            raise InvalidRequest(
                f"There are existing role assignments referencing role '{role.name}': delete them first.",
                code="RoleDefinitionHasAssignments",
            )


OPERATIONS: tuple[Operation, ...] = (put_definition, delete_definition)
