"""What holds of every two plans that are compared."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from keyless.plan.compared import Part
from keyless.plan.difference import Kind, difference
from keyless.plan.result import Plan
from plan_pages_made import PLAN

SCOPES = tuple(sorted({one.scope for one in PLAN.assignments}))
ASSIGNMENTS = st.lists(
    st.builds(
        lambda one, scope, excess: replace(one, scope=scope, excess=one.excess[:excess]),
        st.sampled_from(PLAN.assignments),
        st.sampled_from(SCOPES),
        st.integers(0, 2),
    ),
    unique_by=lambda one: (one.principal.principal_id, one.role_id, one.scope),
    max_size=6,
)
PLANS = st.builds(lambda found: Plan(assignments=tuple(found)), ASSIGNMENTS)


def _places(plan: Plan) -> set[tuple[str, str, str]]:
    return {(one.principal.principal_id, one.role_id, one.scope) for one in plan.assignments}


@given(PLANS, PLANS)
@settings(deadline=None, max_examples=60)
def test_nothing_differs_exactly_where_the_assignments_and_their_excess_are_the_same(old, new):
    same = _places(old) == _places(new) and Counter(map(_excess, old.assignments)) == Counter(
        map(_excess, new.assignments)
    )
    assert difference(old, new).is_empty == same


def _excess(one) -> tuple[str, str, str, int]:
    return (one.principal.principal_id, one.role_id, one.scope, len(one.excess))


@given(PLANS, PLANS)
@settings(deadline=None, max_examples=60)
def test_what_is_told_accounts_for_every_assignment(old, new):
    """Each that is gone or new is told once: as such, or as one half of a change of role or scope."""
    gone, added = _places(old) - _places(new), _places(new) - _places(old)
    counts = Counter(one.kind for one in difference(old, new).changes if one.part is Part.ASSIGNMENTS)
    assert len(added) - counts[Kind.ADDED] == len(gone) - counts[Kind.REMOVED] >= 0


@given(PLANS, PLANS)
@settings(deadline=None, max_examples=60)
def test_the_way_back_tells_the_same_numbers_with_the_other_sign(old, new):
    there, back = difference(old, new), difference(new, old)
    assert [(one.name, one.change) for one in there.excess] == [
        (one.name, -one.change) for one in back.excess
    ]
