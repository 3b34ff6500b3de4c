"""Role assignments: principal, role and scope, each found by name.

The catalog of roles is only loaded where there is an assignment.
"""

from __future__ import annotations

from contextlib import suppress

from keyless.estate.declaration import AssignmentEntry
from keyless.estate.problems import At
from keyless.estate.reading import Located, Reading, Rejected
from keyless.estate.resolve.principals import Principals
from keyless.estate.resolve.scopes import find_scope
from keyless.model.derived_ids import assignment_id
from keyless.model.nearest import quoted_list
from keyless.model.roles import RoleAssignment

DEFAULT_CONDITION_VERSION = "2.0"


def read_assignments(
    entries: tuple[AssignmentEntry, ...], principals: Principals, reading: Reading
) -> tuple[RoleAssignment, ...]:
    """The assignments; those that are refused, or say the same as one before, are reported and left out."""
    found: list[RoleAssignment] = []
    first: dict[object, At] = {}
    for entry in entries:
        assignment = _assignment(entry, principals, reading)
        if assignment is None:
            continue
        said = assignment.principal_id, assignment.role_definition_id, assignment.scope_id
        if said in first or assignment.id in first:
            _report_twice(entry, said in first, first.get(said) or first[assignment.id], reading)
            continue
        first[said] = first[assignment.id] = entry.at
        found.append(assignment)
    return tuple(found)


def _assignment(entry: AssignmentEntry, principals: Principals, reading: Reading) -> RoleAssignment | None:
    """One assignment; none where something is wrong with it, all of which has then been reported."""
    principal_id = role_id = scope = None
    with suppress(Rejected):
        principal_id = principals.find(entry.principal, reading)
    with suppress(Rejected):
        role_id = find_role_id(entry.role, reading)
    with suppress(Rejected):
        scope = find_scope(entry.scope, principals.resources, reading)
    if principal_id is None or role_id is None or scope is None:
        return None
    return RoleAssignment(
        id=entry.id.value.lower() if entry.id else assignment_id(principal_id, role_id, scope),
        principal_id=principal_id,
        role_definition_id=role_id,
        scope=scope.text,
        principal_type=entry.principal_type,
        condition=entry.condition,
        condition_version=_condition_version(entry, reading),
    )


def _condition_version(entry: AssignmentEntry, reading: Reading) -> str | None:
    version = entry.condition_version
    if version is not None and entry.condition is None:
        reading.report(version.at, "a `conditionVersion` without its `condition`", "take it out")
    if entry.condition is None:
        return None
    return version.value if version is not None else DEFAULT_CONDITION_VERSION


def find_role_id(role: Located[str], reading: Reading) -> str:
    """The GUID of a role, known by its name, its GUID, or the resource id of its definition.

    Raises:
        Rejected: there is no such role; reported.
    """
    from keyless.catalog.roles import UnknownRole, find_role  # large, and only needed for assignments

    try:
        return find_role(role.value).id
    except UnknownRole as unknown:
        gone = "was removed from Azure" if unknown.removed else "is not a built-in role"
        hint = quoted_list(unknown.nearest) or "the name or GUID of a built-in role"
        raise reading.reject(role.at, f"`{role.value}` {gone}", f"write {hint}") from None


def _report_twice(entry: AssignmentEntry, same_said: bool, before: At, reading: Reading) -> None:
    what = "the same role, principal and scope" if same_said else "the same `id`"
    reading.report(
        entry.at, f"another assignment has {what}", f"it is on line {before.line}: keep one of them"
    )
