"""What holds of the choice of identities in any estate: isolation, no wider access, one choice each."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation, Outcome
from keyless.model.identities import ComputeResource, IdentityKind, ManagedIdentity
from keyless.model.resource_id import ResourceId
from keyless.model.roles import Permission, RoleDefinition
from keyless.plan.given import Given
from keyless.plan.make import make_plan
from keyless.plan.policy.identities import ComputeHints, IdentityRules
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.results.identities import IdentityChange

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
ACTIONS = tuple(
    f"Microsoft.KeyVault/vaults/secrets/{verb}" for verb in ("getSecret/action", "setSecret/action", "delete")
)
SCOPES = tuple(
    f"{SUBSCRIPTION}/resourceGroups/data/providers/Microsoft.KeyVault/vaults/{name}"
    for name in ("one", "two")
)


def role(name: str, *actions: str) -> RoleDefinition:
    return RoleDefinition(name, name, (Permission(data_actions=actions),), ("/",))


ROLES = (role("reader", ACTIONS[0]), role("writer", *ACTIONS[:2]), role("owner", *ACTIONS))


@st.composite
def worlds(draw) -> tuple[Given, PlanPolicy]:
    """Some compute resources, own and shared identities, and what was seen of these."""
    shared = [
        Subject(
            f"shared-{name}",
            name,
            SubjectKind.USER_ASSIGNED,
            f"{SUBSCRIPTION}/resourceGroups/{draw(st.sampled_from(['one-prod', 'two']))}"
            f"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}",
        )
        for name in ("x", "y")[: draw(st.integers(0, 2))]
    ]
    compute = [draw(_compute(f"host-{number}", shared)) for number in range(draw(st.integers(1, 5)))]
    own = [
        Subject(one.system_assigned.principal_id, one.name, SubjectKind.SYSTEM_ASSIGNED, one.resource_id)
        for one in compute
        if one.system_assigned is not None
    ]
    applications = [
        Subject("app", "app", SubjectKind.APPLICATION, compute=draw(st.sampled_from(compute)).resource_id)
    ][: draw(st.integers(0, 1))]
    subjects = [*own, *shared, *applications]
    uses = st.tuples(st.sampled_from(subjects), st.sampled_from(ACTIONS), st.sampled_from(SCOPES))
    seen = draw(st.lists(uses, max_size=12)) if subjects else []
    observations = [
        Observation(who.principal_id, "Use", ActionPlane.DATA, action, scope, Outcome.LEARNED, "", 1, 0, 0)
        for who, action, scope in seen
    ]
    hints = {one.name: draw(_HINTS) for one in compute if draw(st.booleans())}
    policy = PlanPolicy(identities=IdentityRules(compute=hints))
    return given_world(subjects, observations, compute), policy


def given_world(subjects, observations, compute=()) -> Given:
    return Given(
        subjects=subjects,
        observations=observations,
        compute=compute,
        choose_from=ROLES,
        custom_roles={one.id: one for one in ROLES},
    )


_MAYBE = st.sampled_from([None, None, None, True])
_HINTS = st.builds(
    ComputeHints,
    replicated=_MAYBE,
    ephemeral=_MAYBE,
    access_before_deployment=_MAYBE,
    audit_per_resource=_MAYBE,
    lifecycle_with_resource=_MAYBE,
)


@st.composite
def _compute(draw, name: str, shared: list[Subject]) -> ComputeResource:
    group = f"{SUBSCRIPTION}/resourceGroups/{draw(st.sampled_from(['one', 'two', 'apps-dev']))}"
    kind = draw(
        st.sampled_from(
            [
                "Microsoft.Web/sites",
                "Microsoft.Compute/virtualMachines",
                "Microsoft.AzureStackHCI/virtualMachines",
            ]
        )
    )
    resource_id = f"{group}/providers/{kind}/{name}"
    identity = ManagedIdentity(IdentityKind.SYSTEM_ASSIGNED, name, resource_id, f"c-{name}", f"own-{name}")
    only_own = "AzureStackHCI" in kind
    tags = {
        tag: draw(st.sampled_from(values))
        for tag, values in {"environment": ("prod", "test"), "trustZone": ("a", "b")}.items()
        if draw(st.booleans())
    }
    return ComputeResource(
        resource_id,
        name,
        draw(st.sampled_from(["westeurope", "northeurope"])),
        system_assigned=draw(st.sampled_from([identity, None])),
        user_assigned=tuple(one.resource_id for one in shared if not only_own and draw(st.booleans())),
        tags=tags,
    )


def known_side(compute: ComputeResource) -> tuple[str, str]:
    """The environment and zone that a resource is known to be of."""
    by_name = "dev" if "apps-dev" in compute.resource_id else ""
    return compute.tags.get("environment", by_name), compute.tags.get("trustZone", "")


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_every_compute_resource_has_exactly_one_choice_with_its_reason(world):
    given_, policy = world
    choices = make_plan(given_, policy).identities.choices
    assert sorted(one.resource for one in choices) == sorted(one.resource_id for one in given_.compute)
    assert all(one.reason and one.rules for one in choices)


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_nobody_new_shares_across_environments_or_zones_and_nobody_is_left_to_in_use(world):
    given_, policy = world
    plan = make_plan(given_, policy)
    compute = {one.resource_id: one for one in given_.compute}
    several = {one.resource for one in plan.identities.choices if "severalInUse" in one.rules}
    used = {one.principal.principal_id for one in plan.assignments}
    for choice in plan.identities.choices:
        if choice.identity.principal_id not in used:
            continue
        for one, other in combinations([compute[member] for member in choice.members], 2):
            if several & {one.resource_id, other.resource_id}:
                continue
            sides = zip(known_side(one), known_side(other), strict=True)
            assert not any(mine and theirs and mine != theirs for mine, theirs in sides)


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_a_new_shared_identity_lies_within_one_region_and_subscription(world):
    given_, policy = world
    locations = {one.resource_id: one.location for one in given_.compute}
    for choice in make_plan(given_, policy).identities.choices:
        if choice.identity.is_proposed:
            assert len({locations[member] for member in choice.members}) == 1


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_no_resource_gets_more_than_the_least_roles_for_what_it_needs(world):
    """A resource may do, through all identities that it has, no more than each alone would be granted."""
    given_, policy = world
    plan = make_plan(given_, policy)
    kept = make_plan(given_, PlanPolicy(identities=IdentityRules(keep=True)))
    before = {one.resource_id: _identities(one, given_) for one in given_.compute}
    for choice in plan.identities.choices:
        whose = {choice.identity.principal_id, *(one.principal_id for one in choice.besides)}
        after = granted(plan, whose)
        assert after <= _least(given_, policy, before[choice.resource]) | granted(
            kept, before[choice.resource]
        )


def _identities(compute: ComputeResource, given_: Given) -> set[str]:
    """All whose access a resource could use before: its identities' and those of applications on it."""
    own = {compute.system_assigned.principal_id} if compute.system_assigned else set()
    shared = {one.principal_id for one in given_.subjects if one.resource_id in compute.user_assigned}
    return own | shared | {one.principal_id for one in given_.subjects if one.compute == compute.resource_id}


