"""Makes a cover problem smaller without losing its best answer.

Until nothing changes any more:
- a role goes whose own excess weighs more than that of a cover which is already known; not where the number
  of roles is limited, because that cover may have too many;
- what all the roles exceed by that grant one of the actions is unavoidable, and no longer counted for or
  against any role;
- a role goes where another covers as much, exceeds in nothing that this one does not, and ranks before it:
  put in its place in any cover, the other one makes it no worse, ties included;
- a role that alone grants one of the actions is settled, and what it covers no longer asked for.

The roles that are settled are in every cover that is left, so that the best cover is those and the best
cover of the rest: of two equally large lists of names the lesser is the one with the least name that the
other has not, and names that both have do not matter to that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from keyless.plan.index import RankedRole
from keyless.plan.weigh import COUNTED, Weigher


@dataclass(frozen=True, slots=True)
class Candidate:
    """A role as a problem sees it: which of the demanded actions it covers, and what it grants besides.

    ``odd`` says that it is not for everyone, or of a service that the whole demand has nothing to do with.
    """

    ranked: RankedRole
    covers: int
    exceeds: int
    odd: bool = False

    @property
    def rank(self) -> tuple[bool, str, str]:
        """Which of two that are equal otherwise is preferred: the lesser."""
        return (self.odd, *self.ranked.by_name)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is still to be covered, by whom (in the order of names), and which roles are settled already.

    ``most`` is how many roles may still be chosen, none for as many as are needed.
    """

    demand: int
    candidates: tuple[Candidate, ...]
    settled: tuple[RankedRole, ...] = ()
    weigher: Weigher = COUNTED
    most: int | None = None


class NotCoverable(ValueError):
    """No role grants some of the demand; ``missing`` is the set of those actions."""

    def __init__(self, missing: int) -> None:
        self.missing = missing
        super().__init__(f"no role grants {missing.bit_count()} of the demanded actions")


def reduced(
    demand: int,
    roles: Iterable[RankedRole],
    held: int = 0,
    weigher: Weigher = COUNTED,
    most: int | None = None,
) -> Problem:
    """The smallest problem that this module can make of covering ``demand`` with ``roles``, ``most`` of them.

    What is in ``held`` counts neither as demanded nor as excess.

    Raises:
        NotCoverable: part of the demand is in no role.
    """
    needless = ~(demand | held)
    useful = (
        Candidate(one, one.bits & demand, one.bits & needless, one.is_odd_for(demand | held))
        for one in roles
        if one.bits & demand
    )
    problem = Problem(demand, tuple(sorted(useful, key=by_name)), weigher=weigher, most=most)
    while problem.demand:
        smaller = _settle(_drop_dominated(_drop_excessive(problem)))
        if _size(smaller) == _size(problem):
            break
        problem = smaller
    return problem


def by_name(candidate: Candidate) -> tuple[str, str]:
    """The order in which candidates are numbered and listed."""
    return candidate.ranked.by_name


def union_of_excess(chosen: Iterable[Candidate]) -> int:
    """What the chosen roles grant together beyond the demand."""
    excess = 0
    for one in chosen:
        excess |= one.exceeds
    return excess


def cost_of(chosen: Collection[Candidate], weigher: Weigher) -> int:
    """What the chosen roles weigh: their excess, and those of them that are odd."""
    return weigher.cost(union_of_excess(chosen)) + weigher.odd * sum(one.odd for one in chosen)


def actions_in(demand: int) -> Iterator[int]:
    """The single actions of a set, each as a set."""
    while demand:
        action = demand & -demand
        demand ^= action
        yield action


def greedy_cover(problem: Problem) -> list[Candidate]:
    """Some cover, mostly near the best one: again and again the least new excess per newly covered action.

    Raises:
        NotCoverable: part of the demand is in no role.
    """
    chosen: list[Candidate] = []
    left, excess = problem.demand, 0
    while left:
        useful = [one for one in problem.candidates if one.covers & left]
        if not useful:
            raise NotCoverable(left)
        best = min(useful, key=lambda one: _price(one, left, excess, problem.weigher))
        chosen.append(best)
        left &= ~best.covers
        excess |= best.exceeds
    return chosen


def _price(one: Candidate, left: int, excess: int, weigher: Weigher) -> tuple[float, bool, str, str]:
    cost = weigher.cost(one.exceeds & ~excess) + weigher.odd * one.odd
    per_action = cost / (one.covers & left).bit_count()
    return (per_action, *one.rank)


def _drop_excessive(problem: Problem) -> Problem:
    within: Sequence[Candidate] = problem.candidates
    if problem.most is None:
        bound = cost_of(greedy_cover(problem), problem.weigher)
        within = [one for one in within if cost_of([one], problem.weigher) <= bound]
    return _without_excess(problem, within, _unavoidable(problem.demand, within))


def _unavoidable(demand: int, candidates: Sequence[Candidate]) -> int:
    excess = 0
    for action in actions_in(demand):
        common = -1
        for one in candidates:
            if one.covers & action:
                common &= one.exceeds
        excess |= common
    return excess


def _without_excess(problem: Problem, candidates: Sequence[Candidate], known: int) -> Problem:
    trimmed = tuple(replace(one, exceeds=one.exceeds & ~known) for one in candidates)
    return replace(problem, candidates=trimmed)


def _drop_dominated(problem: Problem) -> Problem:
    kept: list[Candidate] = []
    for one in sorted(problem.candidates, key=lambda candidate: candidate.rank):
        if not any(_replaces(other, one) for other in kept):
            kept.append(one)
    return replace(problem, candidates=tuple(sorted(kept, key=by_name)))


def _replaces(better: Candidate, worse: Candidate) -> bool:
    return not worse.covers & ~better.covers and not better.exceeds & ~worse.exceeds


def _settle(problem: Problem) -> Problem:
    alone = {}
    for action in actions_in(problem.demand):
        granting = [one for one in problem.candidates if one.covers & action]
        if len(granting) == 1:
            alone[granting[0].ranked.role.id] = granting[0]
    demand = problem.demand
    for one in alone.values():
        demand &= ~one.covers
    rest = tuple(
        replace(one, covers=one.covers & demand)
        for one in problem.candidates
        if one.covers & demand and one.ranked.role.id not in alone
    )
    most = None if problem.most is None else problem.most - len(alone)
    settled = (*problem.settled, *(one.ranked for one in alone.values()))
    return Problem(demand, rest, settled, problem.weigher, most)


def _size(problem: Problem) -> tuple[int, int, int]:
    excess = sum(one.exceeds.bit_count() for one in problem.candidates)
    return (problem.demand.bit_count(), len(problem.candidates), excess)
