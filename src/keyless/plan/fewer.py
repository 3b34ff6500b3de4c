"""Fewer assignments for one identity, where the policy limits their number.

Rules:
- an identity that stays within the limit is left alone;
- first the roles at each scope are chosen anew, so many at each that the number is kept and the excess of all
  weighs least: exact, for these scopes;
- where roles may be proposed, a proposed one is a choice at each of these scopes, too;
- where that is not enough, scopes are widened: those that lie in one vault, group or subscription become
  that one, the narrowest first, and of equally narrow ones what adds the least for each assignment that it
  saves, again and again until the number is kept. What is granted there counts at each of the scopes that it
  stands for, where it was not used. That is a rule of thumb: the certificate states how far it is from the
  plan without a limit;
- nothing is widened beyond the subscription. Where that is not enough, the plan stays as it is without a
  limit, and a note says what the smallest number is.

What a wider role grants at resources that the identity never touched is not counted: nothing is known of
them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.plan.choose import best_cover
from keyless.plan.index import Action, RoleIndex
from keyless.plan.places import Better, Place, settled_place
from keyless.plan.solve import NO_ROLES, Cover, TooFewRoles

Choices = dict[int, Cover]
"""The best covers of a place by how many roles they have at most: those that are better than with fewer."""


def number_of(places: Iterable[Place]) -> int:
    """How many assignments places need."""
    return sum(len(place.cover.roles) for place in places)


def with_fewer(
    index: RoleIndex, settled: Sequence[Place], most: int, better: Better | None = None
) -> tuple[list[Place], dict[str, int]]:
    """The places with at most so many assignments for each principal.

    Where that cannot be, they are as they were, and the smallest number is given by principal id.
    """
    by_principal: defaultdict[str, list[Place]] = defaultdict(list)
    for place in settled:
        by_principal[guid_key(place.principal_id)].append(place)
    found: list[Place] = []
    too_many: dict[str, int] = {}
    for own in by_principal.values():
        if number_of(own) <= most:
            found.extend(own)
            continue
        fewer, smallest = _Fewer(index, most, better).of(own)
        found.extend(fewer or own)
        if fewer is None:
            too_many[own[0].principal_id] = smallest
    return found, too_many


class _Fewer:
    """One principal's places with fewer assignments."""

    def __init__(self, index: RoleIndex, most: int, better: Better | None) -> None:
        self._index = index
        self._most = most
        self._better = better

    def of(self, places: Sequence[Place]) -> tuple[list[Place] | None, int]:
        """The places, or none where there cannot be so few assignments; and the smallest number found."""
        without = [place for place in places if not place.cover.roles]
        current = [place for place in places if place.cover.roles]
        while True:
            smallest = sum(min(self._choices(place)) for place in current)
            if smallest <= self._most:
                return [*self._allotted(current), *without], smallest
            widened = self._widened(current)
            if widened is None:
                return None, smallest
            current, left = widened
            without.extend(left)

    def _allotted(self, places: Sequence[Place]) -> list[Place]:
        """So many roles for each place that all keep the number and weigh least together."""
        best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
        for place in places:
            further: dict[int, tuple[int, tuple[int, ...]]] = {}
            for number, (cost, chosen) in best.items():
                for roles, cover in self._choices(place).items():
                    total = number + roles
                    offer = (cost + place.weight(self._index, cover.roles), (*chosen, roles))
                    if total <= self._most and (total not in further or offer < further[total]):
                        further[total] = offer
            best = further
        _, _, numbers = min((cost, number, chosen) for number, (cost, chosen) in best.items())
        return [self._with(place, number) for place, number in zip(places, numbers, strict=True)]

    def _with(self, place: Place, number: int) -> Place:
        cover = self._choices(place)[number]
        if cover == place.cover and not place.widened:
            return place
        proposed = cover == self._proposed(place)
        return replace(
            place, cover=cover, most=self._most, instead=place.cover if proposed else place.instead
        )

    def _choices(self, place: Place) -> Choices:
        """The best covers of a place, by their number of roles; a proposed role is one and stays."""
        key = ("fewer", place.used, place.held, len(place.cover.roles), place.scope.key)
        if place.instead is not None or len(place.cover.roles) == 1:
            return {len(place.cover.roles): place.cover}
        if key not in self._index.memo:
            self._index.memo[key] = dict(self._fewer_roles(place))
        found: Choices = self._index.memo[key]
        proposed = self._proposed(place)
        return found if proposed is None else {**found, 1: proposed}

    def _proposed(self, place: Place) -> Cover | None:
        """A role that would be proposed for all that several roles are for."""
        if self._better is None or len(place.cover.roles) < 2:
            return None
        return self._better(place.cover, place.used, place.counts, place.scope)

    def _fewer_roles(self, place: Place) -> Iterator[tuple[int, Cover]]:
        """From the number of roles that is needed down to the smallest that does."""
        yield len(place.cover.roles), place.cover
        most = len(place.cover.roles) - 1
        while most > 0:
            try:
                cover = best_cover(self._index, place.used, place.scope, held=place.held, most=most)
            except TooFewRoles:
                return
            yield len(cover.roles), cover
            most = len(cover.roles) - 1

    def _widened(self, places: Sequence[Place]) -> tuple[list[Place], list[Place]] | None:
        """The places after the best widening, and what is left of those in it; none where there is none."""
        offers = []
        for scope, within in _common_scopes(places).items():
            wider = self._merged(scope, within)
            fewer = sum(min(self._choices(place)) for place in within) - min(self._choices(wider))
            added = wider.weight(self._index, wider.cover.roles) - sum(
                place.weight(self._index, place.cover.roles) for place in within
            )
            if fewer > 0 and not wider.missing:
                offers.append(((-len(scope.key), added / fewer, scope.key), wider, within))
        if not offers:
            return None
        _, wider, within = min(offers, key=lambda offer: offer[0])
        kept = [place for place in places if not any(place is one for one in within)]
        left = [_missing_of(place) for place in within if place.missing]
        return sorted([*kept, wider], key=lambda place: place.scope.key), left

    def _merged(self, scope: ResourceId, within: Sequence[Place]) -> Place:
        counts = _together(within)
        held = 0
        for one in within:
            held |= one.held
        place = settled_place(self._index, within[0].principal_id, scope, counts, held, self._better)
        place.inherited = _together(one for one in within if one.scope != scope)
        place.most = self._most
        place.widened = tuple(part for one in within for part in one.widened or (one,))
        return place


def _together(places: Iterable[Place]) -> dict[Action, int]:
    counts: dict[Action, int] = {}
    for place in places:
        for action, count in place.counts.items():
            counts[action] = counts.get(action, 0) + count
    return counts


def _missing_of(place: Place) -> Place:
    """What is left of a place that was taken into a wider one: what no role grants there."""
    return replace(place, cover=NO_ROLES, counts={}, used=0, held=0, inherited={}, instead=None)


def _common_scopes(places: Sequence[Place]) -> Mapping[ResourceId, list[Place]]:
    """The scopes in which two or more of the places lie, subscriptions the widest, with those places."""
    within: defaultdict[ResourceId, list[Place]] = defaultdict(list)
    for place in places:
        for scope in _upwards(place.scope):
            within[scope].append(place)
    return {scope: found for scope, found in within.items() if len(found) > 1}


def _upwards(scope: ResourceId) -> Iterator[ResourceId]:
    """A scope and those that it lies in, up to its subscription."""
    while scope.subscription_id is not None:
        yield scope
        if len(scope.segments) <= 2:
            return
        scope = scope.parent
