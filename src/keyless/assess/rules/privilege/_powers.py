"""What a role lets its holder do, as far as these rules look at it.

Rules:
- everything (`*`), or writing role assignments, makes a role privileged; so do the permissions that take
  what denies away, or have policies deploy things;
- a permission that comes with a condition is not taken for one without.

Source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged
"""

from __future__ import annotations

from keyless.model.actions import ActionPlane
from keyless.model.roles import RoleDefinition

ASSIGNS = "Microsoft.Authorization/roleAssignments/write"
_AS_GRAVE = (
    "Microsoft.Authorization/roleDefinitions/write",
    "Microsoft.Authorization/denyAssignments/delete",
    "Microsoft.Authorization/policyAssignments/write",
)


def allows(role: RoleDefinition, action: str, *, unconditionally: bool = False) -> bool:
    """Whether a role allows a control-plane action."""
    return any(
        one.grants(ActionPlane.CONTROL, action) and not (unconditionally and one.condition)
        for one in role.permissions
    )


def allows_everything(role: RoleDefinition) -> bool:
    """Whether a role has `*` among its actions: Owner, Contributor and what is like them."""
    return any("*" in one.actions for one in role.permissions)


def assigns_roles(role: RoleDefinition) -> bool:
    """Whether a role may assign any role, without a condition of its own."""
    return allows(role, ASSIGNS, unconditionally=True)


def is_privileged(role: RoleDefinition) -> bool:
    """Whether a role is one of those that no workload should hold."""
    if allows_everything(role) or assigns_roles(role):
        return True
    return any(allows(role, action, unconditionally=True) for action in _AS_GRAVE)


def only_reads(role: RoleDefinition) -> bool:
    """Whether all that a role allows on the control plane is reading, and nothing on the data plane."""
    return all(
        not one.data_actions and all(action.casefold().endswith("/read") for action in one.actions)
        for one in role.permissions
    )
