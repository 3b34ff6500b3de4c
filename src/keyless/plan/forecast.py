"""What a plan would have done to the time after it: made from the first part of the evidence, tried on the
rest.

Rules:
- the last days are held out, a third of them unless the policy says otherwise; where all was seen on one day,
  the last runs are. With neither two days nor two runs there is no forecast, and it is said why; nor where
  all was seen on one day and the last runs are of nobody who ran before them;
- the first part is planned for in the same way as the whole, with the window counted back from the split;
- what was used in the rest and that plan does not allow would have been denied; what it says that no role
  grants is left out, since nobody would be surprised;
- on the other side, what it grants and the rest did not use was more than was needed. Most of that is what
  roles grant besides; what was planned for because it was used before, and was not used again, is listed.

A forecast is about this evidence: it says how well the past foretold what came next in it, no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keyless.model.evidence import Observation, Run
from keyless.model.guids import guid_key
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.assignments import assignment_guid, choices
from keyless.plan.containment import Decider, Stated, Use, decider, key_of, used, uses_in
from keyless.plan.evidence_in_time import after, before
from keyless.plan.given import Given
from keyless.plan.index import RoleIndex
from keyless.plan.native.apart import by_roles
from keyless.plan.needs import Needs, needs_of, of_principals
from keyless.plan.places import Place, bits_of
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Demand, Subject, demands
from keyless.plan.results.proof import Forecast, Permission, WouldDeny
from keyless.plan.settle import index_for, settle
from keyless.plan.solve import union_of_bits
from keyless.plan.window import SECONDS_PER_DAY, days_of

NO_EVIDENCE = "there is no forecast: nothing was seen"
ONE_DAY = (
    "there is no forecast: all was seen on one day and in one run, so nothing is left to test on; run the "
    "workload again, or import the logs of some more days"
)


NOBODY_TWICE = (
    "there is no forecast: all was seen on one day, and nobody was seen in the last runs who had been before "
    "them; run the workloads again, or import the logs of some more days"
)


@dataclass(frozen=True, slots=True)
class Forecasted:
    """A forecast, or why there is none."""

    forecast: Forecast | None
    why_not: str = ""


def forecasted(
    given: Given,
    policy: PlanPolicy,
    observations: Sequence[Observation],
    known: Mapping[str, Subject],
    roles: Mapping[str, RoleDefinition],
    like: RoleIndex | None = None,
) -> Forecasted:
    """Split ``observations`` in time, plan on the first part and test on the rest.

    ``known`` are subjects by case-folded id, ``roles`` all definitions by id; ``like``
    is the index that the whole was planned with.
    """
    observations = by_roles(of_principals(observations))
    if not observations:
        return Forecasted(None, NO_EVIDENCE)
    split_at = split(observations, given.runs, policy.evidence.forecast_share)
    if split_at is None:
        return Forecasted(None, ONE_DAY)
    first, rest = before(observations, split_at), after(observations, split_at)
    if split_at % SECONDS_PER_DAY and not _callers(first) & _callers(rest):
        return Forecasted(None, NOBODY_TWICE)
    needs = needs_of(given, policy, first, split_at, known)
    index = index_for(given, policy, needs.needed, like)
    settled = settle(index, policy, needs.needed)
    tried = _Trial(needs, index, settled.places)
    roles = dict(roles) | {one.definition.id: one.definition for one in settled.proposed}
    return Forecasted(tried.forecast(given, policy, rest, split_at, roles, _since(observations)))


def _callers(observations: Iterable[Observation]) -> set[str]:
    return {guid_key(one.principal_id) for one in observations}


def split(observations: Sequence[Observation], runs: Sequence[Run], share: float) -> int | None:
    """The moment (epoch seconds) at which what is held out begins; none where there is too little."""
    days = sorted({day for one in observations for day in _days(one)})
    if len(days) > 1:
        return days[-_held_out(len(days), share)] * SECONDS_PER_DAY
    starts = sorted({run.started for run in runs if run.started})
    if len(starts) > 1:
        moment = starts[-_held_out(len(starts), share)]
        if before(observations, moment) and after(observations, moment):
            return moment
    return None


def _held_out(number: int, share: float) -> int:
    """How many of so many days or runs are held out: some, and not all."""
    return min(max(1, round(number * share)), number - 1)


def _days(seen: Observation) -> tuple[int, ...]:
    known = days_of(seen)
    return known or (seen.first_seen // SECONDS_PER_DAY, seen.last_seen // SECONDS_PER_DAY)


def _since(observations: Iterable[Observation]) -> int:
    return min(one.first_seen for one in observations)


@dataclass(frozen=True, slots=True)
class _Trial:
    """A plan made on a first part of the evidence."""

    needs: Needs
    index: RoleIndex
    places: tuple[Place, ...]

    def forecast(
        self,
        given: Given,
        policy: PlanPolicy,
        rest: Sequence[Observation],
        split_at: int,
        roles: Mapping[str, RoleDefinition],
        since: int,
    ) -> Forecast:
        """How it does on the rest."""
        include_denied = policy.evidence.include_denied
        counts = _counts(rest, include_denied=include_denied)
        stated = self._stated()
        tested = [use for use in used(rest, include_denied=include_denied) if use not in stated]
        by = decider(given, self._assignments(), roles)
        denied = tuple(self._denied(by, tested, counts))
        again = self._used_again(demands(rest, policy))
        planned_for, not_again = self._planned_for(again)
        granted, unused = self._granted(again)
        return Forecast(
            since=since,
            split_at=split_at,
            until=max((one.last_seen for one in rest), default=split_at),
            events=sum(counts[key_of(use)][0] for use in tested),
            denied=sum(one.count for one in denied),
            granted=granted,
            unused=unused,
            planned_for=planned_for,
            would_deny=denied,
            not_again=not_again,
        )

    def _assignments(self) -> list[RoleAssignment]:
        return [
            RoleAssignment(
                assignment_guid(place.principal_id, ranked.role.id, place.scope),
                place.principal_id,
                ranked.role.id,
                place.scope.text,
            )
            for place, ranked in choices(self.places)
        ]

    def _denied(
        self, by: Decider, tested: Iterable[Use], counts: Mapping[Use, tuple[int, int]]
    ) -> Iterable[WouldDeny]:
        callers = {guid_key(one.principal_id) for one in self.needs.observations}
        for use in tested:
            who, plane, action, scope = use
            if not by.allows(who, plane, action, scope):
                count, first_seen = counts[key_of(use)]
                yield WouldDeny(
                    principal_id=who,
                    scope=scope.text,
                    plane=plane,
                    action=action,
                    count=count,
                    first_seen=first_seen,
                    new_caller=guid_key(who) not in callers,
                )

    def _stated(self) -> Stated:
        """What the plan of the first part says that no role grants."""
        return Stated(
            (place.principal_id, place.scope, plane, name)
            for place in self.places
            for plane, name in place.missing
        )

    def _used_again(self, rest: Iterable[Demand]) -> list[tuple[Place, int]]:
        """Each place with what was used within it in the rest, as a set."""
        of_principal: dict[str, list[tuple[Demand, int]]] = {}
        for one in rest:
            entry = (one, bits_of(self.index, one.counts))
            of_principal.setdefault(guid_key(one.principal_id), []).append(entry)
        found = []
        for place in self.places:
            again = 0
            for one, bits in of_principal.get(guid_key(place.principal_id), ()):
                again |= bits if place.scope.contains(one.scope) else 0
            found.append((place, again))
        return found

    def _planned_for(self, again: Iterable[tuple[Place, int]]) -> tuple[int, tuple[Permission, ...]]:
        """How many permissions were planned for because they were used, and which were not used again."""
        number, rest = 0, []
        for place, bits in again:
            for action, count in place.counts.items():
                if count:
                    number += 1
                    if not self.index.bit(action) & bits:
                        rest.append(Permission(place.principal_id, place.scope.text, *action))
        return number, tuple(sorted(rest))

    def _granted(self, again: Iterable[tuple[Place, int]]) -> tuple[int, int]:
        """How many permissions were granted, and how many of them were not used in the rest."""
        granted = unused = 0
        for place, bits in again:
            given = union_of_bits(place.cover.roles)
            granted += given.bit_count()
            unused += (given & ~bits).bit_count()
        return granted, unused


def _counts(rest: Iterable[Observation], *, include_denied: bool) -> dict[Use, tuple[int, int]]:
    """How often each was used, and when first; by the use as it compares."""
    found: dict[Use, tuple[int, int]] = {}
    for seen in uses_in(rest, include_denied=include_denied):
        key = key_of((seen.principal_id, seen.plane, seen.action, seen.scope_id))
        count, first = found.get(key, (0, seen.first_seen))
        found[key] = (count + seen.count, min(first, seen.first_seen))
    return found
