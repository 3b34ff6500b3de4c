"""Which roles each principal gets at each scope.

Rules:
- wider scopes are settled first; what a role there grants is not asked for again at the scopes inside it,
  because assignments are inherited; it counts as used where the role is;
- that leaves the choice at the wider scope the best one also for all that it turns out to be used for: a
  better one for more actions would have been a better one for fewer;
- what no role grants is set aside, and the rest is covered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from keyless.model.resource_id import ResourceId
from keyless.plan.index import Action, RoleIndex
from keyless.plan.problem import Demand
from keyless.plan.solve import Cover, coverable, minimum_cover, union_of_bits


@dataclass(slots=True)
class Place:
    """One principal at one scope: the roles chosen, what they are used for, and what no role grants.

    ``inherited`` are the actions that were used at scopes inside this one and are granted from here.
    """

    principal_id: str
    scope: ResourceId
    cover: Cover
    counts: dict[Action, int]
    missing: dict[Action, int]
    inherited: dict[Action, int] = field(default_factory=dict)

    def bits(self, index: RoleIndex) -> int:
        """What is used from here, as a set."""
        return bits_of(index, self.counts)


def places(index: RoleIndex, demands: Iterable[Demand]) -> list[Place]:
    """Settle demands, which come wider scopes before the narrower ones inside them."""
    settled: list[Place] = []
    for demand in demands:
        wider = [
            place
            for place in settled
            if place.principal_id.casefold() == demand.principal_id.casefold()
            and place.scope.contains(demand.scope)
        ]
        left = _less_inherited(index, demand.counts, wider)
        if left:
            settled.append(_settle(index, demand, left))
    return settled


def bits_of(index: RoleIndex, actions: Iterable[Action]) -> int:
    """Actions as a set."""
    bits = 0
    for action in actions:
        bits |= index.bit(action)
    return bits


def _less_inherited(index: RoleIndex, counts: dict[Action, int], wider: list[Place]) -> dict[Action, int]:
    left = {}
    for action, count in counts.items():
        giver = next((p for p in wider if index.bit(action) & union_of_bits(p.cover.roles)), None)
        if giver is None:
            left[action] = count
        else:
            giver.counts[action] = giver.counts.get(action, 0) + count
            giver.inherited[action] = giver.inherited.get(action, 0) + count
    return left


def _settle(index: RoleIndex, demand: Demand, counts: dict[Action, int]) -> Place:
    granted = coverable(bits_of(index, counts), index.roles)
    covered = {action: count for action, count in counts.items() if index.bit(action) & granted}
    missing = {action: count for action, count in counts.items() if action not in covered}
    cover = minimum_cover(granted, index.roles)
    return Place(demand.principal_id, demand.scope, cover, covered, missing)
