"""What a plan wants made that does not exist yet: identities and custom roles.

An identity counts where a role goes to it, or a resource is to have it. A custom role is written below the
first of its assignable scopes.

Source: https://learn.microsoft.com/rest/api/authorization/role-definitions/create-or-update
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.model.roles import Permission, RoleDefinition
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan
from keyless.plan.results.identities import IdentityChange, IdentityChoice

ROLE_DEFINITION_TYPE = "Microsoft.Authorization/roleDefinitions"


def proposed_identities(plan: Plan) -> list[Subject]:
    """The user-assigned identities that do not exist yet, each once, by id."""
    found = {one.resource_id.casefold(): one for one in _proposed(plan)}
    return [found[key] for key in sorted(found) if found[key].kind is SubjectKind.USER_ASSIGNED]


def own_identities_to_switch_on(plan: Plan) -> list[tuple[Subject, IdentityChoice | None]]:
    """The system-assigned identities that do not exist yet, and the choices that they come from."""
    found = {one.resource_id.casefold(): one for one in _proposed(plan)}
    choices = {one.resource.casefold(): one for one in plan.identities.choices}
    own = [found[key] for key in sorted(found) if found[key].kind is SubjectKind.SYSTEM_ASSIGNED]
    return [(one, choices.get(one.resource_id.casefold())) for one in own]


def _proposed(plan: Plan) -> list[Subject]:
    everyone = (
        *(one.identity for one in plan.identities.choices if one.change is not IdentityChange.KEEP),
        *(one.principal for one in plan.assignments),
        *(one.principal for one in plan.native),
    )
    return [one for one in everyone if one.is_proposed and one.resource_id]


def role_definition_path(role: RoleDefinition) -> str:
    """Where a custom role is written: below the first of its assignable scopes."""
    scope = next(iter(role.assignable_scopes), "/")
    return f"{scope.rstrip('/')}/providers/{ROLE_DEFINITION_TYPE}/{role.id}"


def role_properties(role: RoleDefinition) -> dict[str, object]:
    """A custom role as Azure Resource Manager takes it."""
    return {
        "roleName": role.name,
        "description": role.description,
        "type": "CustomRole",
        "permissions": [permission_block(one) for one in role.permissions],
        "assignableScopes": list(role.assignable_scopes),
    }


def permission_block(permission: Permission) -> dict[str, list[str]]:
    """One block of a custom role."""
    blocks: dict[str, Iterable[str]] = {
        "actions": permission.actions,
        "notActions": permission.not_actions,
        "dataActions": permission.data_actions,
        "notDataActions": permission.not_data_actions,
    }
    return {name: list(listed) for name, listed in blocks.items()}
