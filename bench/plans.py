"""What plans grant beyond use and what they cost, against other ways to choose roles, on the same demands.

- the best single role, where one role covers a demand at all;
- classic greedy set cover: again and again the role that covers most of what is left;
- greedy by gain over excess: again and again the role with the least new weight of excess per new action;
- what is given in practice: the narrowest of `Reader`, `Contributor`, `Owner` and the roles of services
  called `... Contributor`, `... Owner` or `... Administrator`, by their number of permissions;
- ours, with the default weights, and with all permissions alike.

Then what a whole plan costs as identities grow, with one process and nothing kept from one size to the next.
Seconds are those of the processor that the process had.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from bench.plan_worlds import demands_of, estate_of
from keyless.model.resource_id import ROOT
from keyless.plan.choose import best_cover
from keyless.plan.index import RankedRole, RoleIndex, role_index
from keyless.plan.make import make_plan
from keyless.plan.policy.risks import RiskWeights
from keyless.plan.reduce import Candidate, Problem, greedy_cover
from keyless.plan.risk import weigher_for
from keyless.plan.solve import union_of_bits

DEMANDS = 200
GROWING = (100, 300, 1_000)
_BROAD = ("Contributor", "Owner", "Administrator")
Way = Callable[[int], Sequence[RankedRole] | None]


def plans() -> None:
    """Measure, and print tables."""
    base = role_index()
    weighed = replace(base, weigher=weigher_for(base.universe, RiskWeights()), memo={})
    demands = demands_of(base, DEMANDS)
    print(f"{DEMANDS} demands over {len(base.roles)} roles and {len(base.universe):,} permissions")
    ways: dict[str, Way] = {
        "the best single role": lambda demand: _single(weighed, demand),
        "what is given in practice": lambda demand: _broad(base, demand),
        "greedy set cover": lambda demand: _greedy(base, demand),
        "greedy by gain over excess": lambda demand: _by_gain(weighed, demand),
        "ours, all permissions alike": lambda demand: best_cover(base, demand, ROOT).roles,
        "ours": lambda demand: best_cover(weighed, demand, ROOT).roles,
    }
    least = [best_cover(weighed, demand, ROOT).cost for demand in demands]
    weighed.memo.clear()
    for name, way in ways.items():
        _row(weighed, name, way, demands, least)
    for identities in GROWING:
        _growing(base, identities)


def _row(index: RoleIndex, name: str, way: Way, demands: Sequence[int], least: Sequence[int]) -> None:
    base_times, excess, weights, best = [], [], [], 0
    for demand, optimum in zip(demands, least, strict=True):
        started = time.process_time()
        chosen = way(demand)
        base_times.append(time.process_time() - started)
        if chosen is None:
            continue
        besides = union_of_bits(chosen) & ~demand
        if demand & ~union_of_bits(chosen) or index.cost(besides) < optimum:
            raise AssertionError(f"{name} does not cover a demand, or does so better than the best")
        excess.append(besides.bit_count())
        weights.append(index.cost(besides))
        best += weights[-1] == optimum
    print(
        f"{name:<28} covers {len(excess):>3}; mean excess {statistics.mean(excess):>7,.1f} permissions, "
        f"weight {statistics.mean(weights):>9,.1f}; optimal {best:>3}; "
        f"{1000 * statistics.mean(base_times):>6.1f} ms each, at most {1000 * max(base_times):>6.1f}"
    )


def _single(index: RoleIndex, demand: int) -> Sequence[RankedRole] | None:
    able = [one for one in index.roles if not demand & ~one.bits]
    return [min(able, key=lambda one: (index.cost(one.bits & ~demand), one.by_name))] if able else None


def _broad(index: RoleIndex, demand: int) -> Sequence[RankedRole] | None:
    able = [
        one
        for one in index.roles
        if not demand & ~one.bits and (one.role.name == "Reader" or one.role.name.endswith(_BROAD))
    ]
    return [min(able, key=lambda one: (one.bits.bit_count(), one.by_name))] if able else None


def _greedy(index: RoleIndex, demand: int) -> Sequence[RankedRole]:
    chosen: list[RankedRole] = []
    left = demand
    while left:
        best = min(index.roles, key=lambda one: (-(one.bits & left).bit_count(), one.by_name))
        chosen.append(best)
        left &= ~best.bits
    return chosen


def _by_gain(index: RoleIndex, demand: int) -> Sequence[RankedRole]:
    able = tuple(
        Candidate(one, one.bits & demand, one.bits & ~demand) for one in index.roles if one.bits & demand
    )
    return [one.ranked for one in greedy_cover(Problem(demand, able, weigher=index.weigher))]


def _growing(index: RoleIndex, identities: int) -> None:
    given = estate_of(index, identities)
    started = time.process_time()
    plan = make_plan(given)
    taken = time.process_time() - started
    proved = sum(one.optimal for one in plan.certificates)
    print(
        f"{identities:>5,} identities, {len(given.observations):>6,} kinds of access: {taken:>5.2f} s; "
        f"{len(plan.assignments):,} assignments and {len(plan.removals):,} removals planned; "
        f"proved at {proved:,} of {len(plan.certificates):,} scopes"
    )


if __name__ == "__main__":
    plans()
