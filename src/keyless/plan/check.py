"""Whether a plan that was agreed on still holds: nothing is granted beyond it, and nothing is used beyond it.

Rules:
- an assignment of today exceeds the plan where it is none of the plan's, none that the plan left alone when
  it was made, and its role grants something there that the plan does not give its principal;
- one that was there when the plan was made is not held against the estate where it cannot be judged: it has
  a condition, or taking it away would rest on evidence that may be short of something; nor is any of a role
  that is not known. Then the check is incomplete;
- a use exceeds the plan where neither the plan's assignments nor those that it left alone allow it, decided
  as the service would; what the plan says that no role grants is known, and no news;
- what was denied counts where it was denied for the first time after the evidence that the plan was made
  from, because tests that must be denied were in it already;
- with no evidence at all there is nothing to hold the plan against, and the check is incomplete.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import msgspec
from msgspec import structs

from keyless.model.actions import AZURE_RBAC
from keyless.model.evidence import Observation, Outcome
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.containment import contained, decider, stand_ins
from keyless.plan.given import Given
from keyless.plan.index import RoleIndex
from keyless.plan.make import definitions_of, is_gone
from keyless.plan.needs import needs_of
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Subject
from keyless.plan.real_ids import with_real_ids
from keyless.plan.removals import Triple, triple_of
from keyless.plan.result import Plan, Removal
from keyless.plan.results.today import CurrentGrant, RiskCount
from keyless.plan.settle import index_for
from keyless.plan.today import Today
from keyless.plan.window import last_moment

CHECK_SCHEMA = "keyless.plan-check/1"


class Problem(enum.StrEnum):
    """What is wrong."""

    GRANTED = "granted beyond the plan"
    USED = "used and not in the plan"
    DENIED = "denied since the plan was made"
    UNJUDGED = "not judged"
    NO_EVIDENCE = "no evidence"


_INCOMPLETE = {Problem.UNJUDGED, Problem.NO_EVIDENCE}


class Finding(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One thing that is not as the plan has it. ``what`` is a role or an action, ``permissions`` how many the
    plan does not give; ``assignment_id`` is empty where none is meant."""

    problem: Problem
    who: str
    what: str
    scope: str
    why: str
    advice: str
    principal_id: str = ""
    assignment_id: str = ""
    permissions: int = 0
    risks: tuple[RiskCount, ...] = ()


