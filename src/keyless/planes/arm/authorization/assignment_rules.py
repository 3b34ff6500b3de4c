"""What a role assignment must be to be made.

Rules:
- its name is a GUID; who made one under a name can change its condition and description, and nothing else;
- the role exists as seen from the scope, and can be assigned there; a custom role that acts on data cannot be
  assigned to a management group;
- the principal is in the directory, and of the type that is claimed. One that is not there (yet) can be
  assigned a role by who names its type: tools that make principals rely on that;
- a condition is of version 2.0, and can be read;
- there is one assignment for a principal, role and scope; and a limit for a subscription and for a management
  group.

Messages are Azure's own where they are known.
Sources: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting,
https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.authz.assignable import is_assignable
from keyless.authz.conditions import ConditionError, parse
from keyless.authz.hierarchy import Hierarchy
from keyless.catalog.limits import limits
from keyless.lifecycle.principals import PrincipalType, find_principal
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.planes.arm.authorization.ids import RoleReference, read_definition_id, read_guid, told
from keyless.planes.arm.authorization.roles import find_role, is_there
from keyless.planes.arm.authorization.schemas import AskedAssignmentProperties
from keyless.planes.arm.errors import InvalidContent
from keyless.store.ports import Reader
from keyless.wire.errors import Conflict, InvalidRequest

CONDITION_VERSION = "2.0"
_LONGEST_DESCRIPTION = 1024
_NOT_THERE = (
    "Check that you have the correct principal ID. If you are creating this principal and then immediately "
    "assigning a role, this error might be related to a replication delay. In this case, set the role "
    "assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See "
    "https://aka.ms/docs-principaltype"
)


def assignment_guid(name: str) -> str:
    """The name of an assignment, as it is kept; raises InvalidContent where it is no GUID."""
    guid = read_guid(name)
    if guid is None:
        raise InvalidContent(
            f"The role assignment ID '{name[:64]}' is not valid. The role assignment ID must be a GUID.",
            code="InvalidRoleAssignmentId",
        )
    return guid


def asked_principal(properties: AskedAssignmentProperties) -> str:
    """The principal that is asked for; raises InvalidContent where it is no GUID."""
    principal_id = read_guid(properties.principal_id or "")
    if principal_id is None:
        raise InvalidContent(
            "A valid principal ID must be provided for role assignment.", code="InvalidPrincipalId"
        )
    return principal_id


def asked_role(properties: AskedAssignmentProperties) -> RoleReference:
    """The role that is asked for; raises InvalidContent where its id is none."""
    reference = read_definition_id(properties.role_definition_id or "")
    if reference is None:
        raise InvalidContent(
            "The request was incorrectly formatted: `roleDefinitionId` must be the full id of a role "
            "definition, such as `/providers/Microsoft.Authorization/roleDefinitions/{guid}`.",
            code="BadRequestFormat",
        )
    return reference


async def assignable_role(
    reader: Reader, reference: RoleReference, scope: ResourceId, hierarchy: Hierarchy
) -> RoleDefinition:
    """The role that is referred to, if it can be assigned at the scope.

    Raises:
        InvalidContent: it does not exist, or cannot be assigned there.
    """
    role = await find_role(reader, reference.guid)
    if role is None or not _can_be_seen(role, reference, scope, hierarchy):
        raise InvalidContent(
            f"The specified role definition with ID '{told(reference.guid)}' does not exist.",
            code="RoleDefinitionDoesNotExist",
        )
    acts_on_data = role.custom and any(block.data_actions for block in role.permissions)
    if not is_assignable(role, scope, hierarchy) or (acts_on_data and scope.subscription_id is None):
        raise InvalidContent(
            f"The role definition '{role.name}' ('{role.id}') is not assignable at the scope '{scope}'.",
            code="RoleAssignmentScopeNotAssignableToRoleDefinition",
        )
    return role


def _can_be_seen(
    role: RoleDefinition, reference: RoleReference, scope: ResourceId, hierarchy: Hierarchy
) -> bool:
    """Whether the role is there from where it is referred to, which is not another subscription."""
    seen_from = reference.scope.subscription_id
    if seen_from is not None and guid_key(seen_from) != guid_key(scope.subscription_id or seen_from):
        return False
    return is_there(role, reference.scope, hierarchy)


async def principal_of(
    reader: Reader, principal_id: str, claimed: str | None, tenant_id: str
) -> tuple[str, str]:
    """The principal's id as the directory spells it, and its type.

    Raises:
        InvalidContent: it is not there and no type is claimed, or it is of another type.
    """
    found = await find_principal(reader, principal_id)
    if found is None:
        if claimed in set(PrincipalType):
            return principal_id, str(claimed)
        raise InvalidContent(
            f"Principal {told(principal_id)} does not exist in the directory {tenant_id}. {_NOT_THERE}",
            code="PrincipalNotFound",
        )
    if claimed and claimed != found.type:
        raise InvalidContent(
            f"The PrincipalId '{told(principal_id)}' has type '{found.type}' , which is different from "
            f"specified PrinciaplType '{claimed[:32]}'.",  # spelled as Azure does
            code="UnmatchedPrincipalType",
        )
    return found.principal_id, found.type.value


def check_condition(condition: str | None, version: str | None) -> None:
    """Refuse a condition that could never be evaluated; the message points at the character.

    Raises:
        InvalidContent: it cannot be read, or is of another version.
    """
    if version and (not condition or version != CONDITION_VERSION):
        raise InvalidContent(
            f"The condition version '{version[:16]}' is not valid: give a condition, of version "
            f"'{CONDITION_VERSION}'.",
            code="InvalidConditionVersion",
        )
    if condition:
        try:
            parse(condition)
        except ConditionError as error:
            raise InvalidContent(
                f"The condition is not valid: {error.message}, at position {error.position} "
                f"(line {error.line}, column {error.column}).",
                code="InvalidCondition",
            ) from error


def check_description(description: str | None) -> None:
    """Refuse a description that is too long."""
    if len(description or "") > _LONGEST_DESCRIPTION:
        raise InvalidContent(
            f"The description has more than {_LONGEST_DESCRIPTION} characters.", code="InvalidDescription"
        )


def check_unchanged(there: RoleAssignment, made: RoleAssignment) -> None:
    """Refuse to turn an assignment into another."""
    if identity_of(there) != identity_of(made):
        raise InvalidRequest(
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            code="RoleAssignmentUpdateNotPermitted",
        )


def check_beside(made: RoleAssignment, others: Iterable[RoleAssignment]) -> None:
    """Refuse an assignment that there is under another name, or that there is no room for."""
    others = tuple(others)
    own = identity_of(made)
    for other in others:
        if identity_of(other) == own:
            raise Conflict(
                "The role assignment already exists. The ID of the existing role assignment is "
                f"{told(other.id)}.",
                code="RoleAssignmentExists",
            )
    _check_room(made.scope_id, [other.scope_id for other in others])


def identity_of(assignment: RoleAssignment) -> tuple[str, str, ResourceId]:
    """What there is one assignment of: a principal, a role and a scope."""
    return guid_key(assignment.principal_id), guid_key(assignment.role_definition_id), assignment.scope_id


def _check_room(scope: ResourceId, others: list[ResourceId]) -> None:
    """A subscription counts what lies in it, a management group (and the root) what was made at just it."""
    subscription_id = scope.subscription_id
    if subscription_id is None:
        most, there = limits().rbac.assignments_per_management_group, others.count(scope)
    else:
        own = guid_key(subscription_id)
        most = limits().rbac.assignments_per_subscription
        there = sum(guid_key(other.subscription_id or "") == own for other in others)
    if there >= most:
        raise InvalidRequest(
            f"No more role assignments can be created: there are {there} of {most}.",
            code="RoleAssignmentLimitExceeded",
        )
