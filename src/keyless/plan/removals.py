"""Which of the estate's assignments a plan does not keep.

Rules:
- an assignment is kept where the plan has the same role for the same principal at the same scope;
- one with a condition is left alone, because it grants less than its role says and conditions are not
  evaluated here; so is one of a role that is not known here, and one that grants what was used and no role
  that the plan may choose grants. Notes name them;
- one of an identity that was deleted is removed, whatever it grants;
- assignments of principals that the plan is not made for are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keyless.catalog.roles import role_by_id
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment
from keyless.plan.index import RoleIndex
from keyless.plan.places import bits_of
from keyless.plan.problem import Demand, Subject
from keyless.plan.result import PlannedAssignment, Removal
from keyless.plan.wording import counted, listed, short_scope

Triple = tuple[str, str, ResourceId]


@dataclass(frozen=True, slots=True)
class Removals:
    """Assignments to remove, and notes on those that are left alone."""

    removals: tuple[Removal, ...]
    notes: tuple[str, ...]


def triple_of(principal_id: str, role_id: str, scope: ResourceId) -> Triple:
    """What makes two assignments the same, to Azure too: principal, role and scope."""
    return (principal_id.casefold(), role_id.casefold(), scope)


def find_removals(
    index: RoleIndex,
    subjects: Mapping[str, Subject],
    current: Sequence[RoleAssignment],
    planned: Sequence[PlannedAssignment],
    demands: Sequence[Demand],
) -> Removals:
    """Compare the estate's assignments with a plan's. ``subjects`` are by case-folded principal id."""
    kept = {triple_of(p.principal.principal_id, p.role_id, p.scope_id) for p in planned}
    removals: list[Removal] = []
    notes: list[str] = []
    for one in sorted(current, key=lambda assignment: (assignment.scope.casefold(), assignment.id)):
        subject = subjects.get(one.principal_id.casefold())
        triple = triple_of(one.principal_id, one.role_definition_id, one.scope_id)
        if subject is None or (triple in kept and one.condition is None):
            continue
        verdict = _judge(index, subject, one, planned, demands)
        if isinstance(verdict, Removal):
            removals.append(verdict)
        else:
            notes.append(verdict)
    return Removals(tuple(removals), tuple(notes))


def _judge(
    index: RoleIndex,
    subject: Subject,
    assignment: RoleAssignment,
    planned: Sequence[PlannedAssignment],
    demands: Sequence[Demand],
) -> Removal | str:
    """The removal of an assignment that is not in the plan, or a note on why it is left alone."""
    where = f"`{subject.name}` at {short_scope(assignment.scope_id)}"
    role = role_by_id(assignment.role_definition_id)
    if subject.is_deleted:
        return _of_the_deleted(assignment, subject, role.name if role else assignment.role_definition_id)
    if role is None:
        return (
            f"the assignment `{assignment.id}` of {where} is of a role that is not a built-in one "
            f"(`{assignment.role_definition_id}`): decide yourself whether it is still needed"
        )
    if assignment.condition is not None:
        return (
            f"the assignment of `{role.name}` to {where} has a condition, which is not evaluated here: "
            "decide yourself whether it is still needed"
        )
    mine = [demand for demand in demands if _is_of(demand.principal_id, subject)]
    used = index.bits_of(role) & _used_within(index, assignment.scope_id, mine)
    instead = _instead(index, subject, used, planned)
    granted = bits_of(index, ((u.plane, u.action) for one in instead for u in one.used))
    if used & ~granted:
        names = listed([f"`{name}`" for name in index.universe.names(used & ~granted)])
        return f"`{role.name}` of {where} stays: no role that the plan may choose grants {names}"
    why = _why(used, instead) if mine else "nothing was observed of this identity"
    return Removal(assignment.id, subject, role.id, role.name, assignment.scope, why)


def _of_the_deleted(assignment: RoleAssignment, subject: Subject, role_name: str) -> Removal:
    """Orphaned: Azure's portal shows the assignment with "Identity not found"."""
    return Removal(
        assignment.id,
        subject,
        assignment.role_definition_id,
        role_name,
        assignment.scope,
        "its identity was deleted",
        condition=assignment.condition,
        condition_version=assignment.condition_version,
    )


def _is_of(principal_id: str, subject: Subject) -> bool:
    return principal_id.casefold() == subject.principal_id.casefold()


def _used_within(index: RoleIndex, scope: ResourceId, demands: Iterable[Demand]) -> int:
    return bits_of(index, (action for d in demands if scope.contains(d.scope) for action in d.counts))


def _instead(
    index: RoleIndex, subject: Subject, used: int, planned: Iterable[PlannedAssignment]
) -> list[PlannedAssignment]:
    """The planned assignments that give the subject some of what was used."""
    mine = [one for one in planned if _is_of(one.principal.principal_id, subject)]
    return [one for one in mine if used & bits_of(index, ((u.plane, u.action) for u in one.used))]


def _why(used: int, instead: Sequence[PlannedAssignment]) -> str:
    if not used:
        return "nothing that was observed needs it"
    names = listed([f"`{one.role_name}` at {short_scope(one.scope_id)}" for one in instead])
    return f"what was used of it ({counted(used.bit_count(), 'action')}) the plan grants by {names}"


def unknown_principals(subjects: Mapping[str, Subject], demands: Iterable[Demand]) -> list[str]:
    """Principals that were observed and that nobody has declared."""
    seen = {demand.principal_id.casefold(): demand.principal_id for demand in demands}
    return [principal_id for folded, principal_id in sorted(seen.items()) if folded not in subjects]
