"""Which roles each principal gets at each scope.

Rules:
- wider scopes are settled first; what a role there grants is not asked for again at the scopes inside it,
  because assignments are inherited; it counts as used where the role is;
- what is used within a scope and granted from a wider one is no excess there, because it is used;
- that leaves the choice at the wider scope the best one also for all that it turns out to be used for: a
  better one for more actions would have been a better one for fewer;
- what no role grants is set aside, and the rest is covered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from keyless.model.resource_id import ResourceId
from keyless.plan.index import Action, RoleIndex
from keyless.plan.problem import Demand
from keyless.plan.solve import Cover, coverable, minimum_cover, union_of_bits


@dataclass(slots=True)
class Place:
    """One principal at one scope: the roles chosen, what they are used for, and what no role grants.

    ``inherited`` are the actions that were used at scopes inside this one and are granted from here;
    ``held`` is the set of those that were used within it and are granted from a wider scope.
    """

    principal_id: str
    scope: ResourceId
    cover: Cover
    counts: dict[Action, int]
    missing: dict[Action, int]
    held: int
    inherited: dict[Action, int] = field(default_factory=dict)

    def bits(self, index: RoleIndex) -> int:
        """What is used from here, as a set."""
        return bits_of(index, self.counts)

    def excess(self, index: RoleIndex, granted: int) -> int:
        """What is granted and not used within the scope, as a set."""
        return granted & ~(self.bits(index) | self.held)


def places(index: RoleIndex, demands: Iterable[Demand]) -> list[Place]:
    """Settle demands, which come wider scopes before the narrower ones inside them."""
    demands = tuple(demands)
    settled: list[Place] = []
    for demand in demands:
        wider = [place for place in settled if _is_within(demand, place)]
        left = _less_inherited(index, demand.counts, wider)
        if left:
            settled.append(_settle(index, demand, left, _held(index, demand, demands, wider)))
    return settled


def _is_within(demand: Demand, outer: Place | Demand) -> bool:
    same = outer.principal_id.casefold() == demand.principal_id.casefold()
    return same and outer.scope.contains(demand.scope)


def _held(index: RoleIndex, demand: Demand, demands: Iterable[Demand], wider: Iterable[Place]) -> int:
    """What is used within the demand's scope and granted from a wider one."""
    granted = 0
    for place in wider:
        granted |= union_of_bits(place.cover.roles)
    if not granted:
        return 0
    used = (bits_of(index, one.counts) for one in demands if _is_within(one, demand))
    return granted & reduce(or_, used, 0)


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


def _settle(index: RoleIndex, demand: Demand, counts: dict[Action, int], held: int) -> Place:
    granted = coverable(bits_of(index, counts), index.roles)
    covered = {action: count for action, count in counts.items() if index.bit(action) & granted}
    missing = {action: count for action, count in counts.items() if action not in covered}
    cover = minimum_cover(granted, index.roles, held=held)
    return Place(demand.principal_id, demand.scope, cover, covered, missing, held)
