"""The cover problem as a mixed-integer programme, solved to proven optimality by HiGHS.

Columns: one binary per candidate (is it chosen?), and one in [0, 1] per group of excess permissions that the
same candidates grant (is it granted?), weighted with the group's size. Rows: each demanded action has a
chosen candidate; a group is granted as soon as one of its candidates is chosen.

The objective is lexicographic and is taken in stages: once a stage is optimal, its value becomes a row of
the next. All values are small integers, so that a stage is proven once the bound is nearer than 1; each
solution is counted again in exact arithmetic before it is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from keyless.plan.reduce import Candidate, Problem, union_of_excess
from keyless.plan.solve import key_of

if TYPE_CHECKING:
    from highspy import Highs


class SolverFailed(RuntimeError):
    """The solver gave no usable answer to a problem that has one: an error of ours or of the solver's."""


def solve_in_stages(problem: Problem) -> list[Candidate]:
    """The best cover of a coverable demand.

    Raises:
        SolverFailed: the solver stopped without an optimum, or its answer does not stand exact counting.
    """
    if not problem.demand:
        return []
    stages = _Stages(problem)
    best = stages.minimise(stages.excess_weights)
    stages.hold(stages.excess_weights, key_of(best)[0])
    every_role = dict.fromkeys(range(len(problem.candidates)), 1)
    best = stages.minimise(every_role)
    stages.hold(every_role, len(best))
    odd = {at: 1 for at, one in enumerate(problem.candidates) if not one.ranked.for_all}
    best = stages.minimise(odd)
    stages.hold(odd, key_of(best)[2])
    return stages.least_names(best)


class _Stages:
    def __init__(self, problem: Problem) -> None:
        self._demand = problem.demand
        self._candidates = problem.candidates
        self._solver = _new_solver()
        for _ in problem.candidates:
            self._add_column(integer=True)
        for members in _members_of_actions(problem):
            self._at_least(dict.fromkeys(members, 1), 1)
        self.excess_weights = self._add_excess_groups()

    def minimise(self, weights: Mapping[int, int]) -> list[Candidate]:
        """A cover that is least in ``weights`` (column to weight) among those that the rows admit."""
        self._set_objective(weights)
        chosen = self._solve()
        if chosen is None:
            raise SolverFailed("the solver calls a problem infeasible that has a solution")
        return chosen

    def hold(self, weights: Mapping[int, int], value: int) -> None:
        """From now on admit only solutions that are at most ``value`` in ``weights``."""
        self._at_least({column: -weight for column, weight in weights.items()}, -value)

    def least_names(self, best: list[Candidate]) -> list[Candidate]:
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
                best = better
            self._bound(number, 1, 1)
            for other in range(settled + 1, number):
                self._bound(other, 0, 0)
            settled = number
        return best

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
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverFailed(f"the solver stopped with `{self._solver.modelStatusToString(status)}`")
        values = self._solver.getSolution().col_value
        return self._checked([one for at, one in enumerate(self._candidates) if values[at] > 0.5])

    def _checked(self, chosen: list[Candidate]) -> list[Candidate]:
        covered = 0
        for one in chosen:
            covered |= one.covers
        if covered != self._demand:
            raise SolverFailed("the solver's answer leaves a demanded action uncovered")
        return chosen

    def _add_excess_groups(self) -> dict[int, int]:
        weights = {}
        for size, members in _excess_groups(self._candidates):
            column = self._add_column(integer=False)
            weights[column] = size
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


def _new_solver() -> Highs:
    import highspy

    class Quiet(highspy.Highs):
        """Made without the callbacks of its class, whose setting up prints a banner to standard output."""

        def __init__(self) -> None:
            super(highspy.Highs, self).__init__()
            self.silent()

    solver = Quiet()
    for option, value in (("mip_rel_gap", 0.0), ("mip_abs_gap", 0.5), ("threads", 1)):
        solver.setOptionValue(option, value)
    return solver


def _members_of_actions(problem: Problem) -> Iterable[tuple[int, ...]]:
    """For each demanded action the candidates that cover it; actions with the same ones count once."""
    parts = _parts(problem.demand, [one.covers for one in problem.candidates])
    return [members for _, members in parts]


def _excess_groups(candidates: Sequence[Candidate]) -> Iterable[tuple[int, tuple[int, ...]]]:
    """Sizes of the groups of excess permissions that the same candidates grant, with those candidates."""
    parts = _parts(union_of_excess(candidates), [one.exceeds for one in candidates])
    return [(bits.bit_count(), members) for bits, members in parts]


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
