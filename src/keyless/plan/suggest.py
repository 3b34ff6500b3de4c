"""Which roles would allow one action: Azure's, or in the directory those of Entra."""

from __future__ import annotations

from collections.abc import Iterable

from keyless.catalog.directory_roles import entra_roles
from keyless.model.actions import ActionPlane, any_matches
from keyless.model.directory import DirectoryRole
from keyless.model.roles import RoleDefinition
from keyless.plan.index import RankedRole, is_for_all, role_index


def roles_for(
    plane: ActionPlane, action: str, custom: Iterable[RoleDefinition] = ()
) -> list[tuple[RoleDefinition, int]]:
    """The built-in and ``custom`` roles that grant an action, each with how many it grants besides.

    The least excess comes first; roles that are preview, deprecated or some service's own come after all
    the others. Empty where no role grants the action, as none does in the directory.
    """
    if plane is ActionPlane.DIRECTORY:
        return []
    index = role_index(frozenset({(plane, action)}))
    wanted = index.bit((plane, action))
    ours = (RankedRole(role, index.bits_of(role), is_for_all(role)) for role in custom)
    granting = [one for one in (*index.roles, *ours) if one.bits & wanted]
    granting.sort(key=lambda one: (not one.for_all, one.bits.bit_count(), one.by_name))
    return [(one.role, one.bits.bit_count() - 1) for one in granting]


def directory_roles_for(action: str) -> list[DirectoryRole]:
    """The roles of Entra that allow an action on every object; those that allow the least come first."""
    allowing = [role for role in entra_roles() if any_matches(role.actions, action)]
    return sorted(allowing, key=lambda role: (_allows_kinds(role), len(role.actions), role.name))


def _allows_kinds(role: DirectoryRole) -> bool:
    """Whether a role allows whole kinds of actions, that nobody has counted."""
    return any("*" in action or action.endswith("allTasks") for action in role.actions)
