"""Role definitions and role assignments, as values.

Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions
"""

from __future__ import annotations

import msgspec

from keyless.model.actions import ActionPlane, any_matches
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId


class Permission(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """One permission block of a role: what is granted, less what the same block takes out again."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    condition: str | None = None
    condition_version: str | None = None

    def grants(self, plane: ActionPlane, action: str) -> bool:
        """Whether the block lists the action and does not take it out; conditions are not looked at."""
        if plane is ActionPlane.DATA:
            return any_matches(self.data_actions, action) and not any_matches(self.not_data_actions, action)
        if plane is not ActionPlane.CONTROL:
            return False
        return any_matches(self.actions, action) and not any_matches(self.not_actions, action)


class Changed(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """When a thing was made and last changed (epoch seconds), and by which principals (object ids)."""

    created_on: int = 0
    updated_on: int = 0
    created_by: str = ""
    updated_by: str = ""


NEVER_CHANGED = Changed()


class RoleDefinition(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A built-in or custom role. ``id`` is the GUID alone; ``permissions`` are evaluated block by block.

    ``assignable_scopes`` are the texts of the scopes at which, or below which, it may be assigned.
    """

    id: str
    name: str
    permissions: tuple[Permission, ...]
    custom: bool = False
    previous_names: tuple[str, ...] = ()
    description: str = ""
    assignable_scopes: tuple[str, ...] = ("/",)
    changed: Changed = NEVER_CHANGED


Triple = tuple[str, str, ResourceId]
"""What makes two assignments the same, to Azure too: principal, role and scope."""


def triple_of(principal_id: str, role_definition_id: str, scope: ResourceId) -> Triple:
    """The triple of ids in any casing."""
    return (guid_key(principal_id), guid_key(role_definition_id), scope)


class RoleAssignment(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A role given to a principal at a scope. ``id`` is the assignment's GUID; ``scope`` an id's text.

    ``principal_type`` is `User`, `Group` or `ServicePrincipal`; managed identities are service principals.
    """

    id: str
    principal_id: str
    role_definition_id: str
    scope: str
    principal_type: str = "ServicePrincipal"
    condition: str | None = None
    condition_version: str | None = None
    description: str = ""
    changed: Changed = NEVER_CHANGED

    @property
    def scope_id(self) -> ResourceId:
        """The scope as a resource id."""
        return ResourceId.parse(self.scope)

    @property
    def triple(self) -> Triple:
        """What makes it the same as another assignment."""
        return triple_of(self.principal_id, self.role_definition_id, self.scope_id)
