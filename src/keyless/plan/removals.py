"""Which of the estate's assignments a plan does not keep.

Rules:
- an assignment is kept where the plan has the same role for the same principal at the same scope;
- one of a principal that was deleted, or that no directory has any more, is removed, whatever it grants;
- one of which nothing that is needed was used is removed, also if it has a condition or is of a custom role;
- so is one of which all that was used the plan grants by its own roles. With a condition it stays: the
  condition lets pass less than the plan's role would, which is for its owner to decide;
- one that grants what was used somewhere, and that no role grants there which the plan may choose, stays; so
  does one of a role whose definition is not known. Notes name them;
- a removal is not certain where nothing at all was seen of the principal, or where the evidence could not
  have shown what the role is for (`visibility.py`), nor at a management group of which it is not known what
  lies in it: it says so, and is marked;
- so is one of an identity that the plan puts another in the place of: what it did, that one needs;
- roles that principals have through groups: see `group_grants.py`;
- deny assignments are left alone, and so are assignments of principals that the plan is not made for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment, RoleDefinition, triple_of
from keyless.plan.given import Given
from keyless.plan.group_grants import GroupOf, groups_of
from keyless.plan.index import RoleIndex
from keyless.plan.places import bits_of
from keyless.plan.problem import Demand, Subject, SubjectKind
from keyless.plan.removal_reasons import Reasons, Seen, by_principal, unconditional
from keyless.plan.result import PlannedAssignment, Removal
from keyless.plan.wording import counted, listed, short_scope

DELETED = "its identity was deleted"
NOT_FOUND = "nobody in the directory has its identity (Azure's portal shows `Identity not found`)"


@dataclass(frozen=True, slots=True)
class Removals:
    """Assignments to remove, and notes on those that are left alone."""

    removals: tuple[Removal, ...]
    notes: tuple[str, ...]


def find_removals(
    index: RoleIndex,
    given: Given,
    subjects: Mapping[str, Subject],
    roles: Mapping[str, RoleDefinition],
    planned: Sequence[PlannedAssignment],
    seen: Seen,
) -> Removals:
    """Compare the assignments that there are with a plan's.

    ``subjects`` are by case-folded principal id, ``roles`` all definitions by id.
    """
    judge = _Judge(index, roles, planned, seen)
    groups = groups_of(given.groups, subjects)
    missing = {guid_key(one) for one in given.not_found}
    removals: list[Removal] = []
    notes: list[str] = []
    for one in sorted(given.assignments, key=lambda assignment: (assignment.scope.casefold(), assignment.id)):
        key = guid_key(one.principal_id)
        for verdict in _verdicts(judge, one, subjects.get(key), groups.get(key), is_missing=key in missing):
            if isinstance(verdict, Removal):
                removals.append(verdict)
            else:
                notes.append(verdict)
    return Removals(tuple(removals), tuple(notes))


def _verdicts(
    judge: _Judge,
    one: RoleAssignment,
    subject: Subject | None,
    group: GroupOf | None,
    *,
    is_missing: bool,
) -> Iterator[Removal | str]:
    """What becomes of one assignment: its removal, notes on it, or nothing where it is kept."""
    if is_missing:
        who = subject or Subject(one.principal_id, one.principal_id, SubjectKind.APPLICATION)
        yield judge.removal(one, who, NOT_FOUND)
    elif group is not None:
        yield from judge.of_group(one, group)
    elif subject is not None and subject.is_deleted:
        yield judge.removal(one, subject, DELETED)
    elif subject is not None:
        verdict = judge.of_subject(one, subject)
        if verdict is not None:
            yield verdict


class _Judge:
    """Everything that an assignment is judged by."""

    def __init__(
        self,
        index: RoleIndex,
        roles: Mapping[str, RoleDefinition],
        planned: Sequence[PlannedAssignment],
        seen: Seen,
    ) -> None:
        self._index = index
        self._roles = {guid_key(role_id): role for role_id, role in roles.items()}
        self._planned = by_principal(planned, lambda one: one.principal.principal_id)
        self._demands = by_principal(seen.demands, lambda one: one.principal_id)
        self._reasons = Reasons(index, seen)
        self._kept = {one.triple for one in planned}

    def of_subject(self, one: RoleAssignment, subject: Subject) -> Removal | str | None:
        """An assignment to a principal of the plan itself; none where the plan keeps it."""
        role = self._roles.get(guid_key(one.role_definition_id))
        is_planned = one.triple in self._kept
        if is_planned and one.condition is None:
            return None
        where = f"`{subject.name}` at {short_scope(one.scope_id)}"
        if role is None:
            return (
                f"the assignment `{one.id}` of {where} is of a role whose definition is not known "
                f"(`{one.role_definition_id}`): decide yourself whether it is still needed"
            )
        within = self._within(subject, role, one.scope_id)
        used = reduce(or_, (bits for _, bits in within), 0)
        if used and one.condition is not None:
            return _conditional(role, where, is_planned=is_planned)
        left = reduce(or_, (bits & ~self._granted(subject, scope) for scope, bits in within), 0)
        if left:
            names = listed([f"`{name}`" for name in self._index.universe.names(left)])
            return f"`{role.name}` of {where} stays: no role that the plan may choose grants {names}"
        unsure = [*self._reasons.unsure(subject, role), *self._unplaced(one.scope_id)]
        why = self._reasons.why(one, subject, role, used, self._instead(subject, used))
        return self.removal(one, subject, "; ".join((why, *unsure)), certain=not unsure)

    def of_group(self, one: RoleAssignment, group: GroupOf) -> Iterator[Removal | str]:
        """An assignment to a group that principals of the plan are in."""
        role = self._roles.get(guid_key(one.role_definition_id))
        if role is None:
            return
        used = {member: self._used(member, role, one.scope_id) for member in group.members}
        if group.whole and not any(used.values()) and one.condition is None:
            unsure = dict.fromkeys(
                text for member in group.members for text in self._reasons.unsure(member, role)
            )
            unsure |= dict.fromkeys(self._unplaced(one.scope_id))
            names = listed([f"`{member.name}`" for member in group.members])
            why = f"none of its members ({names}) was seen to need it"
            yield self.removal(one, group.subject, "; ".join((why, *unsure)), certain=not unsure)
            return
        for member, bits in used.items():
            yield self._through(one, group, role, member, bits)

    def _through(
        self, one: RoleAssignment, group: GroupOf, role: RoleDefinition, member: Subject, used: int
    ) -> str:
        """What a group's role is to one member, once it has the plan's."""
        has = (
            f"`{member.name}` has `{role.name}` at {short_scope(one.scope_id)} through the group "
            f"`{group.subject.name}`"
        )
        if triple_of(member.principal_id, role.id, one.scope_id) in self._kept:
            return f"{has}: the plan gives it the very same directly, so that it needs the membership no more"
        if not used:
            return f"{has}, and nothing that is needed uses it: take it out of the group"
        text = f"{has}, and used {counted(used.bit_count(), 'permission')} of it"
        return f"{text}: the plan grants that directly, so that it needs the membership no more"

    def removal(self, one: RoleAssignment, subject: Subject, reason: str, *, certain: bool = True) -> Removal:
        """The removal of an assignment, with what it takes to make it again."""
        role = self._roles.get(guid_key(one.role_definition_id))
        return Removal(
            one.id,
            subject,
            one.role_definition_id,
            role.name if role else one.role_definition_id,
            one.scope,
            reason,
            certain=certain,
            condition=one.condition,
            condition_version=one.condition_version,
        )

    def _used(self, subject: Subject, role: RoleDefinition, scope: ResourceId) -> int:
        """What is needed of what a role speaks of, within a scope; conditions of its blocks left aside."""
        return reduce(or_, (bits for _, bits in self._within(subject, role, scope)), 0)

    def _within(
        self, subject: Subject, role: RoleDefinition, scope: ResourceId
    ) -> list[tuple[ResourceId, int]]:
        """The same by the place where it is needed."""
        mine = self._demands.get(guid_key(subject.principal_id), ())
        inside = [d for d in mine if self._index.hierarchy.covers(scope, d.scope)]
        if not inside:
            return []
        granted = self._index.bits_of(unconditional(role))
        return [(d.scope, granted & bits_of(self._index, d.counts)) for d in inside]

    def _granted(self, subject: Subject, scope: ResourceId) -> int:
        """What the plan gives the subject at a place, of what is needed."""
        mine = self._planned.get(guid_key(subject.principal_id), ())
        return bits_of(
            self._index,
            (
                (use.plane, use.action)
                for one in mine
                if self._index.hierarchy.covers(one.scope_id, scope)
                for use in one.used
            ),
        )

    def _unplaced(self, scope: ResourceId) -> list[str]:
        """Where a management group is not known here: what lies in it is then not known, either."""
        if self._index.hierarchy.knows(scope):
            return []
        return ["which subscriptions lie in the management group is not known here"]

    def _instead(self, subject: Subject, used: int) -> list[PlannedAssignment]:
        """The planned assignments that give the subject some of what was used."""
        mine = self._planned.get(guid_key(subject.principal_id), ())
        return [one for one in mine if used & bits_of(self._index, ((u.plane, u.action) for u in one.used))]


def _conditional(role: RoleDefinition, where: str, *, is_planned: bool) -> str:
    """What to say of an assignment whose condition could matter."""
    text = f"the assignment of `{role.name}` to {where} has a condition, and some of it was used"
    if is_planned:
        return (
            f"{text}: the plan gives the same role without one, and Azure takes only one of the two; keep "
            "yours if its condition lets pass what was used, or remove it first"
        )
    return f"{text}: conditions are not evaluated here, so decide yourself whether it is still needed"


def unknown_principals(subjects: Mapping[str, Subject], demands: Iterable[Demand]) -> list[str]:
    """Principals that were observed and that nobody has declared."""
    seen = {guid_key(demand.principal_id): demand.principal_id for demand in demands}
    return [principal_id for folded, principal_id in sorted(seen.items()) if folded not in subjects]
