"""Which of today's assignments go beyond a plan that was agreed on.

Rules:
- an assignment of today exceeds the plan where it is none of the plan's, none that the plan left alone when
  it was made, and its role grants something there that the plan does not give its principal;
- one that was left alone is the same one only with the same principal, role and scope, and with a condition
  where it had one: its id alone says nothing, because who may assign chooses it;
- a custom role that grants more than it did when the plan was made goes beyond it, wherever it is assigned;
- one that was there when the plan was made is not held against the estate where it cannot be judged: it has
  a condition, or taking it away would rest on evidence that may be short of something; nor is any of a role
  that is not known. Then the check is incomplete;
- an assignment to nobody who is there any more exceeds every plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from keyless.model.guids import guid_key
from keyless.model.roles import RoleDefinition, Triple
from keyless.plan.basis import definitions_of
from keyless.plan.given import Given
from keyless.plan.index import RoleIndex
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.result import Plan, Removal
from keyless.plan.results.check import Finding, Problem
from keyless.plan.results.today import CurrentGrant
from keyless.plan.settle import index_for
from keyless.plan.today import Today


def agreed_world(agreed: Plan, given: Given) -> Given:
    """What is known, with those assignments alone that the plan asks for or left alone."""
    left = {one.assignment_id: one for one in agreed.left_alone()}
    kept = [
        one
        for one in given.assignments
        if one.id in left and _is_same(left[one.id], one.triple, conditional=one.condition is not None)
    ]
    return replace(given, assignments=(*agreed.role_assignments(), *kept))


def roles_of(agreed: Plan, given: Given) -> dict[str, RoleDefinition]:
    """Every role that somebody may have, by id; those that the plan proposes, too."""
    return definitions_of(given) | {one.definition.id: one.definition for one in agreed.proposed_roles}


def exceeding(agreed: Plan, fresh: Plan, given: Given, policy: PlanPolicy) -> Iterator[Finding]:
    """The assignments of today that go beyond the plan, what fails first."""
    roles = roles_of(agreed, given)
    index = index_for(given, policy, ())
    allowed = Today(index, agreed_world(agreed, given), roles)
    planned = {one.triple for one in agreed.assignments}
    left = {one.assignment_id: one for one in agreed.left_alone()}
    removals = _removals(agreed, fresh)
    old = {one.assignment_id: one for one in agreed.today}
    found = [
        _grant(one, beyond, removals.get(one.assignment_id), is_new=not _is_among(old, one))
        for one in fresh.today
        if not _is_among(left, one)
        and not _is_planned(one, planned)
        and ((beyond := _beyond(one, index, roles, allowed)) or not one.granted)
    ]
    yield from sorted(found, key=lambda one: one.problem is Problem.UNJUDGED)
    yield from _orphaned(fresh)
    yield from _grown(agreed, fresh, given, index)


def _orphaned(fresh: Plan) -> Iterator[Finding]:
    """What is assigned to nobody who is there any more."""
    listed = {one.assignment_id for one in fresh.today}
    for one in fresh.removals:
        if one.certain and one.assignment_id not in listed:
            yield Finding(
                problem=Problem.GRANTED,
                who=one.principal.name,
                what=one.role_name,
                scope=one.scope,
                why=one.reason,
                advice=_REMOVE,
                principal_id=one.principal.principal_id,
                assignment_id=one.assignment_id,
            )


def _removals(agreed: Plan, fresh: Plan) -> dict[str, Removal]:
    """What either plan removes, by assignment, and is not needed by now; of two, the one that is certain."""
    needed = {one.id for one in fresh.assignments}
    both = (one for one in (*agreed.removals, *fresh.removals) if one.assignment_id not in needed)
    return {one.assignment_id: one for one in sorted(both, key=lambda one: one.certain)}


def _is_among(earlier: Mapping[str, CurrentGrant], one: CurrentGrant) -> bool:
    """Whether an assignment of today was there before, as one of these."""
    then = earlier.get(one.assignment_id)
    there = one.triple
    return then is not None and _is_same(then, there, conditional=one.conditional)


def _is_same(then: CurrentGrant, now: Triple, *, conditional: bool) -> bool:
    """Whether an assignment of today is the one that was left alone, and no wider than it was."""
    same = then.triple == now
    return same and (conditional or not then.conditional)


def _grown(agreed: Plan, fresh: Plan, given: Given, index: RoleIndex) -> Iterator[Finding]:
    """What is assigned of custom roles that grant more by now than when the plan was made."""
    then = {one.assignment_id: one for one in agreed.today}
    proposed = {guid_key(one.definition.id): one.definition for one in agreed.proposed_roles}
    custom = {guid_key(one.id): one for one in given.custom_roles.values()}
    for one in fresh.today:
        key, before = guid_key(one.role_id), then.get(one.assignment_id)
        more = 0
        if key in custom and key in proposed:
            more = (index.bits_of(custom[key]) & ~index.bits_of(proposed[key])).bit_count()
        elif key in custom and before is not None and guid_key(before.role_id) == key:
            more = one.granted - before.granted
        if more > 0:
            yield _wider(one, more)


def _wider(one: CurrentGrant, more: int) -> Finding:
    return Finding(
        problem=Problem.GRANTED,
        who=one.principal.name,
        what=one.role_name,
        scope=one.scope,
        why="its custom role grants more than when the plan was made",
        advice=f"take back what was added to the role; or {PLAN_AGAIN}",
        principal_id=one.principal.principal_id,
        assignment_id=one.assignment_id,
        permissions=more,
        risks=one.risks,
    )


def _is_planned(one: CurrentGrant, planned: set[Triple]) -> bool:
    return one.triple in planned


def _beyond(one: CurrentGrant, index: RoleIndex, roles: Mapping[str, RoleDefinition], allowed: Today) -> int:
    """How many permissions an assignment gives that the plan does not."""
    role = roles.get(one.role_id)
    bits = index.bits_of(role) if role else 0
    return (bits & ~allowed.at(one.principal.principal_id, one.scope_id)).bit_count()


def _grant(one: CurrentGrant, beyond: int, removal: Removal | None, *, is_new: bool) -> Finding:
    why, advice, judged = _judged(one, removal, is_new=is_new)
    return Finding(
        problem=Problem.GRANTED if judged else Problem.UNJUDGED,
        who=one.principal.name,
        what=one.role_name,
        scope=one.scope,
        why=why,
        advice=advice,
        principal_id=one.principal.principal_id,
        assignment_id=one.assignment_id,
        permissions=beyond,
        risks=one.risks,
    )


def _judged(one: CurrentGrant, removal: Removal | None, *, is_new: bool) -> tuple[str, str, bool]:
    """Why an assignment is not as the plan has it, what to do, and whether it is held against the estate."""
    if removal is not None and removal.certain:
        return removal.reason, _REMOVE, True
    if not one.granted:
        return "its role is not known here", _DECIDE, False
    if is_new:
        return "it was assigned since the plan was made", f"{_REMOVE}; or {PLAN_AGAIN}", True
    if removal is not None:
        return removal.reason, _DECIDE, False
    if one.conditional:
        return "it has a condition, which is not evaluated here", _DECIDE, False
    return "some of it is used, and the plan does not give it", PLAN_AGAIN, True


_REMOVE = "remove the assignment"
_DECIDE = "decide yourself whether it is needed, and plan again: the new plan leaves it alone or removes it"
PLAN_AGAIN = "make a plan with `keyless plan`, look at what changes with `--diff`, and commit it"
