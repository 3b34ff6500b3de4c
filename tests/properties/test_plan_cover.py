"""The minimum cover against a search through all sets of roles."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.model.roles import RoleDefinition
from keyless.plan.index import RankedRole
from keyless.plan.milp import solve_in_stages
from keyless.plan.policy.effort import Effort
from keyless.plan.reduce import Candidate, Problem, reduced
from keyless.plan.solve import Search, TooFewRoles, coverable, key_of, minimum_cover, union_of_bits
from keyless.plan.weigh import COUNTED, Weigher

BITS = 9
SET = st.integers(0, 2**BITS - 1)
ROLE = st.tuples(st.sampled_from("ABCabc"), SET, st.booleans(), st.sampled_from([0, 0b11, 0b11100]))
WEIGHER = st.builds(
    lambda base, first, second, some, odd: Weigher.of(
        base, [(some & 0b1111, first), (some & ~0b1111, second)], odd
    ),
    st.integers(1, 4),
    st.integers(1, 40),
    st.integers(1, 9),
    SET,
    st.sampled_from([0, 0, 1, 7]),
)
ONLY_SOLVER = Effort(search_steps=0)


@st.composite
def worlds(draw):
    drawn = draw(st.lists(ROLE, min_size=1, max_size=8))
    roles = [
        RankedRole(RoleDefinition(f"{at:02}", name, ()), bits, for_all, home)
        for at, (name, bits, for_all, home) in enumerate(drawn)
    ]
    return roles, coverable(draw(SET), roles)


def weight_of(bits, weigher):
    """What a set weighs, permission by permission."""
    weight = 0
    for at in range(BITS):
        if bits >> at & 1:
            weight += weigher.base + sum(more for part, more in weigher.parts if part >> at & 1)
    return weight


def brute_force(demand, roles, weigher=COUNTED, most=None):
    """The best of all covers, by the definition of the objective; none where none has so few roles."""
    best = None
    for number in range(len(roles) + 1 if most is None else most + 1):
        for some in combinations(roles, number):
            granted = 0
            for one in some:
                granted |= one.bits
            if demand & ~granted:
                continue
            key = (
                weight_of(granted & ~demand, weigher)
                + weigher.odd * sum(is_odd(one, demand) for one in some),
                number,
                sum(is_odd(one, demand) for one in some),
                sorted(one.by_name for one in some),
            )
            if best is None or key < best:
                best = key
    return best


def is_odd(role, demand):
    return not role.for_all or (role.home != 0 and role.home & demand == 0)


def key_of_cover(cover, demand, weigher=COUNTED):
    return (
        weight_of(cover.excess, weigher) + weigher.odd * sum(is_odd(one, demand) for one in cover.roles),
        len(cover.roles),
        sum(is_odd(one, demand) for one in cover.roles),
        [one.by_name for one in cover.roles],
    )


@settings(max_examples=400, deadline=None)
@given(worlds(), WEIGHER)
def test_the_cover_is_the_best_of_all_and_its_certificate_says_so(world, weigher):
    roles, demand = world
    cover = minimum_cover(demand, roles, weigher=weigher)
    assert key_of_cover(cover, demand, weigher) == brute_force(demand, roles, weigher)
    assert cover.cost == cover.bound == key_of_cover(cover, demand, weigher)[0]


@settings(max_examples=100, deadline=None)
@given(worlds(), WEIGHER)
def test_the_solver_finds_the_same_cover_as_the_search(world, weigher):
    roles, demand = world
    found = minimum_cover(demand, roles, weigher=weigher, effort=ONLY_SOLVER)
    assert found == minimum_cover(demand, roles, weigher=weigher)
    assert found.cost == found.bound


@settings(max_examples=100, deadline=None)
@given(worlds(), WEIGHER)
def test_the_solver_is_right_on_problems_that_were_not_reduced(world, weigher):
    roles, demand = world
    useful = sorted((one for one in roles if one.bits & demand), key=lambda one: one.by_name)
    candidates = tuple(
        Candidate(one, one.bits & demand, one.bits & ~demand, one.is_odd_for(demand)) for one in useful
    )
    problem = Problem(demand, candidates, weigher=weigher)
    searched = Search(problem, 1_000_000).best()
    solved = solve_in_stages(problem)
    assert key_of(solved.chosen, weigher) == key_of(searched, weigher)
    assert solved.bound == key_of(searched, weigher)[0]


@settings(max_examples=200, deadline=None)
@given(worlds(), WEIGHER, st.integers(0, 3), st.sampled_from([Effort(), ONLY_SOLVER]))
def test_with_so_many_roles_at_most_the_cover_is_the_best_of_those(world, weigher, most, effort):
    roles, demand = world
    best = brute_force(demand, roles, weigher, most)
    try:
        cover = minimum_cover(demand, roles, weigher=weigher, most=most, effort=effort)
    except TooFewRoles:
        assert best is None
    else:
        assert key_of_cover(cover, demand, weigher) == best


@settings(max_examples=200, deadline=None)
@given(worlds(), WEIGHER)
def test_a_search_that_is_stopped_still_covers_and_its_bound_is_none_too_high(world, weigher):
    roles, demand = world
    cover = minimum_cover(demand, roles, weigher=weigher, effort=Effort(search_steps=0, solver_nodes=0))
    least = brute_force(demand, roles, weigher)[0]
    granted = 0
    for one in cover.roles:
        granted |= one.bits
    assert not demand & ~granted
    assert cover.bound <= least <= cover.cost == key_of_cover(cover, demand, weigher)[0]


@settings(max_examples=200, deadline=None)
@given(worlds(), SET, WEIGHER)
def test_what_is_granted_for_less_never_weighs_more(world, some, weigher):
    """Odd roles apart: which roles are odd depends on what is asked for."""
    roles, demand = world
    weigher = replace(weigher, odd=0)
    less, all_of_it = (
        union_of_bits(minimum_cover(asked, roles, weigher=weigher).roles) for asked in (demand & some, demand)
    )
    assert weight_of(less, weigher) <= weight_of(all_of_it, weigher)


@settings(max_examples=200, deadline=None)
@given(worlds(), WEIGHER)
def test_without_any_one_of_its_roles_a_cover_is_none(world, weigher):
    roles, demand = world
    chosen = minimum_cover(demand, roles, weigher=weigher).roles
    for left_out in chosen:
        assert demand & ~union_of_bits(one for one in chosen if one is not left_out)


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
