"""Roles by name: the estate's own, and those that Azure has built in.

The catalog of built-in roles is only loaded where a role is named.

Source: https://learn.microsoft.com/azure/role-based-access-control/custom-roles
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from keyless.authz.assignable import is_assignable
from keyless.authz.hierarchy import FLAT, Hierarchy
from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.roles import CustomRoleEntry, PermissionEntry
from keyless.estate.declared.scopes import ScopeEntry
from keyless.estate.problems import At
from keyless.estate.reading import Located, Reading, Rejected
from keyless.estate.resolve.directory import Directory
from keyless.estate.resolve.resources import Resources
from keyless.estate.resolve.scopes import find_scope
from keyless.model.derived_ids import custom_role_id
from keyless.model.nearest import nearest, quoted_list
from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.model.roles import Permission, RoleDefinition

_NOTHING = Permission()


class Roles:
    """Every role that an assignment may name."""

    def __init__(self, custom: Iterable[RoleDefinition] = (), hierarchy: Hierarchy = FLAT) -> None:
        self._hierarchy = hierarchy
        self.custom: Directory[RoleDefinition] = Directory("custom role", "`customRoles`")
        for role in custom:
            self.add(role)

    def add(self, role: RoleDefinition) -> None:
        """Put a custom role under its name and its GUID."""
        self.custom.add(role, role.name, role.id)

    def find(self, role: Located[str], reading: Reading) -> str:
        """The GUID of a role, known by its name, its GUID, or the resource id of its definition.

        Raises:
            Rejected: there is no such role; reported.
        """
        from keyless.catalog.roles import UnknownRole, find_role  # large, and only needed for assignments

        own = self.custom.get(role.value.rpartition("/roleDefinitions/")[2])
        if own is not None:
            return own.id
        try:
            return find_role(role.value).id
        except UnknownRole as unknown:
            if self.custom.incomplete or role.value.casefold() in self.custom.missed:
                raise Rejected from None
            raise self._unknown(role, unknown.nearest, reading, removed=unknown.removed is not None) from None

    def check_scope(self, role_id: str, scope: ResourceId, said: At, reading: Reading) -> None:
        """Report a custom role that is given where it may not be assigned."""
        role = self.custom.get(role_id)
        if role is not None and not is_assignable(role, scope, self._hierarchy):
            reading.report(
                said,
                f"the role `{role.name}` cannot be assigned at `{scope.text}`",
                f"its `assignableScopes` are {quoted_list(role.assignable_scopes, 'and')}: add it to them",
            )

    def _unknown(
        self, role: Located[str], built_in: tuple[str, ...], reading: Reading, *, removed: bool
    ) -> Rejected:
        gone = "was removed from Azure" if removed else "is not a built-in role"
        if self.custom.things and not removed:
            gone = "is neither a built-in role nor one of `customRoles`"
        own = nearest(role.value, (each.name for each in self.custom.things))
        hint = quoted_list((*own, *built_in)) or "the name or GUID of a built-in role"
        return reading.reject(role.at, f"`{role.value}` {gone}", f"write {hint}")


def read_roles(estate: EstateEntry, resources: Resources, reading: Reading) -> Roles:
    """The estate's own roles; those that are refused are reported and left out."""
    groups = resources.management_groups.things
    roles = Roles(hierarchy=Hierarchy(groups, resources.tenant.tenant_id))
    roles.custom.incomplete = estate.lost(EstateEntry.custom_roles)
    roles.custom.miss(estate.custom_roles.broken)
    for name, entry in estate.custom_roles.items:
        role = _custom_role(name, entry, resources, reading)
        if _is_free(name, role, roles, reading):
            roles.add(role)
    return roles


def permission_of(entry: PermissionEntry) -> Permission:
    """A permission as the model has it."""
    return Permission(entry.actions, entry.not_actions, entry.data_actions, entry.not_data_actions)


def _custom_role(
    name: Located[str], entry: CustomRoleEntry, resources: Resources, reading: Reading
) -> RoleDefinition:
    permissions = tuple(map(permission_of, (entry, *entry.permissions)))
    if not any(each.actions or each.data_actions for each in permissions) and not reading.problems:
        reading.report(name.at, f"the role `{name.value}` grants nothing", "add `actions` or `dataActions`")
    return RoleDefinition(
        id=entry.id.value.lower() if entry.id else custom_role_id(resources.tenant, name.value),
        name=name.value,
        permissions=tuple(each for each in permissions if each != _NOTHING),
        custom=True,
        description=entry.description,
        assignable_scopes=_scopes(entry.assignable_scopes, resources, reading),
    )


def _scopes(
    entries: tuple[ScopeEntry, ...] | None, resources: Resources, reading: Reading
) -> tuple[str, ...]:
    if not entries:
        return (subscription_scope(resources.tenant.subscription_id).text,)
    found = []
    for entry in entries:
        with suppress(Rejected):
            found.append(find_scope(entry, resources, reading).text)
    return tuple(dict.fromkeys(found))


def _is_free(name: Located[str], role: RoleDefinition, roles: Roles, reading: Reading) -> bool:
    """Whether neither name nor GUID is another role's."""
    from keyless.catalog.roles import UnknownRole, find_role

    if roles.custom.has(role.id):
        reading.report(name.at, f"another custom role has the id `{role.id}`", "give each its own")
        return False
    for taken in (name.value, role.id):
        with suppress(UnknownRole):
            reading.report(
                name.at, f"`{taken}` is the built-in role `{find_role(taken).name}`", "choose another"
            )
            return False
    return True
