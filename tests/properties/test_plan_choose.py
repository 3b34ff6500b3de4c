"""What a choice leaves out to save time, against one that leaves nothing out, over Azure's own roles."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.model.resource_id import ResourceId
from keyless.model.roles import Permission, RoleDefinition
from keyless.plan.choose import best_cover, grantable, worthwhile
from keyless.plan.index import role_index
from keyless.plan.places import Place
from keyless.plan.policy.risks import RiskWeights
from keyless.plan.reasons import ALTERNATIVES, alternatives
from keyless.plan.reduce import NotCoverable
from keyless.plan.risk import weigher_for
from keyless.plan.solve import minimum_cover, union_of_bits

GROUP = ResourceId.parse("/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/orders")
BASE = role_index()
OWN = BASE.ranked(
    RoleDefinition(
        "99999999-0000-0000-0000-000000000001",
        "Own",
        (Permission(actions=("Microsoft.Storage/*",), data_actions=("Microsoft.KeyVault/*",)),),
        custom=True,
        assignable_scopes=(GROUP.text,),
    )
)
INDEX = replace(
    BASE,
    weigher=weigher_for(BASE.universe, RiskWeights(), 30),
    limited={GROUP.key: (OWN,)},
    memo={},
)
SMALL = [one for one in BASE.roles if 1 < one.bits.bit_count() < 60]


@st.composite
def demands(draw):
    """Some actions of one or two roles, as an app uses them."""
    demand = 0
    for role in draw(st.lists(st.sampled_from(SMALL), min_size=1, max_size=2)):
        names = range(role.bits.bit_count())
        wanted = draw(st.sets(st.sampled_from(names), min_size=1, max_size=3))
        bits = role.bits
        for at in names:
            lowest = bits & -bits
            bits ^= lowest
            demand |= lowest if at in wanted else 0
    return demand


@settings(max_examples=60, deadline=None)
@given(demands(), demands())
def test_the_roles_that_are_not_looked_at_would_not_have_been_chosen(demand, held):
    every = INDEX.roles_at(GROUP)
    asked = {"held": held, "weigher": INDEX.weigher}
    assert grantable(INDEX, demand, GROUP) == demand
    assert best_cover(INDEX, demand, GROUP, held=held) == minimum_cover(demand, every, **asked)
    usual = [one for one in every if not one.is_odd_for(demand | held)]
    try:
        wanted = minimum_cover(demand, usual, **asked)
    except NotCoverable:
        assert demand & ~union_of_bits(worthwhile(INDEX, demand, GROUP, held, usual=True))
    else:
        assert minimum_cover(demand, worthwhile(INDEX, demand, GROUP, held, usual=True), **asked) == wanted


@settings(max_examples=60, deadline=None)
@given(demands())
def test_the_alternatives_are_the_best_of_all(demand):
    cover = best_cover(INDEX, demand, GROUP)
    place = Place("who", GROUP, cover, {}, {}, 0, demand)
    weight = INDEX.cost
    for role in cover.roles:
        kept = union_of_bits(one for one in cover.roles if one != role)
        able = [
            (
                weight((kept | one.bits) & ~demand) + 30 * one.is_odd_for(demand),
                one.is_odd_for(demand),
                one.by_name,
                weight((kept | one.bits) & ~demand),
            )
            for one in INDEX.roles_at(GROUP)
            if one not in cover.roles and not demand & ~kept & ~one.bits
        ]
        found = [(one.weight, one.role_name) for one in alternatives(INDEX, place, role)]
        ids = {one.by_name: one.role.name for one in INDEX.roles_at(GROUP)}
        assert found == [(cost, ids[name]) for _, _, name, cost in sorted(able)[:ALTERNATIVES]]
