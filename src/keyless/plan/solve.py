"""The exact minimum cover: which roles, together, grant what was asked for and the least besides.

The objective, each part looked at only where the ones before it are equal:
1. the least weight: of the excess permissions, taken over the union of what the roles grant, and of the odd
   roles: those that are preview, deprecated, legacy or a service's own, by their names, or that are for a
   service of which nothing was asked for;
2. fewest roles;
3. fewest odd roles;
4. the least list of names, in alphabetical order, compared name by name.

So there is always one answer. The problem is first reduced without losing it (``keyless.plan.reduce``).
What is left is searched through; if that takes too long, HiGHS solves it as a mixed-integer programme, in
stages, one per part of the objective, so that no weights have to be trusted (``keyless.plan.milp``). Both
stop after a number of steps and not after a time, so that the same question always has the same answer.
Where HiGHS has to stop, too, the best cover that is known stands, with a bound that no cover can be below.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from keyless.plan.index import RankedRole
from keyless.plan.policy.effort import DEFAULT_EFFORT, Effort
from keyless.plan.reduce import Candidate, Problem, actions_in, by_name, cost_of, reduced
from keyless.plan.results.proof import Method
from keyless.plan.weigh import COUNTED, Weigher


class TooFewRoles(ValueError):
    """No cover has as few roles as were allowed."""

    def __init__(self) -> None:
        super().__init__("no set of so few roles grants all that is demanded")


Key = tuple[int, int, int, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Cover:
    """Roles that cover a demand, by name. ``excess`` is the set of what they grant and nobody asked for.

    It weighs ``cost``; no cover can weigh less than ``bound``, and ``method`` is how that is known.
    """

    roles: tuple[RankedRole, ...]
    excess: int
    cost: int = field(default=0, compare=False)
    bound: int = field(default=0, compare=False)
    method: Method = field(default=Method.REDUCTION, compare=False)


NO_ROLES = Cover((), 0)


def coverable(demand: int, roles: Iterable[RankedRole]) -> int:
    """The part of a demand that the roles can grant at all."""
    return demand & union_of_bits(roles)


def minimum_cover(
    demand: int,
    roles: Iterable[RankedRole],
    *,
    held: int = 0,
    weigher: Weigher = COUNTED,
    effort: Effort = DEFAULT_EFFORT,
    most: int | None = None,
) -> Cover:
    """The one best cover of ``demand`` (a set of actions) by ``roles``; none are needed for an empty demand.

    ``held`` is what is used too and granted otherwise: nothing in it is excess. ``most`` is how many roles
    there may be, none for as many as are needed.

    Raises:
        NotCoverable: part of the demand is in no role.
        TooFewRoles: no cover has so few roles.
    """
    problem = reduced(demand, roles, held, weigher, most)
    best, bound, method = _best_of(problem, effort)
    chosen = sorted((*problem.settled, *(one.ranked for one in best)), key=lambda one: one.by_name)
    excess = union_of_bits(chosen) & ~(demand | held)
    odd = sum(one.is_odd_for(demand | held) for one in chosen)
    cost = weigher.cost(excess) + weigher.odd * odd
    return Cover(tuple(chosen), excess, cost, cost - key_of(best, weigher)[0] + bound, method)


def _best_of(problem: Problem, effort: Effort) -> tuple[list[Candidate], int, Method]:
    """The best cover of what is left, the least that it can weigh, and how that is known."""
    if problem.most is not None and problem.most < bool(problem.demand):
        raise TooFewRoles
    if not problem.demand:
        return [], 0, Method.REDUCTION
    search = Search(problem, effort.search_steps)
    best = search.best()
    if best is not None:
        return best, key_of(best, problem.weigher)[0], Method.SEARCH
    if search.is_whole:
        raise TooFewRoles
    from keyless.plan.milp import solve_in_stages

    found = solve_in_stages(problem, effort.solver_nodes)
    return found.chosen, found.bound, Method.SOLVER


def union_of_bits(roles: Iterable[RankedRole]) -> int:
    """What roles grant together."""
    granted = 0
    for one in roles:
        granted |= one.bits
    return granted


def key_of(chosen: Sequence[Candidate], weigher: Weigher = COUNTED) -> Key:
    """The objective as a value: of two covers the lesser is the better."""
    return (
        cost_of(chosen, weigher),
        len(chosen),
        sum(one.odd for one in chosen),
        tuple(sorted(map(by_name, chosen))),
    )


class Search:
    """Branch and bound: some action is not yet covered, so one of the roles that grant it must be in.

    Every cover that is not worse than the best one so far in excess and number is looked at, so that the
    result is exact, ties included.
    """

    def __init__(self, problem: Problem, steps: int) -> None:
        self._demand = problem.demand
        self._choices = _choices(problem)
        self._weigher = problem.weigher
        self._most = len(problem.candidates) if problem.most is None else problem.most
        self._steps = steps
        self._best: list[Candidate] | None = None
        self._best_key: Key | None = None

    @property
    def is_whole(self) -> bool:
        """Whether everything was looked at."""
        return self._steps >= 0

    def best(self) -> list[Candidate] | None:
        """The best cover; none where there is none, or where the steps ran out before it was certain."""
        self._extend([], self._demand, 0)
        return self._best if self.is_whole else None

    def _extend(self, chosen: list[Candidate], left: int, excess: int) -> None:
        self._steps -= 1
        if self._steps < 0 or self._is_worse(chosen, excess, len(chosen) + bool(left)):
            return
        if not left:
            self._offer(chosen)
            return
        _, options = next(choice for choice in self._choices if choice[0] & left)
        for one in options:
            self._extend([*chosen, one], left & ~one.covers, excess | one.exceeds)

    def _is_worse(self, chosen: list[Candidate], excess: int, number: int) -> bool:
        if number > self._most:
            return True
        if self._best_key is None:
            return False
        cost = self._weigher.cost(excess) + self._weigher.odd * sum(one.odd for one in chosen)
        return (cost, number) > self._best_key[:2]

    def _offer(self, chosen: list[Candidate]) -> None:
        key = key_of(chosen, self._weigher)
        if self._best_key is None or key < self._best_key:
            self._best, self._best_key = chosen, key


def _choices(problem: Problem) -> list[tuple[int, list[Candidate]]]:
    """For each demanded action the candidates that cover it, least excess first; the fewest choices first."""
    choices = []
    for action in actions_in(problem.demand):
        options = [one for one in problem.candidates if one.covers & action]
        options.sort(key=lambda one: (cost_of([one], problem.weigher), one.rank))
        choices.append((action, options))
    return sorted(choices, key=lambda choice: len(choice[1]))
