"""The proof that a plan is enough and no more: against the evidence, and against today's grants.

Rules:
- it trusts nothing of the planner's own sets: the plan's assignments are put into the same decision that the
  server makes, and every use that counts is decided on, as it was seen, at the scope where it was seen;
- first by the plan's assignments alone, as `keyless prove` does; what they do not allow, by them and those
  that the plan leaves in place. What is then still denied must be what the plan says that it does not cover;
- deny assignments count, as they do in Azure;
- who gets another identity in place of its own is asked about as that one: both what was seen, and what the
  planner put down to the other identity, are decided on;
- a planned permission is new at its scope unless something grants it there today to that principal. For an
  identity that replaces others it is new unless all of them have it, and itself too if it exists.

Conditions are decided on without the attributes of a request, which evidence has not: what would need them
denies, so that the proof never says too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_

from keyless.authz.decide import AccessRequest, Allowed
from keyless.authz.groups import Memberships
from keyless.authz.snapshot import Snapshot, compile_snapshot
from keyless.model.actions import AZURE_RBAC, ActionPlane
from keyless.model.evidence import Observation, Outcome
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.assignments import granted_actions
from keyless.plan.given import Given
from keyless.plan.index import RoleIndex
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.results.actions import GrantedAction
from keyless.plan.results.proof import Added, Containment, Permission
from keyless.plan.today import Today

Use = tuple[str, ActionPlane, str, ResourceId]
"""Who did what where: the principal's id and the action as they were seen first."""


def contained(
    given: Given,
    plan: Plan,
    index: RoleIndex,
    observations: Iterable[Observation],
    roles: Mapping[str, RoleDefinition],
    *,
    include_denied: bool = False,
) -> Containment:
    """Decide on every use in ``observations`` under the plan, and compare it with what is granted today.

    ``roles`` are all definitions by id, those that the plan proposes among them.
    """
    uses = used(observations, include_denied=include_denied)
    stands_in = stand_ins(plan)
    by_plan = decider(given, plan.role_assignments(), roles)
    left = [use for use in uses if not _allows(by_plan, use, stands_in)]
    with_kept = _with_kept(given, plan, roles) if left else None
    open_ = [use for use in left if with_kept is None or not _allows(with_kept, use, stands_in)]
    stated = Stated(
        (gap.principal.principal_id, ResourceId.parse(gap.scope), gap.plane, gap.action)
        for gap in plan.uncovered
    )
    missing = [use for use in open_ if use not in stated]
    return Containment(
        used=len(uses),
        by_plan=len(uses) - len(left),
        by_kept=len(left) - len(open_),
        uncovered=len(open_) - len(missing),
        missing=tuple(Permission(who, scope.text, plane, action) for who, plane, action, scope in missing),
        added=tuple(_added(plan, index, Today(index, given, roles))),
    )


def used(observations: Iterable[Observation], *, include_denied: bool) -> list[Use]:
    """Each permission that was used, once, in the order in which they come."""
    found: dict[Use, Use] = {}
    for seen in uses_in(observations, include_denied=include_denied):
        use = (seen.principal_id, seen.plane, seen.action, seen.scope_id)
        found.setdefault(key_of(use), use)
    return list(found.values())


def uses_in(observations: Iterable[Observation], *, include_denied: bool) -> Iterator[Observation]:
    """The observations that count as uses of a permission of Azure's roles."""
    for seen in observations:
        if seen.plane in AZURE_RBAC and (include_denied or seen.outcome is not Outcome.DENIED):
            yield seen


def key_of(use: Use) -> Use:
    """A use as it compares: ids and actions without case."""
    who, plane, action, scope = use
    return (guid_key(who), plane, action.casefold(), scope)


def stand_ins(plan: Plan) -> dict[str, tuple[str, ...]]:
    """The identities that take over from others entirely: for each of these (as ids compare) their ids."""
    found: dict[str, tuple[str, ...]] = {}
    kept = {
        guid_key(one.principal_id)
        for choice in plan.identities.choices
        for one in (choice.identity, *choice.besides)
    }
    for choice in plan.identities.choices:
        for one in choice.replaces:
            key = guid_key(one.principal_id)
            if key in kept:
                continue
            found[key] = (*found.get(key, ()), choice.identity.principal_id)
    return found


