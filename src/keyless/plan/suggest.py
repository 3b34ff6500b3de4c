"""Which roles would allow one action: Azure's, or in the directory those of Entra."""

from __future__ import annotations

from collections.abc import Iterable

from keyless.model.actions import ActionPlane
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
