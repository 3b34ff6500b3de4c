"""What a plan grants and a run did not use: the rest that no built-in role lets one take away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from keyless.model.evidence import Observation, Outcome
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.plan.index import Action
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.results.actions import GrantedAction


@dataclass(frozen=True, slots=True)
class Unused:
    """What one assignment grants and nobody used at its scope; ``wholly`` where nothing of it was used."""

    assignment: PlannedAssignment
    actions: tuple[GrantedAction, ...]
    wholly: bool


def unused(plan: Plan, observations: Iterable[Observation]) -> tuple[Unused, ...]:
    """For each assignment of the plan, what it grants and was not used in ``observations``.

    An action is used where its principal was let do it within the assignment's scope, whichever assignment
    settled it. Assignments of which everything was used are left out.
    """
    seen = _seen(observations)
    found = []
    for assignment in plan.assignments:
        used = _used_within(assignment, seen)
        granted = [GrantedAction(one.plane, one.action) for one in assignment.used]
        granted.extend(assignment.excess)
        rest = tuple(sorted(one for one in granted if (one.plane, one.action.casefold()) not in used))
        if rest:
            found.append(Unused(assignment, rest, wholly=len(rest) == len(granted)))
    return tuple(found)


def _seen(observations: Iterable[Observation]) -> dict[str, dict[ResourceId, set[Action]]]:
    """What was let pass: by case-folded principal id, and by scope."""
    seen: defaultdict[str, defaultdict[ResourceId, set[Action]]] = defaultdict(lambda: defaultdict(set))
    for one in observations:
        if one.outcome is not Outcome.DENIED:
            seen[guid_key(one.principal_id)][one.scope_id].add((one.plane, one.action.casefold()))
    return {principal_id: dict(scopes) for principal_id, scopes in seen.items()}


def _used_within(
    assignment: PlannedAssignment, seen: dict[str, dict[ResourceId, set[Action]]]
) -> set[Action]:
    used: set[Action] = set()
    for scope, actions in seen.get(guid_key(assignment.principal.principal_id), {}).items():
        if assignment.scope_id.contains(scope):
            used |= actions
    return used
