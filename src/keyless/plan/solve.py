"""The exact minimum cover: which roles, together, grant what was asked for and the least besides.

The objective, each part looked at only where the ones before it are equal:
1. fewest excess permissions, counted in the union of what the roles grant;
2. fewest roles;
3. fewest roles that are preview, deprecated, legacy or a service's own, by their names;
4. the least list of names, in alphabetical order, compared name by name.

So there is always one answer. The problem is first reduced without losing it (``keyless.plan.reduce``).
What is left is searched through; if that takes too long, HiGHS solves it as a mixed-integer programme, in
stages, one per part of the objective, so that no weights have to be trusted (``keyless.plan.milp``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keyless.plan.index import RankedRole
from keyless.plan.reduce import Candidate, Problem, actions_in, by_name, reduced, union_of_excess

SEARCH_STEPS = 20_000
"""How many partial covers are looked at before the solver is asked: about a tenth of a second."""

Key = tuple[int, int, int, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Cover:
    """Roles that cover a demand, by name. ``excess`` is the set of what they grant and nobody asked for."""

    roles: tuple[RankedRole, ...]
    excess: int


def coverable(demand: int, roles: Iterable[RankedRole]) -> int:
    """The part of a demand that the roles can grant at all."""
    return demand & union_of_bits(roles)


def minimum_cover(
    demand: int, roles: Iterable[RankedRole], *, held: int = 0, search_steps: int = SEARCH_STEPS
) -> Cover:
    """The one best cover of ``demand`` (a set of actions) by ``roles``; none are needed for an empty demand.

    ``held`` is what is used too and granted otherwise: nothing in it is excess.

    Raises:
        NotCoverable: part of the demand is in no role.
    """
    problem = reduced(demand, roles, held)
    best = Search(problem, search_steps).best()
    if best is None:
        from keyless.plan.milp import solve_in_stages

        best = solve_in_stages(problem)
    chosen = sorted((*problem.settled, *(one.ranked for one in best)), key=lambda one: one.by_name)
    return Cover(tuple(chosen), union_of_bits(chosen) & ~(demand | held))


def union_of_bits(roles: Iterable[RankedRole]) -> int:
    """What roles grant together."""
    granted = 0
    for one in roles:
        granted |= one.bits
    return granted


def key_of(chosen: Sequence[Candidate]) -> Key:
    """The objective as a value: of two covers the lesser is the better."""
    return (
        union_of_excess(chosen).bit_count(),
        len(chosen),
        sum(not one.ranked.for_all for one in chosen),
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
        self._steps = steps
        self._best: list[Candidate] | None = None
        self._best_key: Key | None = None

    def best(self) -> list[Candidate] | None:
        """The best cover; none where the steps ran out before that was certain."""
        self._extend([], self._demand, 0)
        return self._best if self._steps >= 0 else None

    def _extend(self, chosen: list[Candidate], left: int, excess: int) -> None:
        self._steps -= 1
        if self._steps < 0 or self._is_worse(excess.bit_count(), len(chosen)):
            return
        if not left:
            self._offer(chosen)
            return
        _, options = next(choice for choice in self._choices if choice[0] & left)
        for one in options:
            self._extend([*chosen, one], left & ~one.covers, excess | one.exceeds)

    def _is_worse(self, excess: int, number: int) -> bool:
        return self._best_key is not None and (excess, number) > self._best_key[:2]

    def _offer(self, chosen: list[Candidate]) -> None:
        key = key_of(chosen)
        if self._best_key is None or key < self._best_key:
            self._best, self._best_key = chosen, key


def _choices(problem: Problem) -> list[tuple[int, list[Candidate]]]:
    """For each demanded action the candidates that cover it, least excess first; the fewest choices first."""
    choices = []
    for action in actions_in(problem.demand):
        options = [one for one in problem.candidates if one.covers & action]
        options.sort(key=lambda one: (one.exceeds.bit_count(), one.ranked.rank))
        choices.append((action, options))
    return sorted(choices, key=lambda choice: len(choice[1]))
