"""The minimum cover against a search through all sets of roles."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.model.roles import RoleDefinition
from keyless.plan.index import RankedRole
from keyless.plan.milp import solve_in_stages
from keyless.plan.reduce import Candidate, Problem, reduced
from keyless.plan.solve import Search, coverable, key_of, minimum_cover

BITS = 9
SET = st.integers(0, 2**BITS - 1)
ROLE = st.tuples(st.sampled_from("ABCabc"), SET, st.booleans())


@st.composite
def worlds(draw):
    drawn = draw(st.lists(ROLE, min_size=1, max_size=8))
    roles = [
        RankedRole(RoleDefinition(f"{at:02}", name, ()), bits, for_all)
        for at, (name, bits, for_all) in enumerate(drawn)
    ]
    return roles, coverable(draw(SET), roles)


def brute_force(demand, roles):
    """The best of all covers, by the definition of the objective."""
    best = None
    for number in range(len(roles) + 1):
        for some in combinations(roles, number):
            granted = 0
            for one in some:
                granted |= one.bits
            if demand & ~granted:
                continue
            key = (
                (granted & ~demand).bit_count(),
                number,
                sum(not one.for_all for one in some),
                sorted(one.by_name for one in some),
            )
            if best is None or key < best:
                best = key
    return best


def key_of_cover(cover):
    return (
        cover.excess.bit_count(),
        len(cover.roles),
        sum(not one.for_all for one in cover.roles),
        [one.by_name for one in cover.roles],
    )


@settings(max_examples=400, deadline=None)
@given(worlds())
def test_the_cover_is_the_best_of_all(world):
    roles, demand = world
    assert key_of_cover(minimum_cover(demand, roles)) == brute_force(demand, roles)


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_the_solver_finds_the_same_cover_as_the_search(world):
    roles, demand = world
    assert minimum_cover(demand, roles, search_steps=0) == minimum_cover(demand, roles)


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_the_solver_is_right_on_problems_that_were_not_reduced(world):
    roles, demand = world
    useful = sorted((one for one in roles if one.bits & demand), key=lambda one: one.by_name)
    problem = Problem(demand, tuple(Candidate(one, one.bits & demand, one.bits & ~demand) for one in useful))
    searched = Search(problem, 1_000_000).best()
    assert key_of(solve_in_stages(problem)) == key_of(searched)


@settings(max_examples=200, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_roles_does_not_matter(world, random):
    roles, demand = world
    shuffled = list(roles)
    random.shuffle(shuffled)
    assert minimum_cover(demand, shuffled) == minimum_cover(demand, roles)


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_reducing_never_adds_roles_and_never_forgets_an_action(world):
    roles, demand = world
    problem = reduced(demand, roles)
    assert len(problem.candidates) + len(problem.settled) <= len(roles)
    settled = 0
    for one in problem.settled:
        settled |= one.bits
    assert demand & ~problem.demand == demand & settled
