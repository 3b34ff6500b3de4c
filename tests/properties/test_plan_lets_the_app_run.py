"""A plan against the decision that the server makes: under it, all that was observed is allowed."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from keyless.authz.decide import AccessRequest, Allowed
from keyless.authz.snapshot import compile_snapshot
from keyless.catalog.operations import known_actions
from keyless.catalog.roles import built_in_roles
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation, Outcome
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.read import read_plan
from keyless.plan.unused import unused
from keyless.plan.writers.json import write_json
from plans_made import planned

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/orders"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso"
STORE = f"{GROUP}/providers/Microsoft.AppConfiguration/configurationStores/contoso"
SECRETS = [f"{VAULT}/secrets/a", f"{VAULT}/secrets/b"]
SCOPES = [GROUP, VAULT, *SECRETS, f"{VAULT}/keys/k", STORE, f"{STORE}/keyValues/x"]
ACTIONS = [
    (ActionPlane.DATA, action)
    for action in known_actions(ActionPlane.DATA)
    if action.startswith(("Microsoft.KeyVault/", "Microsoft.AppConfiguration/", "Microsoft.Storage/"))
] + [
    (ActionPlane.CONTROL, action)
    for action in known_actions(ActionPlane.CONTROL)
    if action.startswith(("Microsoft.KeyVault/vaults/", "Microsoft.AppConfiguration/configurationStores/"))
]
IDS = [f"{n:08}-0000-0000-0000-000000000000" for n in range(2)]
PEOPLE = [Subject(one, f"app {one[7]}", SubjectKind.APPLICATION) for one in IDS]
ROLES = {role.id: role for role in built_in_roles()}

OBSERVATION = st.builds(
    lambda subject, action, scope, count: Observation(
        subject.principal_id, "op", action[0], action[1], scope, Outcome.LEARNED, "", count, 0, 0
    ),
    st.sampled_from(PEOPLE),
    st.sampled_from(ACTIONS),
    st.sampled_from(SCOPES),
    st.integers(1, 9),
)
OBSERVATIONS = st.lists(OBSERVATION, min_size=1, max_size=8)


def allowed(assignments, seen):
    request = AccessRequest(frozenset({seen.principal_id}), seen.plane, seen.action, seen.scope_id)
    return isinstance(compile_snapshot(assignments, ROLES).decide(request), Allowed)


def is_uncovered(plan, seen):
    wanted = (seen.principal_id, seen.plane, seen.action)
    return wanted in {(gap.principal.principal_id, gap.plane, gap.action) for gap in plan.uncovered}


@settings(max_examples=60, deadline=None)
@given(OBSERVATIONS, st.booleans())
def test_under_the_plan_all_that_was_observed_is_allowed(observations, object_scope):
    plan = planned(PEOPLE, observations, flags={"object_scope": object_scope})
    for seen in observations:
        assert allowed(plan.role_assignments(), seen) or is_uncovered(plan, seen)


@settings(max_examples=60, deadline=None)
@given(OBSERVATIONS, st.booleans())
def test_without_any_one_of_its_assignments_something_is_denied(observations, object_scope):
    plan = planned(PEOPLE, observations, flags={"object_scope": object_scope})
    assignments = plan.role_assignments()
    for left_out in assignments:
        rest = [one for one in assignments if one != left_out]
        assert any(not allowed(rest, seen) for seen in observations if not is_uncovered(plan, seen))


@settings(max_examples=40, deadline=None)
@given(OBSERVATIONS, st.randoms(use_true_random=False))
def test_a_plan_is_the_same_for_the_same_observations_in_any_order(observations, random):
    shuffled = list(observations)
    random.shuffle(shuffled)
    assert planned(PEOPLE[::-1], shuffled) == planned(PEOPLE, observations)


@settings(max_examples=40, deadline=None)
@given(OBSERVATIONS)
def test_once_a_plan_is_carried_out_there_is_nothing_left_to_change(observations):
    plan = planned(PEOPLE, observations)
    again = planned(PEOPLE, observations, plan.role_assignments())
    assert again.removals == ()
    assert all(one.exists for one in again.assignments)
    assert [one.id for one in again.assignments] == [one.id for one in plan.assignments]


def seen(action, scope):
    return Observation(IDS[0], "op", ActionPlane.DATA, action, scope, Outcome.LEARNED, "", 1, 0, 0)


CERTIFICATE_AUTHORITIES = "Microsoft.KeyVault/vaults/certificatecas"
HELD_FROM_A_WIDER_SCOPE = [
    seen(f"{CERTIFICATE_AUTHORITIES}/read", GROUP),
    seen(f"{CERTIFICATE_AUTHORITIES}/delete", VAULT),
]


@settings(max_examples=40, deadline=None)
@given(OBSERVATIONS)
@example([*HELD_FROM_A_WIDER_SCOPE, seen(f"{CERTIFICATE_AUTHORITIES}/read", VAULT)])
@example([*HELD_FROM_A_WIDER_SCOPE, seen(f"{CERTIFICATE_AUTHORITIES}/read", f"{VAULT}/keys/k")])
def test_what_a_plan_was_made_from_is_no_unused_permission(observations):
    plan = planned(PEOPLE, observations)
    for rest in unused(plan, observations):
        assert not rest.wholly
        assert set(rest.actions) == set(rest.assignment.excess)


@settings(max_examples=20, deadline=None)
@given(OBSERVATIONS)
def test_a_plan_survives_its_json(observations):
    plan = planned(PEOPLE, observations)
    assert read_plan(write_json(plan)) == plan
