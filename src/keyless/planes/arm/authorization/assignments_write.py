"""Role assignments, made, changed and deleted; a decision heeds them from the next request on.

Rules:
- the scope is the route's, whatever the body says: that is where the permission to write is asked for;
- conditions on that permission look at what is written or deleted (`facts`), so that who may assign some
  roles to some principals assigns no others;
- deleting what is not there is 204; the last Owner of the subscription stays.

Source: https://learn.microsoft.com/rest/api/authorization/role-assignments
"""

from __future__ import annotations

from typing import Any

from msgspec import structs

from keyless.authz.hierarchy import Hierarchy
from keyless.catalog.roles import find_role as built_in_role
from keyless.model.resource_id import ResourceId
from keyless.model.roles import Changed, RoleAssignment
from keyless.planes.arm.authorization.api_versions import OF_ASSIGNMENTS, tells_details
from keyless.planes.arm.authorization.assignment_rules import (
    CONDITION_VERSION,
    asked_principal,
    asked_role,
    assignable_role,
    assignment_guid,
    check_beside,
    check_condition,
    check_description,
    check_unchanged,
    principal_of,
)
from keyless.planes.arm.authorization.assignments import of_assignment, one
from keyless.planes.arm.authorization.facts import assignment_at, of_deletion, of_write
from keyless.planes.arm.authorization.ids import ASSIGNMENTS_TYPE
from keyless.planes.arm.authorization.places import existing_scope
from keyless.planes.arm.authorization.rendering import shown_assignment
from keyless.planes.arm.authorization.schemas import (
    AskedAssignment,
    AskedAssignmentProperties,
    AssignmentShown,
)
from keyless.planes.arm.authorization.tenancy import hierarchy_of
from keyless.planes.arm.errors import InvalidContent
from keyless.planes.arm.scopes import needs, of_scope
from keyless.planes.arm.service import Arm
from keyless.store.collections import ASSIGNMENTS
from keyless.store.ports import Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

WRITE = f"{ASSIGNMENTS_TYPE}/write"
DELETE = f"{ASSIGNMENTS_TYPE}/delete"
_SPEC = "https://learn.microsoft.com/rest/api/authorization/role-assignments/"


@operation(
    id="RoleAssignments.Create",
    route=one("PUT"),
    api_versions=OF_ASSIGNMENTS,
    access=needs(WRITE, of_assignment, attributes=of_write),
    body=AskedAssignment,
    response=AssignmentShown,
    errors=(InvalidRequest, Conflict, NotFound),
    spec=_SPEC + "create",
)
async def put_assignment(call: Authorized[AskedAssignment], arm: Arm) -> Reply:
    """Assign a role to a principal at a scope, or change the condition of an assignment."""
    async with arm.store.transaction() as transaction:
        hierarchy = await hierarchy_of(arm, transaction)
        asked = await _asked(call, arm, transaction, hierarchy)
        there = await transaction.get(ASSIGNMENTS, (asked.id,))
        if there is None:
            everything = await transaction.scan(ASSIGNMENTS)
            check_beside(asked, [each for _, each in everything])
        else:
            check_unchanged(there, asked)
        made = structs.replace(asked, changed=changed_now(call, None if there is None else there.changed))
        await transaction.put(ASSIGNMENTS, (made.id,), made)
    is_update = there is not None and tells_details(call.api_version)
    return Reply(shown_assignment(made, call.api_version), 200 if is_update else 201)


@operation(
    id="RoleAssignments.Delete",
    route=one("DELETE"),
    api_versions=OF_ASSIGNMENTS,
    access=needs(DELETE, of_assignment, attributes=of_deletion),
    response=AssignmentShown,
    errors=(InvalidRequest,),
    spec=_SPEC + "delete",
)
async def delete_assignment(call: Authorized[None], arm: Arm) -> Reply:
    """Delete a role assignment that was made at just the scope."""
    async with arm.store.transaction() as transaction:
        found = await assignment_at(transaction, call.params)
        if found is None:
            return Reply(status=204)
        await _check_owner_stays(transaction, found)
        await transaction.delete(ASSIGNMENTS, (found.id,))
    return Reply(shown_assignment(found, call.api_version))


async def _asked(
    call: Authorized[AskedAssignment], arm: Arm, transaction: Transaction, hierarchy: Hierarchy
) -> RoleAssignment:
    """The assignment that is asked for, if it can be made."""
    guid = assignment_guid(call.params["assignment_name"])
    properties = _properties(call)
    principal_id, reference = asked_principal(properties), asked_role(properties)
    scope = await existing_scope(arm, transaction, of_scope(None, call.params))
    role = await assignable_role(transaction, reference, scope, hierarchy)
    tenant = await arm.authority.tenant()
    named, kind = await principal_of(transaction, principal_id, properties.principal_type, tenant.tenant_id)
    check_condition(properties.condition, properties.condition_version)
    check_description(properties.description)
    return RoleAssignment(
        guid,
        named,
        role.id,
        scope.text,
        kind,
        properties.condition or None,
        CONDITION_VERSION if properties.condition else None,
        properties.description or "",
    )


def _properties(call: Authorized[AskedAssignment]) -> AskedAssignmentProperties:
    """What is asked for, less what the api-version does not know."""
    asked = call.body.properties
    if asked is None:
        raise InvalidContent(
            "The request was incorrectly formatted: it has no `properties`.", code="BadRequestFormat"
        )
    if tells_details(call.api_version):
        return asked
    return AskedAssignmentProperties(asked.role_definition_id, asked.principal_id)


def changed_now(call: Authorized[Any], before: Changed | None) -> Changed:
    """Who has made or changed a thing, and when, with this call as the last."""
    who = call.principal.principal_id
    if before is None or not before.created_on:
        return Changed(call.now, call.now, who, who)
    return structs.replace(before, updated_on=call.now, updated_by=who)


async def _check_owner_stays(transaction: Transaction, leaving: RoleAssignment) -> None:
    """Refuse to take away the last Owner of the subscription: nobody could give it back."""
    owner = built_in_role("Owner").id
    scope = leaving.scope_id
    if leaving.role_definition_id != owner or not _is_subscription(scope):
        return
    others = [each for _, each in await transaction.scan(ASSIGNMENTS) if each.id != leaving.id]
    if not any(each.role_definition_id == owner and each.scope_id.contains(scope) for each in others):
        raise InvalidRequest(
            "Cannot delete the last RBAC admin assignment", code="CannotDeleteLastRbacAdminAssignment"
        )


def _is_subscription(scope: ResourceId) -> bool:
    return scope.subscription_id is not None and len(scope.segments) == 2


OPERATIONS: tuple[Operation, ...] = (put_assignment, delete_assignment)