class Decider:
    """A snapshot that is asked about uses; whom a request is about is made out once for each principal."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._ids: dict[str, frozenset[str]] = {}

    def allows(self, principal_id: str, plane: ActionPlane, action: str, scope: ResourceId) -> bool:
        """Whether the principal may do the action there."""
        ids = self._ids.get(principal_id)
        if ids is None:
            ids = self._ids[principal_id] = self._snapshot.principal_ids(principal_id)
        request = AccessRequest(ids, plane, action, scope)
        return isinstance(self._snapshot.decide(request), Allowed)


def decider(
    given: Given, assignments: Sequence[RoleAssignment], roles: Mapping[str, RoleDefinition]
) -> Decider:
    """The decision under these role assignments and no others; denies, groups and hierarchy as they are."""
    wanted = {guid_key(one.role_definition_id) for one in assignments}
    known = [role for role in roles.values() if guid_key(role.id) in wanted]
    memberships = Memberships(given.groups)
    return Decider(compile_snapshot(assignments, known, given.denies, memberships, given.hierarchy))


class Stated:
    """What a plan says that it does not cover: by principal, action, and scope with all below it."""

    def __init__(self, gaps: Iterable[tuple[str, ResourceId, ActionPlane, str]]) -> None:
        self._scopes: dict[tuple[str, ActionPlane, str], list[ResourceId]] = {}
        for who, scope, plane, action in gaps:
            self._scopes.setdefault((guid_key(who), plane, action.casefold()), []).append(scope)

    def __contains__(self, use: Use) -> bool:
        who, plane, action, scope = use
        scopes = self._scopes.get((guid_key(who), plane, action.casefold()), ())
        return any(outer.contains(scope) for outer in scopes)


def _with_kept(given: Given, plan: Plan, roles: Mapping[str, RoleDefinition]) -> Decider:
    gone = {one.assignment_id for one in plan.removals}
    kept = [one for one in given.assignments if one.id not in gone]
    return decider(given, (*plan.role_assignments(), *kept), roles)


def _allows(by: Decider, use: Use, instead: Mapping[str, tuple[str, ...]]) -> bool:
    who, plane, action, scope = use
    return any(by.allows(one, plane, action, scope) for one in (who, *instead.get(guid_key(who), ())))


def _added(plan: Plan, index: RoleIndex, today: Today) -> Iterator[Added]:
    """What is new, by assignment; those that bring nothing new are left out."""
    takes_over_from: dict[str, list[str]] = {}
    for choice in plan.identities.choices:
        key = guid_key(choice.identity.principal_id)
        takes_over_from.setdefault(key, []).extend(one.principal_id for one in choice.replaces)
    for one in plan.assignments:
        own = () if one.principal.is_proposed else (one.principal.principal_id,)
        whose = (*own, *takes_over_from.get(guid_key(one.principal.principal_id), ()))
        held = reduce(and_, (today.at(each, one.scope_id) for each in whose)) if whose else 0
        granted = today.bits_of(one.role_id)
        if granted & ~held:
            yield _new(index, one, granted, granted & ~held)


def _new(index: RoleIndex, one: PlannedAssignment, granted: int, new: int) -> Added:
    held = granted & ~new
    shorter = new.bit_count() < held.bit_count()
    return Added(
        assignment_id=one.id,
        principal_id=one.principal.principal_id,
        role_id=one.role_id,
        role_name=one.role_name,
        scope=one.scope,
        count=new.bit_count(),
        used=tuple(
            GrantedAction(use.plane, use.action)
            for use in one.used
            if index.bit((use.plane, use.action)) & new
        ),
        only=granted_actions(index, new) if shorter else None,
        all_but=() if shorter else granted_actions(index, held),
    )