def granted(plan, whose: set[str]) -> set[tuple[ResourceId, str]]:
    """What these principals may do by a plan: by scope and action."""
    definitions = {one.id: one for one in ROLES}
    return {
        (one.scope_id, action)
        for one in plan.assignments
        if one.principal.principal_id in whose
        for block in definitions[one.role_id].permissions
        for action in block.data_actions
    }


def _least(given_: Given, policy: PlanPolicy, whose: set[str]) -> set[tuple[ResourceId, str]]:
    """What the least roles grant one principal that needs what all of these do."""
    together = Subject("together", "together", SubjectKind.APPLICATION)
    observations = [
        Observation("together", *(getattr(one, field) for field in one.__struct_fields__[1:]))
        for one in given_.observations
        if one.principal_id in whose
    ]
    return granted(make_plan(given_world([together], observations)), {"together"})


@settings(max_examples=30, deadline=None)
@given(worlds(), st.randoms())
def test_the_order_of_what_is_given_changes_nothing(world, random):
    given_, policy = world
    subjects, observations, compute = list(given_.subjects), list(given_.observations), list(given_.compute)
    for one in (subjects, observations, compute):
        random.shuffle(one)
    shuffled = given_world(subjects, observations, compute)
    assert make_plan(shuffled, policy).identities == make_plan(given_, policy).identities


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_all_that_was_seen_is_still_granted_to_whoever_takes_over(world):
    given_, policy = world
    plan = make_plan(given_, policy)
    assert plan.containment.missing == ()
    heirs = {
        one.principal_id: choice.identity.principal_id
        for choice in plan.identities.choices
        for one in choice.replaces
    }
    for seen in given_.observations:
        heir = heirs.get(seen.principal_id, seen.principal_id)
        assert (seen.scope_id, seen.action) in granted(plan, {heir}), seen


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_sharing_never_takes_more_assignments_and_the_count_is_the_plans(world):
    given_, policy = world
    plan = make_plan(given_, policy)
    counts = plan.identities
    hosted = {one.identity.principal_id for one in counts.choices}
    hosted |= {one.principal_id for choice in counts.choices for one in choice.besides}
    mine = [one for one in plan.assignments if one.principal.principal_id in hosted]
    assert counts.assignments_after == len(mine)
    assert counts.assignments_after <= counts.assignments_apart


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_what_is_kept_is_an_identity_that_the_resource_has(world):
    given_, policy = world
    compute = {one.resource_id: one for one in given_.compute}
    for choice in make_plan(given_, policy).identities.choices:
        if choice.change is IdentityChange.KEEP:
            assert choice.identity.principal_id in _identities(compute[choice.resource], given_)
        else:
            assert choice.identity.principal_id not in {one.principal_id for one in choice.replaces}
