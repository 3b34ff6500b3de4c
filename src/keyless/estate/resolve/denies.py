"""Deny assignments: scope and principals found by name.

Source: https://learn.microsoft.com/azure/role-based-access-control/deny-assignments
"""

from __future__ import annotations

from contextlib import suppress

from keyless.estate.declared.principals import Everyone, PrincipalById, PrincipalEntry
from keyless.estate.declared.roles import DenyEntry
from keyless.estate.reading import Reading, Rejected
from keyless.estate.resolve.assignments import DEFAULT_CONDITION_VERSION
from keyless.estate.resolve.principals import Principals
from keyless.estate.resolve.roles import permission_of
from keyless.estate.resolve.scopes import find_scope
from keyless.model.denies import ALL_PRINCIPALS_ID, DeniedPrincipal, DenyAssignment
from keyless.model.derived_ids import deny_assignment_id
from keyless.model.roles import Permission

EVERYONE = DeniedPrincipal(ALL_PRINCIPALS_ID, "SystemDefined")


def read_denies(
    entries: tuple[DenyEntry, ...], principals: Principals, reading: Reading
) -> tuple[DenyAssignment, ...]:
    """The deny assignments; those that are refused, or have the id of one before, are left out."""
    found: dict[str, DenyAssignment] = {}
    for entry in entries:
        with suppress(Rejected):
            deny = _deny(entry, principals, reading)
            if deny.id in found:
                same = f"the id `{deny.id}`" if entry.id else f"the name `{deny.name}` at the same scope"
                raise reading.reject(entry.at, f"another deny assignment has {same}", "give each its own")
            found[deny.id] = deny
    return tuple(found.values())


def _deny(entry: DenyEntry, principals: Principals, reading: Reading) -> DenyAssignment:
    scope = find_scope(entry.scope, principals.resources, reading)
    return DenyAssignment(
        id=entry.id.value.lower() if entry.id else deny_assignment_id(scope, entry.name.value),
        name=entry.name.value,
        scope=scope.text,
        permissions=_permissions(entry, reading),
        principals=_denied(entry, principals, reading),
        exclude_principals=_principals(entry.exclude_principals, principals, reading),
        do_not_apply_to_child_scopes=entry.do_not_apply_to_child_scopes,
        description=entry.description,
        is_system_protected=entry.is_system_protected,
        condition=entry.condition,
        condition_version=DEFAULT_CONDITION_VERSION if entry.condition else None,
    )


def _permissions(entry: DenyEntry, reading: Reading) -> tuple[Permission, ...]:
    permissions = tuple(map(permission_of, entry.permissions))
    if not any(each.actions or each.data_actions for each in permissions):
        hint = "add `actions` or `dataActions` to its `permissions`"
        raise reading.reject(entry.at, f"`{entry.name.value}` denies nothing", hint)
    return permissions


def _denied(entry: DenyEntry, principals: Principals, reading: Reading) -> tuple[DeniedPrincipal, ...]:
    denied = _principals(entry.principals, principals, reading)
    if not denied:
        hint = "add `{everyone: true}`, or name principals"
        raise reading.reject(entry.at, f"`{entry.name.value}` denies nobody anything", hint)
    return denied


def _principals(
    entries: tuple[PrincipalEntry, ...], principals: Principals, reading: Reading
) -> tuple[DeniedPrincipal, ...]:
    return tuple(dict.fromkeys(_principal(entry, principals, reading) for entry in entries))


def _principal(entry: PrincipalEntry, principals: Principals, reading: Reading) -> DeniedPrincipal:
    if isinstance(entry, Everyone):
        return EVERYONE
    if isinstance(entry, PrincipalById):
        return DeniedPrincipal(entry.id.value.lower(), entry.type)
    principal_id = principals.find(entry, reading)
    return DeniedPrincipal(principal_id, principals.type_of(principal_id))