class Check(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """All that was found; what fails first."""

    schema: str = CHECK_SCHEMA
    findings: tuple[Finding, ...] = ()

    @property
    def failures(self) -> tuple[Finding, ...]:
        """What makes the check fail."""
        return tuple(one for one in self.findings if one.problem not in _INCOMPLETE)

    @property
    def unsure(self) -> tuple[Finding, ...]:
        """What makes it incomplete."""
        return tuple(one for one in self.findings if one.problem in _INCOMPLETE)

    @property
    def exit_code(self) -> int:
        """0 where the plan holds, 1 where it does not, 3 where that could not be judged in full."""
        if self.failures:
            return 1
        return 3 if self.unsure else 0


def check_plan(agreed: Plan, fresh: Plan, given: Given, policy: PlanPolicy) -> Check:
    """Hold a plan against what is known now; ``fresh`` is the plan that would be made of it."""
    agreed = with_real_ids(agreed, given.subjects)
    known = {one.principal_id.casefold(): one for one in given.subjects}
    about = [seen for seen in given.observations if not is_gone(seen.principal_id, known)]
    if not any(seen.plane in AZURE_RBAC for seen in about):
        return Check(findings=(*_exceeding(agreed, fresh, given, policy), _NO_EVIDENCE))
    now = given.made_at or last_moment(given.observations, given.sign_ins)
    observations = needs_of(given, policy, about, now, known).observations
    return Check(
        findings=(
            *_exceeding(agreed, fresh, given, policy),
            *_used(agreed, given, policy, observations, known),
            *(() if policy.evidence.include_denied else _denied(agreed, given, about, known)),
        )
    )


_NO_EVIDENCE = Finding(
    problem=Problem.NO_EVIDENCE,
    who="",
    what="",
    scope="",
    why="nothing was recorded of anybody, so that the plan could not be held against any use",
    advice="run the tests with `keyless run -- COMMAND` first, or import logs with `keyless evidence import`",
)


def _agreed_world(agreed: Plan, given: Given) -> Given:
    """What is known, with those assignments alone that the plan asks for or left alone."""
    left = {one.assignment_id for one in agreed.left_alone()}
    kept = [one for one in given.assignments if one.id in left]
    return replace(given, assignments=(*agreed.role_assignments(), *kept))


def _roles(agreed: Plan, given: Given) -> dict[str, RoleDefinition]:
    return definitions_of(given) | {one.definition.id: one.definition for one in agreed.proposed_roles}


def _exceeding(agreed: Plan, fresh: Plan, given: Given, policy: PlanPolicy) -> Iterator[Finding]:
    roles = _roles(agreed, given)
    index = index_for(given, policy, ())
    allowed = Today(index, _agreed_world(agreed, given), roles)
    planned = {triple_of(one.principal.principal_id, one.role_id, one.scope_id) for one in agreed.assignments}
    left = {one.assignment_id for one in agreed.left_alone()}
    removals = _removals(agreed, fresh)
    old = {one.assignment_id for one in agreed.today}
    found = [
        _grant(one, beyond, removals.get(one.assignment_id), is_new=one.assignment_id not in old)
        for one in fresh.today
        if one.assignment_id not in left
        and not _is_planned(one, planned)
        and ((beyond := _beyond(one, index, roles, allowed)) or not one.granted)
    ]
    yield from sorted(found, key=lambda one: one.problem is Problem.UNJUDGED)
    yield from _orphaned(fresh)


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
    """What either plan removes, by assignment; of two, the one that is certain."""
    both = (*agreed.removals, *fresh.removals)
    return {one.assignment_id: one for one in sorted(both, key=lambda one: one.certain)}


def _is_planned(one: CurrentGrant, planned: set[Triple]) -> bool:
    return triple_of(one.principal.principal_id, one.role_id, one.scope_id) in planned


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
        return "it was assigned since the plan was made", f"{_REMOVE}; or {_PLAN_AGAIN}", True
    if removal is not None:
        return removal.reason, _DECIDE, False
    if one.conditional:
        return "it has a condition, which is not evaluated here", _DECIDE, False
    return "some of it is used, and the plan does not give it", _PLAN_AGAIN, True


_REMOVE = "remove the assignment"
_DECIDE = "decide yourself whether it is needed, and plan again: the new plan leaves it alone or removes it"
_PLAN_AGAIN = "make a plan with `keyless plan`, look at what changes with `--diff`, and commit it"


def _used(
    agreed: Plan,
    given: Given,
    policy: PlanPolicy,
    observations: Sequence[Observation],
    known: Mapping[str, Subject],
) -> Iterator[Finding]:
    proof = contained(
        _agreed_world(agreed, given),
        _removing_nothing(agreed),
        index_for(given, policy, ()),
        observations,
        _roles(agreed, given),
        include_denied=policy.evidence.include_denied,
    )
    for one in proof.missing:
        why = "it was used, and no assignment of the plan allows it"
        yield _use(Problem.USED, one.principal_id, one.action, one.scope, why, known)


def _removing_nothing(agreed: Plan) -> Plan:
    """The plan without its removals: what it left alone is all that counts besides its own assignments."""
    return structs.replace(agreed, removals=())


def _use(
    problem: Problem, principal_id: str, action: str, scope: str, why: str, known: Mapping[str, Subject]
) -> Finding:
    subject = known.get(principal_id.casefold())
    return Finding(
        problem=problem,
        who=subject.name if subject else principal_id,
        what=action,
        scope=scope,
        why=why,
        advice=_PLAN_AGAIN,
        principal_id=principal_id,
    )


def _denied(
    agreed: Plan, given: Given, about: Iterable[Observation], known: Mapping[str, Subject]
) -> Iterator[Finding]:
    """What was denied for the first time since, each once, unless the plan would allow it."""
    until = agreed.completeness.until
    new = [seen for seen in about if seen.outcome is Outcome.DENIED and 0 < until < seen.first_seen]
    if not new:
        return
    by_plan = decider(given, _agreed_assignments(agreed, given), _roles(agreed, given))
    instead = stand_ins(agreed)
    told: set[tuple[str, str, ResourceId]] = set()
    for seen in new:
        key = (seen.principal_id.casefold(), seen.action.casefold(), seen.scope_id)
        who = instead.get(key[0], (seen.principal_id,))
        if key in told or any(by_plan.allows(one, seen.plane, seen.action, seen.scope_id) for one in who):
            continue
        told.add(key)
        why = "it was denied, for the first time since the plan was made"
        yield _use(Problem.DENIED, seen.principal_id, seen.action, seen.scope, why, known)


def _agreed_assignments(agreed: Plan, given: Given) -> list[RoleAssignment]:
    """The assignments that the plan asks for or left alone."""
    return list(_agreed_world(agreed, given).assignments)
