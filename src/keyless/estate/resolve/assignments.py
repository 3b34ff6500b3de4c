"""Role assignments: principal, role and scope, each found by name."""

from __future__ import annotations

from contextlib import suppress

from keyless.estate.declared.roles import AssignmentEntry
from keyless.estate.problems import At
from keyless.estate.reading import Reading, Rejected
from keyless.estate.resolve.principals import Principals
from keyless.estate.resolve.roles import Roles
from keyless.estate.resolve.scopes import find_scope
from keyless.model.derived_ids import assignment_id
from keyless.model.roles import RoleAssignment

DEFAULT_CONDITION_VERSION = "2.0"


def read_assignments(
    entries: tuple[AssignmentEntry, ...], principals: Principals, roles: Roles, reading: Reading
) -> tuple[RoleAssignment, ...]:
    """The assignments; those that are refused, or say the same as one before, are reported and left out."""
    found: list[RoleAssignment] = []
    first: dict[object, At] = {}
    for entry in entries:
        assignment = _assignment(entry, principals, roles, reading)
        if assignment is None:
            continue
        said = assignment.principal_id, assignment.role_definition_id, assignment.scope_id
        if said in first or assignment.id in first:
            _report_twice(entry, said in first, first.get(said) or first[assignment.id], reading)
            continue
        first[said] = first[assignment.id] = entry.at
        found.append(assignment)
    return tuple(found)


def _assignment(
    entry: AssignmentEntry, principals: Principals, roles: Roles, reading: Reading
) -> RoleAssignment | None:
    """One assignment; none where something is wrong with it, all of which has then been reported."""
    principal_id = role_id = scope = None
    with suppress(Rejected):
        principal_id = principals.find(entry.principal, reading)
    with suppress(Rejected):
        role_id = roles.find(entry.role, reading)
    with suppress(Rejected):
        scope = find_scope(entry.scope, principals.resources, reading)
    if principal_id is None or role_id is None or scope is None:
        return None
    roles.check_scope(role_id, scope, entry.at, reading)
    return RoleAssignment(
        id=entry.id.value.lower() if entry.id else assignment_id(principal_id, role_id, scope),
        principal_id=principal_id,
        role_definition_id=role_id,
        scope=scope.text,
        principal_type=entry.principal_type or principals.type_of(principal_id),
        description=entry.description,
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


def _report_twice(entry: AssignmentEntry, same_said: bool, before: At, reading: Reading) -> None:
    what = "the same role, principal and scope" if same_said else "the same `id`"
    reading.report(
        entry.at, f"another assignment has {what}", f"it is on line {before.line}: keep one of them"
    )
