"""Roles, role assignments and deny assignments as the wire has them, at each api-version.

Rules:
- an api-version shows what it knows: types of principals, conditions, times and people since 2022-04-01;
  conditions of a role's own blocks since 2022-05-01-preview; actions on data since 2018;
- what Keyless was not told (when an estate's assignment was made, and by whom) is left out.
"""

from __future__ import annotations

from typing import NamedTuple

from keyless.model.denies import ALL_PRINCIPALS_ID, DeniedPrincipal, DenyAssignment
from keyless.model.resource_id import ResourceId
from keyless.model.roles import Changed, Permission, RoleAssignment, RoleDefinition
from keyless.planes.arm.authorization.api_versions import (
    tells_conditions_of_roles,
    tells_data_actions,
    tells_details,
)
from keyless.planes.arm.authorization.ids import (
    ASSIGNMENTS_TYPE,
    DEFINITIONS_TYPE,
    DENIES_TYPE,
    below,
    definition_id,
)
from keyless.planes.arm.authorization.schemas import (
    AssignmentProperties,
    AssignmentShown,
    DefinitionProperties,
    DefinitionShown,
    DenyProperties,
    DenyShown,
    PermissionShown,
    PrincipalShown,
)
from keyless.planes.arm.moments import moment


class _Stamps(NamedTuple):
    """When, and by whom; none where that is not known."""

    created_on: str | None = None
    updated_on: str | None = None
    created_by: str | None = None
    updated_by: str | None = None


def shown_permission(block: Permission, version: str, *, conditions: bool | None = None) -> PermissionShown:
    """A block of permissions; its condition where the version, or the caller, says so."""
    has_data = tells_data_actions(version)
    conditional = tells_conditions_of_roles(version) if conditions is None else conditions
    return PermissionShown(
        actions=list(block.actions),
        not_actions=list(block.not_actions),
        data_actions=list(block.data_actions) if has_data else None,
        not_data_actions=list(block.not_data_actions) if has_data else None,
        condition=block.condition if conditional else None,
        condition_version=block.condition_version if conditional else None,
    )


def shown_definition(role: RoleDefinition, seen_from: ResourceId, version: str) -> DefinitionShown:
    """A role definition, as seen from a scope."""
    stamps = _stamps(role.changed, version)
    properties = DefinitionProperties(
        role.name,
        "CustomRole" if role.custom else "BuiltInRole",
        role.description,
        list(role.assignable_scopes),
        [shown_permission(block, version) for block in role.permissions],
        *stamps,
    )
    return DefinitionShown(properties, definition_id(role.id, seen_from), DEFINITIONS_TYPE, role.id)


def shown_assignment(
    assignment: RoleAssignment, version: str, seen_from: ResourceId | None = None
) -> AssignmentShown:
    """A role assignment, as seen from a scope; from its own, where none is given.

    Seen from within a subscription its role is of that subscription, as the roles that are listed there are.
    """
    scope = assignment.scope_id
    within = scope if scope.subscription_id is not None else seen_from or scope
    role = definition_id(assignment.role_definition_id, within)
    properties = AssignmentProperties(role, assignment.principal_id, scope.text)
    if tells_details(version):
        properties = AssignmentProperties(
            role,
            assignment.principal_id,
            scope.text,
            assignment.principal_type,
            assignment.condition,
            assignment.condition_version,
            assignment.description or None,
            *_stamps(assignment.changed, version),
        )
    own = below(scope, ASSIGNMENTS_TYPE, assignment.id)
    return AssignmentShown(properties, own.text, ASSIGNMENTS_TYPE, assignment.id)


def shown_deny(deny: DenyAssignment, version: str) -> DenyShown:
    """A deny assignment."""
    scope = deny.scope_id
    properties = DenyProperties(
        deny.name,
        deny.description,
        [shown_permission(block, version, conditions=True) for block in deny.permissions],
        scope.text,
        deny.do_not_apply_to_child_scopes,
        [_shown_principal(one) for one in deny.principals],
        [_shown_principal(one) for one in deny.exclude_principals],
        deny.is_system_protected,
        deny.condition,
        deny.condition_version,
        *_stamps(deny.changed, version),
    )
    return DenyShown(properties, below(scope, DENIES_TYPE, deny.id).text, DENIES_TYPE, deny.id)


def _shown_principal(principal: DeniedPrincipal) -> PrincipalShown:
    if principal.id == ALL_PRINCIPALS_ID:
        return PrincipalShown(principal.id, "SystemDefined", "All Principals")
    return PrincipalShown(principal.id, principal.type)


def _stamps(changed: Changed, version: str) -> _Stamps:
    if not changed.created_on or not tells_details(version):
        return _Stamps()
    return _Stamps(
        moment(changed.created_on),
        moment(changed.updated_on),
        changed.created_by or None,
        changed.updated_by or None,
    )
