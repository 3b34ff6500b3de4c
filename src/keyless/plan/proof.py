"""Puts the proof to a plan: containment, a forecast, and how complete the evidence is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from keyless.model.evidence import Observation
from keyless.model.guids import guid_key
from keyless.model.roles import RoleDefinition
from keyless.plan.containment import contained
from keyless.plan.forecast import forecasted
from keyless.plan.given import Given
from keyless.plan.index import RoleIndex
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Subject
from keyless.plan.result import Plan


def with_proof(
    plan: Plan,
    given: Given,
    policy: PlanPolicy,
    seen: Sequence[Observation],
    about: Sequence[Observation],
    index: RoleIndex,
    roles: Mapping[str, RoleDefinition],
) -> Plan:
    """The plan with what can be said of it.

    ``seen`` is what counts as used: as it was seen, and as it is put down to the identities that are chosen;
    ``about`` is all that was seen of principals that are there; ``roles`` are all definitions by id.
    """
    known: dict[str, Subject] = {guid_key(one.principal_id): one for one in given.subjects}
    everything = dict(roles) | {one.definition.id: one.definition for one in plan.proposed_roles}
    include_denied = policy.evidence.include_denied
    future = forecasted(given, policy, about, known, everything, index)
    return replace(
        plan,
        containment=contained(given, plan, index, seen, everything, include_denied=include_denied),
        forecast=future.forecast,
        no_forecast=future.why_not,
    )
