"""Deny assignments: what a set of principals may not do, whatever role assignments say.

Source: https://learn.microsoft.com/azure/role-based-access-control/deny-assignments
"""

from __future__ import annotations

import msgspec

from keyless.model.resource_id import ResourceId
from keyless.model.roles import NEVER_CHANGED, Changed, Permission

ALL_PRINCIPALS_ID = "00000000-0000-0000-0000-000000000000"
"""The object id that stands for everyone, with the type `SystemDefined`."""


class DeniedPrincipal(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Who is denied: ``type`` is `User`, `Group`, `ServicePrincipal` or `SystemDefined`."""

    id: str
    type: str = "ServicePrincipal"


class DenyAssignment(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What is denied, at a scope. ``id`` is its GUID; ``scope`` an id's text.

    A permission's ``actions`` less its ``not_actions`` are denied, its data actions likewise. With
    ``do_not_apply_to_child_scopes`` it counts at exactly its scope.
    """

    id: str
    name: str
    scope: str
    permissions: tuple[Permission, ...]
    principals: tuple[DeniedPrincipal, ...]
    exclude_principals: tuple[DeniedPrincipal, ...] = ()
    do_not_apply_to_child_scopes: bool = False
    description: str = ""
    is_system_protected: bool = False
    condition: str | None = None
    condition_version: str | None = None
    changed: Changed = NEVER_CHANGED

    @property
    def scope_id(self) -> ResourceId:
        """The scope as a resource id."""
        return ResourceId.parse(self.scope)

    @property
    def is_for_all(self) -> bool:
        """Whether it names everyone."""
        return any(one.id == ALL_PRINCIPALS_ID for one in self.principals)
