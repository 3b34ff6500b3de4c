"""What every plan keeps, whatever the policy says: all that was used, and no more than is stated."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.authz.decide import AccessRequest, Allowed
from keyless.authz.snapshot import compile_snapshot
from keyless.catalog.operations import known_actions
from keyless.catalog.roles import built_in_roles
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation, Outcome
from keyless.model.resource_id import ResourceId
from keyless.model.roles import Permission, RoleDefinition
from keyless.plan.index import role_index
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.risks import RiskWeights
from keyless.plan.policy.roles import CustomRoles, RoleRules
from keyless.plan.policy.scopes import ScopeLevel, ScopeRules
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.results.proof import Method
from plans_made import planned

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/orders"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso"
OTHER = f"{GROUP}/providers/Microsoft.KeyVault/vaults/other"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/contoso"
SCOPES = [GROUP, VAULT, f"{VAULT}/secrets/a", f"{VAULT}/secrets/b", OTHER, ACCOUNT]
ACTIONS = [
    (plane, action)
    for plane in (ActionPlane.CONTROL, ActionPlane.DATA)
    for action in known_actions(plane)
    if action.startswith(("Microsoft.KeyVault/vaults/", "Microsoft.Storage/storageAccounts/"))
] + [(ActionPlane.DATA, "Contoso.Things/things/read")]
IDS = [f"{n:08}-0000-0000-0000-000000000000" for n in range(2)]
PEOPLE = [Subject(one, f"app {one[7]}", SubjectKind.APPLICATION) for one in IDS]
OWN = RoleDefinition(
    "99999999-0000-0000-0000-000000000001",
    "Secret Keeper",
    (Permission(data_actions=("Microsoft.KeyVault/vaults/secrets/*",)),),
    custom=True,
    assignable_scopes=(VAULT,),
)
UNIVERSE = role_index(frozenset({(ActionPlane.DATA, "Contoso.Things/things/read")})).universe

OBSERVATIONS = st.lists(
    st.builds(
        lambda who, action, scope: Observation(
            who, "op", action[0], action[1], scope, Outcome.ALLOWED, "", 1, 0, 0
        ),
        st.sampled_from(IDS),
        st.sampled_from(ACTIONS),
        st.sampled_from(SCOPES),
    ),
    min_size=1,
    max_size=7,
)
POLICIES = st.builds(
    lambda custom, saves, most, level, weights: PlanPolicy(
        roles=RoleRules(custom=custom, custom_saves=saves, most_assignments=most),
        scopes=ScopeRules(level),
        risks=weights,
    ),
    st.sampled_from(list(CustomRoles)),
    st.sampled_from([0, 5, 500]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from(list(ScopeLevel)),
    st.sampled_from([RiskWeights(), RiskWeights(1, 1, 1, 1, 1)]),
)


def made(observations, policy):
    return planned(PEOPLE, observations, policy=policy, custom_roles={OWN.id: OWN})


def definitions(plan):
    proposed = {one.definition.id: one.definition for one in plan.proposed_roles}
    return {role.id: role for role in built_in_roles()} | {OWN.id: OWN} | proposed


@settings(max_examples=25, deadline=None)
@given(OBSERVATIONS, POLICIES)
def test_all_that_was_used_is_granted_or_said_to_be_granted_by_no_role(observations, policy):
    plan = made(observations, policy)
    snapshot = compile_snapshot(plan.role_assignments(), definitions(plan))
    gaps = {(one.principal.principal_id, one.plane, one.action) for one in plan.uncovered}
    for seen in observations:
        request = AccessRequest(frozenset({seen.principal_id}), seen.plane, seen.action, seen.scope_id)
        granted = isinstance(snapshot.decide(request), Allowed)
        assert granted or (seen.principal_id, seen.plane, seen.action) in gaps


@settings(max_examples=25, deadline=None)
@given(OBSERVATIONS, POLICIES)
def test_nothing_is_granted_but_what_was_used_there_and_the_excess_that_is_stated(observations, policy):
    plan = made(observations, policy)
    roles = definitions(plan)
    for one in plan.assignments:
        granted = UNIVERSE.effective(roles[one.role_id])
        stated = 0
        for item in (*one.used, *one.excess):
            stated |= UNIVERSE.bit(item.plane, item.action)
        used_within = 0
        for seen in observations:
            if seen.principal_id == one.principal.principal_id and one.scope_id.contains(seen.scope_id):
                used_within |= UNIVERSE.bit(seen.plane, seen.action)
        assert not granted & ~(stated | used_within)
        assert not stated & ~granted


@settings(max_examples=25, deadline=None)
@given(OBSERVATIONS, POLICIES)
def test_custom_roles_are_where_they_may_be_assigned_and_proposed_ones_are_used(observations, policy):
    plan = made(observations, policy)
    roles = definitions(plan)
    for one in plan.assignments:
        scopes = [ResourceId.parse(text) for text in roles[one.role_id].assignable_scopes]
        assert any(scope.contains(one.scope_id) for scope in scopes)
    given_roles = {one.role_id for one in plan.assignments}
    assert {one.definition.id for one in plan.proposed_roles} <= given_roles
    if policy.roles.custom is CustomRoles.NONE:
        assert OWN.id not in given_roles
    for one in plan.proposed_roles:
        assert not any("*" in action for block in one.definition.permissions for action in block.actions)


@settings(max_examples=15, deadline=None)
@given(OBSERVATIONS, POLICIES, st.randoms(use_true_random=False))
def test_the_order_of_what_was_seen_does_not_matter_under_any_policy(observations, policy, random):
    shuffled = list(observations)
    random.shuffle(shuffled)
    assert made(shuffled, policy) == made(observations, policy)


@settings(max_examples=15, deadline=None)
@given(OBSERVATIONS, POLICIES)
def test_a_limit_on_assignments_is_kept_or_said_to_be_too_low(observations, policy):
    plan = made(observations, policy)
    most = policy.roles.most_assignments
    for subject in PEOPLE:
        own = [one for one in plan.assignments if one.principal == subject]
        said = any(note.startswith(f"`{subject.name}` needs ") for note in plan.notes)
        assert most is None or len(own) <= most or said
    for proof in plan.certificates:
        assert proof.bound <= proof.cost
        assert proof.optimal or proof.method is Method.WIDENED
