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

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.plan.choose import best_cover, grantable
from keyless.plan.index import Action, RankedRole, RoleIndex
from keyless.plan.problem import Demand
from keyless.plan.solve import Cover, union_of_bits


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
    used: int
    """What ``counts`` has, as a set."""
    inherited: dict[Action, int] = field(default_factory=dict)
    instead: Cover | None = None
    """The best roles that there are, where a proposed one stands in their place."""
    granted_by_none: tuple[Action, ...] = ()
    """What only the proposed role grants."""
    asked: int = 0
    """What was asked for here, and ``held``, as a set: a role for other services than these is odd."""
    most: int | None = None
    """How many assignments the policy leaves its principal, where that bore on the choice."""
    widened: tuple[Place, ...] = ()
    """The narrower places whose roles are given here, to keep that number."""

    @property
    def granted(self) -> int:
        """What the roles here grant, as a set."""
        return union_of_bits(self.cover.roles)

    def bits(self, index: RoleIndex) -> int:
        """What is used from here, as a set."""
        return self.used

    def excess(self, index: RoleIndex, granted: int) -> int:
        """What is granted and not used within the scope, as a set."""
        return granted & ~(self.used | self.held)

    def cost(self, index: RoleIndex, granted: int) -> int:
        """What the excess weighs; where places were widened, at each of them what was not used there."""
        if not self.widened:
            return index.cost(self.excess(index, granted))
        return sum(place.cost(index, granted) for place in self.widened)

    def weight(self, index: RoleIndex, roles: Collection[RankedRole]) -> int:
        """What roles here weigh: their excess, and those of them that are odd."""
        odd = sum(self.is_odd(one) for one in roles)
        return self.cost(index, union_of_bits(roles)) + index.weigher.odd * odd

    def is_odd(self, role: RankedRole) -> bool:
        """Whether it would surprise to see the role chosen here."""
        return role.is_odd_for(self.asked or self.used | self.held)

    def add(self, index: RoleIndex, action: Action, count: int) -> None:
        """Have an action used from here that was used at a scope inside this one."""
        self.counts[action] = self.counts.get(action, 0) + count
        self.inherited[action] = self.inherited.get(action, 0) + count
        self.used |= index.bit(action)


Better = Callable[[Cover, int, Mapping[Action, int], ResourceId], Cover | None]
"""What may stand in place of the best roles that there are (of the cover, what it covers, all that is asked
for, and the scope); none where they stay."""


def places(index: RoleIndex, demands: Iterable[Demand], better: Better | None = None) -> list[Place]:
    """Settle demands, those of each principal for themselves."""
    by_principal: dict[str, list[Demand]] = {}
    for demand in demands:
        by_principal.setdefault(guid_key(demand.principal_id), []).append(demand)
    return [place for own in by_principal.values() for place in _Settling(index, own, better).places()]


def settled_place(
    index: RoleIndex,
    principal_id: str,
    scope: ResourceId,
    counts: Mapping[Action, int],
    held: int = 0,
    better: Better | None = None,
) -> Place:
    """The best roles for what one principal needs at one scope."""
    granted = grantable(index, bits_of(index, counts), scope)
    cover = best_cover(index, granted, scope, held=held)
    proposed = better(cover, granted, counts, scope) if better else None
    able = union_of_bits(proposed.roles) if proposed else granted
    covered = {action: count for action, count in counts.items() if index.bit(action) & able}
    missing = {action: count for action, count in counts.items() if action not in covered}
    place = Place(principal_id, scope, proposed or cover, covered, missing, held, bits_of(index, covered))
    place.asked = granted | held
    if proposed:
        place.instead = cover
        place.granted_by_none = tuple(one for one in covered if not index.bit(one) & granted)
    return place


class _Settling:
    """The demands of one principal, wider scopes before the narrower ones inside them."""

    def __init__(self, index: RoleIndex, demands: Iterable[Demand], better: Better | None) -> None:
        self._index = index
        self._better = better
        self._demands = sorted(demands, key=lambda one: one.scope.key)
        self._keys = [one.scope.key for one in self._demands]
        self._used = [bits_of(index, one.counts) for one in self._demands]
        self._settled: dict[tuple[str, ...], Place] = {}

    def places(self) -> list[Place]:
        """Every place at which roles are needed."""
        for demand in self._demands:
            wider = list(self._wider(demand))
            left = _less_inherited(self._index, demand.counts, wider)
            if left:
                held = self._held(demand, wider)
                place = settled_place(
                    self._index, demand.principal_id, demand.scope, left, held, self._better
                )
                self._settled[demand.scope.key] = place
        return list(self._settled.values())

    def _wider(self, demand: Demand) -> Iterator[Place]:
        """The places that were settled at scopes that this one lies in, the widest first."""
        key = demand.scope.key
        for length in range(len(key)):
            place = self._settled.get(key[:length])
            if place is not None:
                yield place

    def _held(self, demand: Demand, wider: Sequence[Place]) -> int:
        """What is used within the demand's scope and granted from a wider one."""
        granted = used = 0
        for place in wider:
            granted |= place.granted
        if granted:
            key = demand.scope.key
            at = bisect_left(self._keys, key)
            while at < len(self._keys) and self._keys[at][: len(key)] == key:
                used |= self._used[at]
                at += 1
        return granted & used


def bits_of(index: RoleIndex, actions: Iterable[Action]) -> int:
    """Actions as a set."""
    bits = 0
    for action in actions:
        bits |= index.bit(action)
    return bits


def _less_inherited(index: RoleIndex, counts: dict[Action, int], wider: Sequence[Place]) -> dict[Action, int]:
    left = {}
    for action, count in counts.items():
        giver = next((place for place in wider if index.bit(action) & place.granted), None)
        if giver is None:
            left[action] = count
        else:
            giver.add(index, action, count)
    return left
