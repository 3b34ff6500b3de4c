"""The cover problem as a mixed-integer programme, solved to proven optimality by HiGHS.

Columns: one binary per candidate (is it chosen?), and one in [0, 1] per group of excess permissions that
the same candidates grant (is it granted?). Groups have the weight of their permissions, and odd candidates
that of an odd role. Rows: each demanded action has a chosen candidate; a group is granted as soon as one of
its candidates is chosen.

The objective is lexicographic and is taken in stages: once a stage is optimal, its value becomes a row of
the next. All values are small integers, so that a stage is proven once the bound is nearer than 1; each
solution is counted again in exact arithmetic before it is believed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keyless.plan.reduce import Candidate, Problem, actions_in, cost_of, greedy_cover, union_of_excess
from keyless.plan.solve import TooFewRoles, key_of

if TYPE_CHECKING:
    from highspy import Highs


TOLERANCE = 1e-3
"""How far the solver's own arithmetic may be from the whole number that it stands for."""
FEASIBLE = 2
"""How HiGHS says that there is a solution, if not the best one."""


class SolverFailed(RuntimeError):
    """The solver gave no usable answer to a problem that has one: an error of ours or of the solver's."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A cover, and what no cover can weigh less than: as much as it weighs, unless the solver was stopped."""

    chosen: list[Candidate]
    bound: int


def solve_in_stages(problem: Problem, nodes: int | None = None) -> Solved:
    """The best cover of a coverable demand; after so many ``nodes`` of a search tree the best that is known.

    With 0 nodes the solver is not asked at all. Where the number of roles is limited, it is never stopped.

    Raises:
        SolverFailed: the solver stopped without an optimum, or its answer does not stand exact counting.
        TooFewRoles: no cover has as few roles as the problem allows.
    """
    if not problem.demand:
        return Solved([], 0)
    nodes = nodes if problem.most is None else None
    if nodes == 0:
        return Solved(greedy_cover(problem), _simple_bound(problem))
    stages = _Stages(problem, nodes)
    try:
        stages.solve_all()
    except _Stopped:
        stages.offer(greedy_cover(problem))
    return Solved(stages.best, stages.bound)


def _simple_bound(problem: Problem) -> int:
    """What a cover weighs at least: some role must be in it for each action."""
    least = (
        min(cost_of([one], problem.weigher) for one in problem.candidates if one.covers & action)
        for action in actions_in(problem.demand)
    )
    return max(least)


class _Stopped(Exception):
    """The solver was stopped by its limit."""


