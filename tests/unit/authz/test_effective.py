from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.authz.effective import Universe
from keyless.model.actions import ActionPlane
from keyless.model.roles import Permission, RoleDefinition

PLANES = (ActionPlane.CONTROL, ActionPlane.DATA)
SEGMENT = st.text("abAB.", min_size=1, max_size=2)
ACTION = st.lists(SEGMENT, min_size=1, max_size=3).map("/".join)
PATTERN = st.lists(st.sampled_from(["a", "B", "ab", "*", "/", ".", "Ab/", "b*"]), max_size=5).map("".join)
PATTERNS = st.lists(PATTERN, max_size=3).map(tuple)
BLOCK = st.builds(
    Permission,
    actions=PATTERNS,
    not_actions=PATTERNS,
    data_actions=PATTERNS,
    not_data_actions=PATTERNS,
    condition=st.sampled_from([None, None, "@Resource[x] boolequals true"]),
)
ROLE = st.lists(BLOCK, max_size=3).map(lambda blocks: RoleDefinition("id", "name", tuple(blocks)))


def role(**block):
    return RoleDefinition("id", "name", (Permission(**block),))


@given(control=st.lists(ACTION, max_size=8), data=st.lists(ACTION, max_size=8), role=ROLE)
def test_a_role_has_exactly_the_actions_that_its_unconditional_blocks_grant(control, data, role):
    universe = Universe(control, data)
    bits = universe.effective(role)
    for plane, actions in zip(PLANES, (control, data), strict=True):
        for action in actions:
            granted = any(b.condition is None and b.grants(plane, action) for b in role.permissions)
            assert bool(bits & universe.bit(plane, action)) == granted


@given(control=st.lists(ACTION, max_size=8), data=st.lists(ACTION, max_size=8), role=ROLE)
def test_names_and_bits_are_two_ways_to_say_the_same(control, data, role):
    universe = Universe(control, data)
    bits = universe.effective(role)
    again = 0
    for plane in PLANES:
        for name in universe.names(bits, plane):
            again |= universe.bit(plane, name)
    assert again == bits
    assert len(universe.names(bits)) == bits.bit_count()


def test_the_planes_never_mix_even_for_the_same_action():
    universe = Universe(["P.Q/x/read"], ["P.Q/x/read"])
    control = universe.effective(role(actions=("*",)))
    data = universe.effective(role(data_actions=("*",)))
    assert control == universe.bit(ActionPlane.CONTROL, "p.q/X/read")
    assert data == universe.bit(ActionPlane.DATA, "p.q/X/read")
    assert not control & data


def test_what_is_taken_out_is_taken_out_of_its_own_block_only():
    blocks = (
        Permission(actions=("P.Q/*",), not_actions=("P.Q/x/write",)),
        Permission(actions=("P.Q/x/write",)),
    )
    universe = Universe(["P.Q/x/read", "P.Q/x/write"], [])
    assert universe.names(universe.effective(RoleDefinition("i", "n", blocks))) == (
        "P.Q/x/read",
        "P.Q/x/write",
    )


def test_a_block_with_a_condition_gives_nothing():
    universe = Universe(["P.Q/x/read"], [])
    assert universe.effective(role(actions=("*",), condition="@Resource[x] boolequals true")) == 0


def test_a_wildcard_does_not_cross_into_a_provider_with_a_longer_name():
    universe = Universe(["Microsoft.Network/x/read", "Microsoft.NetworkCloud/x/read"], [])
    bits = universe.of_patterns(ActionPlane.CONTROL, ["Microsoft.Network/*/read"])
    assert universe.names(bits) == ("Microsoft.Network/x/read",)


def test_spellings_that_differ_in_case_are_one_action_and_the_first_is_shown():
    universe = Universe(["P.Q/Read", "p.q/read"], [])
    assert len(universe) == 1
    assert universe.names(universe.of_patterns(ActionPlane.CONTROL, ["P.q/rEAD"])) == ("P.Q/Read",)


@pytest.mark.parametrize("action", ["P.Q/unknown", "P.Q/*"])
def test_what_is_not_in_the_universe_has_no_bit(action):
    assert Universe(["P.Q/read"], []).bit(ActionPlane.CONTROL, action) == 0


def test_names_can_be_asked_for_one_plane():
    universe = Universe(["P.Q/c"], ["P.Q/d"])
    bits = universe.effective(role(actions=("*",), data_actions=("*",)))
    assert universe.names(bits) == ("P.Q/c", "P.Q/d")
    assert universe.names(bits, ActionPlane.CONTROL) == ("P.Q/c",)
    assert universe.names(bits, ActionPlane.DATA) == ("P.Q/d",)


def test_a_thousand_wildcards_over_twenty_thousand_actions_take_no_noticeable_time():
    actions = [f"P{i % 200}.Q/type{i % 7}/sub{i}/read" for i in range(20_000)]
    patterns = [f"P{i % 200}.Q/type{i % 7}/*/read" for i in range(1_000)]
    universe = Universe(actions, [])
    started = time.perf_counter()
    bits = universe.of_patterns(ActionPlane.CONTROL, patterns)
    assert bits.bit_count() > 10_000
    assert time.perf_counter() - started < 2
