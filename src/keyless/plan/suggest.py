"""Which built-in roles would allow one action."""

from __future__ import annotations

from keyless.model.actions import ActionPlane
from keyless.model.roles import RoleDefinition
from keyless.plan.index import role_index


def roles_for(plane: ActionPlane, action: str) -> list[tuple[RoleDefinition, int]]:
    """The built-in roles that grant an action, each with how many permissions it grants besides.

    The least excess comes first; roles that are preview, deprecated or some service's own come after all
    the others. Empty where no built-in role grants the action.
    """
    index = role_index(frozenset({(plane, action)}))
    wanted = index.bit((plane, action))
    granting = [one for one in index.roles if one.bits & wanted]
    granting.sort(key=lambda one: (not one.for_all, one.bits.bit_count(), one.by_name))
    return [(one.role, one.bits.bit_count() - 1) for one in granting]
