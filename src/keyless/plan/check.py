"""Whether a plan that was agreed on still holds: nothing is granted beyond it, and nothing is used beyond it.

Rules:
- assignments of today are judged one by one: see `exceeding`;
- a use exceeds the plan where neither the plan's assignments nor those that it left alone allow it, decided
  as the service would; what the plan says that no role grants is known, and no news;
- what access policies give is judged as assignments are: see `exceeding_policies`;
- what a service's own roles decide on is compared by grant, not by use;
- what was denied counts where it was denied for the first time after the evidence that the plan was made
  from, because tests that must be denied were in it already;
- with no evidence at all there is nothing to hold the plan against, and the check is incomplete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import structs

from keyless.model.actions import AZURE_RBAC
from keyless.model.evidence import Observation, Outcome
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment
from keyless.plan.basis import is_gone
from keyless.plan.containment import contained, decider, stand_ins
from keyless.plan.exceeding import PLAN_AGAIN, agreed_world, exceeding, roles_of
from keyless.plan.exceeding_policies import policies_beyond
from keyless.plan.given import Given
from keyless.plan.needs import needs_of
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Subject
from keyless.plan.real_ids import with_real_ids
from keyless.plan.result import Plan
from keyless.plan.results.check import Check, Finding, Problem
from keyless.plan.results.native import NativeGrant
from keyless.plan.settle import index_for
from keyless.plan.window import last_moment


def check_plan(agreed: Plan, fresh: Plan, given: Given, policy: PlanPolicy) -> Check:
    """Hold a plan against what is known now; ``fresh`` is the plan that would be made of it."""
    agreed = with_real_ids(agreed, given.subjects)
    known = {guid_key(one.principal_id): one for one in given.subjects}
    about = [seen for seen in given.observations if not is_gone(seen.principal_id, known)]
    if not any(seen.plane in AZURE_RBAC for seen in about):
        return Check(findings=(*_granted(agreed, fresh, given, policy), _NO_EVIDENCE))
    now = given.made_at or last_moment(given.observations, given.sign_ins)
    observations = needs_of(given, policy, about, now, known).observations
    return Check(
        findings=(
            *_granted(agreed, fresh, given, policy),
            *_used(agreed, given, policy, observations, known),
            *_native(agreed, fresh),
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


def _granted(agreed: Plan, fresh: Plan, given: Given, policy: PlanPolicy) -> Iterator[Finding]:
    """What is granted beyond the plan, by roles and by access policies."""
    yield from exceeding(agreed, fresh, given, policy)
    yield from policies_beyond(agreed, fresh, given, index_for(given, policy, ()))


def _used(
    agreed: Plan,
    given: Given,
    policy: PlanPolicy,
    observations: Sequence[Observation],
    known: Mapping[str, Subject],
) -> Iterator[Finding]:
    proof = contained(
        agreed_world(agreed, given),
        _removing_nothing(agreed),
        index_for(given, policy, ()),
        observations,
        roles_of(agreed, given),
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
    subject = known.get(guid_key(principal_id))
    return Finding(
        problem=problem,
        who=subject.name if subject else principal_id,
        what=action,
        scope=scope,
        why=why,
        advice=PLAN_AGAIN,
        principal_id=principal_id,
    )


def _native(agreed: Plan, fresh: Plan) -> Iterator[Finding]:
    """Grants of services' own that use asks for now: new, or another role where the plan has one.

    Which of two such roles is the wider one is not known here.
    """
    has = {(*_native_place(one), one.role.casefold()) for one in agreed.native}
    places = {_native_place(one) for one in agreed.native}
    for one in fresh.native:
        place = _native_place(one)
        if (*place, one.role.casefold()) not in has:
            other = place in places
            why = "the plan has another role there" if other else "the plan has no role there"
            yield Finding(
                problem=Problem.UNJUDGED if other else Problem.USED,
                who=one.principal.name,
                what=f"{one.role} in {one.system.value} {one.within}".strip(),
                scope=one.scope,
                why=f"what was used needs it, and {why}",
                advice=PLAN_AGAIN,
                principal_id=one.principal.principal_id,
            )


def _native_place(one: NativeGrant) -> tuple[str, ...]:
    return (guid_key(one.principal.principal_id), one.system, one.scope.casefold(), one.within.casefold())


def _denied(
    agreed: Plan, given: Given, about: Iterable[Observation], known: Mapping[str, Subject]
) -> Iterator[Finding]:
    """What was denied for the first time since, each once, unless the plan would allow it."""
    until = agreed.completeness.until
    new = [seen for seen in about if seen.outcome is Outcome.DENIED and 0 < until < seen.first_seen]
    if not new:
        return
    by_plan = decider(given, _agreed_assignments(agreed, given), roles_of(agreed, given))
    instead = stand_ins(agreed)
    told: set[tuple[str, str, ResourceId]] = set()
    for seen in new:
        key = (guid_key(seen.principal_id), seen.action.casefold(), seen.scope_id)
        who = instead.get(key[0], (seen.principal_id,))
        if key in told or any(by_plan.allows(one, seen.plane, seen.action, seen.scope_id) for one in who):
            continue
        told.add(key)
        why = "it was denied, for the first time since the plan was made"
        yield _use(Problem.DENIED, seen.principal_id, seen.action, seen.scope, why, known)


def _agreed_assignments(agreed: Plan, given: Given) -> list[RoleAssignment]:
    """The assignments that the plan asks for or left alone."""
    return list(agreed_world(agreed, given).assignments)