class _Stages:
    """``best`` is the best cover so far, ``bound`` what no cover weighs less than."""

    def __init__(self, problem: Problem, nodes: int | None) -> None:
        self._demand = problem.demand
        self._candidates = problem.candidates
        self._weigher = problem.weigher
        self._most = problem.most
        self.best: list[Candidate] = []
        self.bound = 0
        self._solver = _new_solver(nodes)
        for _ in problem.candidates:
            self._add_column(integer=True)
        for members in _members_of_actions(problem):
            self._at_least(dict.fromkeys(members, 1), 1)
        self._every_role = dict.fromkeys(range(len(problem.candidates)), 1)
        if self._most is not None:
            self.hold(self._every_role, self._most)
        self._excess_weights = self._add_excess_groups()

    def solve_all(self) -> None:
        """Go through the stages.

        Raises:
            _Stopped: the limit was reached.
        """
        self._weigh_least()
        self.hold(self._excess_weights, self.bound)
        self.minimise(self._every_role)
        self.hold(self._every_role, len(self.best))
        odd = {at: 1 for at, one in enumerate(self._candidates) if one.odd}
        self.minimise(odd)
        self.hold(odd, sum(one.odd for one in self.best))
        self.least_names(self.best)

    def _weigh_least(self) -> None:
        try:
            self.minimise(self._excess_weights)
        finally:
            bound = self._solver.getInfo().mip_dual_bound
            self.bound = max(0, math.ceil(bound - TOLERANCE)) if math.isfinite(bound) else 0
        if self.bound != self._weight(self.best):
            raise SolverFailed("the solver's bound is not what its answer weighs when counted exactly")

    def minimise(self, weights: Mapping[int, int]) -> None:
        """Find a cover that is least in ``weights`` (column to weight) among those that the rows admit."""
        self._set_objective(weights)
        chosen = self._solve()
        if chosen is None and self._most is not None and not self.best:
            raise TooFewRoles
        if chosen is None:
            raise SolverFailed("the solver calls a problem infeasible that has a solution")
        self.best = chosen

    def offer(self, chosen: list[Candidate]) -> None:
        """Take a cover if it is better than the best so far."""
        if not self.best or key_of(chosen, self._weigher) < key_of(self.best, self._weigher):
            self.best = chosen

    def _weight(self, chosen: Sequence[Candidate]) -> int:
        return cost_of(chosen, self._weigher)

    def hold(self, weights: Mapping[int, int], value: int) -> None:
        """From now on admit only solutions that are at most ``value`` in ``weights``."""
        self._at_least({column: -weight for column, weight in weights.items()}, -value)

    def least_names(self, best: list[Candidate]) -> None:
        """Among the solutions that are still admitted, the one with the least list of names.

        Candidates are numbered in the order of names. Place by place: is there a solution with a lesser
        number in this place? If so, go on from that one, until there is none; then the place is settled.
        """
        self._set_objective({})
        settled = -1
        for place in range(len(best)):
            while True:
                number = self._numbers(best)[place]
                better = self._with_one_of(range(settled + 1, number))
                if better is None:
                    break
                self.best = best = better
            self._bound(number, 1, 1)
            for other in range(settled + 1, number):
                self._bound(other, 0, 0)
            settled = number

    def _with_one_of(self, numbers: range) -> list[Candidate] | None:
        if not numbers:
            return None
        row = self._solver.getNumRow()
        self._at_least(dict.fromkeys(numbers, 1), 1)
        found = self._solve()
        self._solver.changeRowBounds(row, -self._solver.getInfinity(), self._solver.getInfinity())
        return found

    def _numbers(self, chosen: Sequence[Candidate]) -> list[int]:
        ids = {one.ranked.role.id for one in chosen}
        return [at for at, one in enumerate(self._candidates) if one.ranked.role.id in ids]

    def _solve(self) -> list[Candidate] | None:
        import highspy

        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status in {highspy.HighsModelStatus.kSolutionLimit, highspy.HighsModelStatus.kIterationLimit}:
            self._keep_incumbent()
            raise _Stopped
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverFailed(f"the solver stopped with `{self._solver.modelStatusToString(status)}`")
        return self._checked(self._solution())

    def _solution(self) -> list[Candidate]:
        values = self._solver.getSolution().col_value
        return [one for at, one in enumerate(self._candidates) if values[at] > 0.5]

    def _keep_incumbent(self) -> None:
        """Keep what the solver had when it was stopped, if it had anything."""
        found = self._solver.getInfo().primal_solution_status == FEASIBLE
        if found:
            self.offer(self._checked(self._solution()))

    def _checked(self, chosen: list[Candidate]) -> list[Candidate]:
        covered = 0
        for one in chosen:
            covered |= one.covers
        if covered != self._demand:
            raise SolverFailed("the solver's answer leaves a demanded action uncovered")
        return chosen

    def _add_excess_groups(self) -> dict[int, int]:
        weights = {at: self._weigher.odd for at, one in enumerate(self._candidates) if one.odd}
        for bits, members in _excess_groups(self._candidates):
            column = self._add_column(integer=False)
            weights[column] = self._weigher.cost(bits)
            for member in members:
                self._at_least({column: 1, member: -1}, 0)
        return weights

    def _add_column(self, *, integer: bool) -> int:
        import highspy

        column: int = self._solver.getNumCol()
        self._solver.addVar(0.0, 1.0)
        if integer:
            self._solver.changeColIntegrality(column, highspy.HighsVarType.kInteger)
        return column

    def _at_least(self, weights: Mapping[int, int], least: int) -> None:
        import numpy as np

        columns = np.fromiter(weights.keys(), dtype=np.int32)
        values = np.fromiter(weights.values(), dtype=np.float64)
        self._solver.addRow(float(least), self._solver.getInfinity(), len(weights), columns, values)

    def _bound(self, column: int, low: int, high: int) -> None:
        self._solver.changeColBounds(column, float(low), float(high))

    def _set_objective(self, weights: Mapping[int, int]) -> None:
        for column in range(self._solver.getNumCol()):
            self._solver.changeColCost(column, float(weights.get(column, 0)))


def _new_solver(nodes: int | None) -> Highs:
    import highspy

    class Quiet(highspy.Highs):
        """Made without the callbacks of its class, whose setting up prints a banner to standard output."""

        def __init__(self) -> None:
            super(highspy.Highs, self).__init__()
            self.silent()

    solver = Quiet()
    for option, value in (("mip_rel_gap", 0.0), ("mip_abs_gap", 0.5), ("threads", 1)):
        solver.setOptionValue(option, value)
    if nodes is not None:
        solver.setOptionValue("mip_max_nodes", nodes)
    return solver


def _members_of_actions(problem: Problem) -> Iterable[tuple[int, ...]]:
    """For each demanded action the candidates that cover it; actions with the same ones count once."""
    parts = _parts(problem.demand, [one.covers for one in problem.candidates])
    return [members for _, members in parts]


def _excess_groups(candidates: Sequence[Candidate]) -> Iterable[tuple[int, tuple[int, ...]]]:
    """The groups of excess permissions that the same candidates grant, with those candidates."""
    return _parts(union_of_excess(candidates), [one.exceeds for one in candidates])


def _parts(whole: int, sets: Sequence[int]) -> list[tuple[int, tuple[int, ...]]]:
    """Split ``whole`` so that each part lies in, or outside of, each set; with the sets that it lies in."""
    parts: list[tuple[int, tuple[int, ...]]] = [(whole, ())] if whole else []
    for at, one in enumerate(sets):
        split = []
        for bits, members in parts:
            if inside := bits & one:
                split.append((inside, (*members, at)))
            if outside := bits & ~one:
                split.append((outside, members))
        parts = split
    return parts
