"""Plans with few assignments against all the choices that there are."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.authz.effective import Universe
from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleDefinition
from keyless.plan.fewer import number_of, with_fewer
from keyless.plan.index import RankedRole, RoleIndex
from keyless.plan.places import places
from keyless.plan.problem import Demand
from keyless.plan.weigh import Weigher

ACTIONS = [f"Microsoft.A/{letter}/read" for letter in "abcdef"]
SUBSCRIPTIONS = [f"/subscriptions/{n}{n}{n}{n}{n}{n}{n}{n}-0000-0000-0000-000000000000" for n in (1, 2)]
SCOPES = [
    ResourceId.parse(f"{subscription}/resourceGroups/{group}/providers/Microsoft.A/things/{thing}")
    for subscription, group, thing in ((0, "g", "x"), (0, "g", "y"), (0, "h", "x"), (1, "g", "x"))
    for subscription in [SUBSCRIPTIONS[subscription]]
]
SET = st.integers(1, 2 ** len(ACTIONS) - 1)


@st.composite
def worlds(draw):
    """An index of few roles, and one principal's places at two to four scopes."""
    roles = [
        RankedRole(RoleDefinition(f"{at:02}", f"R{at}", ()), bits, True)
        for at, bits in enumerate(draw(st.lists(SET, min_size=2, max_size=5)))
    ]
    weigher = Weigher.of(1, [(0b1001, draw(st.integers(1, 9)))])
    index = RoleIndex(Universe(ACTIONS, ()), tuple(roles), weigher=weigher)
    scopes = draw(st.lists(st.sampled_from(SCOPES), min_size=2, max_size=4, unique=True))
    demands = []
    for scope in scopes:
        wanted = draw(st.sets(st.sampled_from(ACTIONS), min_size=1, max_size=4))
        demands.append(Demand("who", scope, {(ActionPlane.CONTROL, one): 1 for one in sorted(wanted)}))
    return index, places(index, demands)


def cost_of(index, found):
    return sum(place.cost(index, place.granted) for place in found)


def covers(index, place):
    """Every cover of a place: its number of roles, and what it weighs."""
    for number in range(len(index.roles) + 1):
        for some in combinations(index.roles, number):
            granted = 0
            for one in some:
                granted |= one.bits
            if not place.used & ~granted:
                yield number, index.cost(place.excess(index, granted))


def brute_force(index, settled, most):
    """The least that so many assignments weigh at these scopes; none where so few do not do."""
    sums = (
        (sum(number for number, _ in chosen), sum(cost for _, cost in chosen))
        for chosen in product(*(list(covers(index, place)) for place in settled))
    )
    return min((cost for number, cost in sums if number <= most), default=None)


@settings(max_examples=80, deadline=None)
@given(worlds(), st.integers(1, 6))
def test_at_the_same_scopes_so_few_assignments_weigh_the_least(world, most):
    index, settled = world
    best = brute_force(index, settled, most)
    found, too_many = with_fewer(index, settled, most)
    if best is not None:
        assert number_of(found) <= most
        assert cost_of(index, found) == best
        assert not too_many
        assert not any(place.widened for place in found)


@settings(max_examples=80, deadline=None)
@given(worlds(), st.integers(1, 6))
def test_all_that_is_used_is_granted_still_and_the_number_is_kept_or_said_to_be_too_small(world, most):
    index, settled = world
    found, too_many = with_fewer(index, settled, most)
    assert (number_of(found) <= most) == (not too_many)
    if too_many:
        assert list(found) == list(settled)
        assert most < too_many["who"] <= number_of(settled)
    for place in settled:
        granted = 0
        for one in found:
            granted |= one.granted if one.scope.contains(place.scope) else 0
        assert not place.used & ~granted


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(1, 6))
def test_with_more_assignments_no_more_is_granted_besides(world, most):
    index, settled = world
    fewer, too_few = with_fewer(index, settled, most)
    more, _ = with_fewer(index, settled, most + 1)
    if not too_few and not any(place.widened for place in (*fewer, *more)):
        assert cost_of(index, more) <= cost_of(index, fewer)
