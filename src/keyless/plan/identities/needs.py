"""What each identity would be granted: the permission sets by which resources are compared.

Rules:
- two sets are equal where the least roles grant the very same at the very same scopes, not where the same was
  seen: the one with less evidence would get it in any case, so that sharing widens nobody's access;
- what no role grants counts, too: it has to be given by a role of one's own;
- several principals whose access one identity is to have are settled together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from keyless.model.guids import guid_key
from keyless.plan.given import Given
from keyless.plan.index import Action
from keyless.plan.places import Place
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Demand, Subject
from keyless.plan.settle import index_for, settle
from keyless.plan.solve import union_of_bits

Whose = tuple[str, ...]
"""The case-folded ids of the principals whose access is one identity's."""
Scope = tuple[str, ...]


@dataclass(frozen=True)
class Need:
    """``granted`` are the sets that the least roles grant, by scope; ``roles`` how many assignments that is.

    ``missing`` are the actions that no role grants.
    """

    granted: Mapping[Scope, int] = field(default_factory=dict)
    missing: frozenset[tuple[Scope, Action]] = frozenset()
    roles: int = 0

    @property
    def key(self) -> tuple[frozenset[tuple[Scope, int]], frozenset[tuple[Scope, Action]]]:
        """What is equal where two needs are."""
        return frozenset(self.granted.items()), self.missing

    @property
    def is_empty(self) -> bool:
        """Whether nothing is needed."""
        return not self.granted and not self.missing

    @cached_property
    def size(self) -> int:
        """How many permissions there are in it."""
        return sum(bits.bit_count() for bits in self.granted.values())

    def beyond(self, other: Need) -> int:
        """How many permissions of this one the other has not."""
        return sum((bits & ~other.granted.get(scope, 0)).bit_count() for scope, bits in self.granted.items())


NOTHING = Need()


class Needs:
    """The needs of principals, and of several taken together."""

    def __init__(self, given: Given, policy: PlanPolicy, demands: Sequence[Demand]) -> None:
        self._policy = policy
        self._index = index_for(given, policy, demands)
        self._demands: defaultdict[str, list[Demand]] = defaultdict(list)
        for demand in demands:
            self._demands[guid_key(demand.principal_id)].append(demand)
        self._found: dict[Whose, Need] = {(): NOTHING}

    def prepare(self, wanted: Iterable[Whose]) -> None:
        """Settle several at once, so that the same is settled once."""
        new = sorted({one for one in wanted if one not in self._found})
        places: defaultdict[str, list[Place]] = defaultdict(list)
        for place in settle(self._index, self._policy, [d for one in new for d in self._merged(one)]).places:
            places[place.principal_id].append(place)
        for whose in new:
            self._found[whose] = _need(places[_key(whose)])

    def of(self, whose: Whose) -> Need:
        """What these principals need together."""
        self.prepare((whose,))
        return self._found[whose]

    def _merged(self, whose: Whose) -> list[Demand]:
        merged: dict[Scope, Demand] = {}
        for principal_id in whose:
            for one in self._demands[principal_id]:
                demand = merged.setdefault(one.scope.key, Demand(_key(whose), one.scope, {}))
                for action, count in one.counts.items():
                    demand.counts[action] = demand.counts.get(action, 0) + count
        return [merged[scope] for scope in sorted(merged)]


def whose(*subjects: Subject) -> Whose:
    """Several principals, in an order of their own."""
    return tuple(sorted({guid_key(one.principal_id) for one in subjects}))


def _key(principals: Whose) -> str:
    return "\x1f".join(principals)


def _need(places: Sequence[Place]) -> Need:
    return Need(
        granted={one.scope.key: bits for one in places if (bits := union_of_bits(one.cover.roles))},
        missing=frozenset(
            (one.scope.key, (plane, action.casefold())) for one in places for plane, action in one.missing
        ),
        roles=sum(len(one.cover.roles) for one in places),
    )
