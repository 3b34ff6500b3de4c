"""The proof of a plan against slow, plain references: what is missing, what is new, what time would show."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.authz.reference import Asked, World
from keyless.authz.reference import is_allowed as reference_allows
from keyless.catalog.roles import built_in_roles
from keyless.model.actions import ActionPlane
from keyless.model.directory import Group
from keyless.model.evidence import Observation, Outcome
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.plan.policy.evidence import EvidenceRules, KeepRule
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.results.actions import GrantedAction
from plans_made import planned

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/orders"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso"
SCOPES = [GROUP, VAULT, f"{VAULT}/secrets/a", f"{VAULT}/secrets/b"]
SECRETS = "Microsoft.KeyVault/vaults/secrets"
ACTIONS = [
    (ActionPlane.DATA, f"{SECRETS}/getSecret/action"),
    (ActionPlane.DATA, f"{SECRETS}/setSecret/action"),
    (ActionPlane.DATA, f"{SECRETS}/delete"),
    (ActionPlane.DATA, f"{SECRETS}/readMetadata/action"),
    (ActionPlane.CONTROL, "Microsoft.KeyVault/vaults/read"),
]
IDS = [f"{n:08}-0000-0000-0000-000000000000" for n in range(3)]
PEOPLE = [Subject(one, f"app {one[7]}", SubjectKind.APPLICATION) for one in IDS]
TEAM = "99999999-0000-0000-0000-000000000000"
DAY = 24 * 60 * 60


def role(number: int, *granted: tuple[ActionPlane, str]) -> RoleDefinition:
    names = {plane: tuple(name for at, name in granted if at is plane) for plane in ActionPlane}
    block = Permission(actions=names[ActionPlane.CONTROL], data_actions=names[ActionPlane.DATA])
    return RoleDefinition(f"aaaaaaaa-0000-0000-0000-{number:012}", f"Role {number}", (block,))


SMALL = tuple(
    role(number, *granted)
    for number, granted in enumerate(
        [ACTIONS[:1], ACTIONS[:2], ACTIONS[1:4], ACTIONS[3:], [ACTIONS[0], ACTIONS[4]], ACTIONS]
    )
)
BY_ID = {one.id: one for one in SMALL}


def observed(subject, action, scope, days, outcome=Outcome.LEARNED) -> Observation:
    days = tuple(sorted(days))
    return Observation(
        subject.principal_id,
        "op",
        action[0],
        action[1],
        scope,
        outcome,
        "",
        len(days),
        days[0] * DAY,
        days[-1] * DAY,
        days,
        (1,) * len(days),
    )


DAYS = st.sets(st.integers(100, 140), min_size=1, max_size=5)
OBSERVATIONS = st.lists(
    st.builds(observed, st.sampled_from(PEOPLE), st.sampled_from(ACTIONS), st.sampled_from(SCOPES), DAYS),
    min_size=1,
    max_size=8,
)
TODAY = st.lists(
    st.builds(
        lambda number, who, one, scope: RoleAssignment(f"today-{number}", who, one.id, scope),
        st.integers(0, 10**6),
        st.sampled_from([*IDS[:1], TEAM]),
        st.sampled_from(SMALL),
        st.sampled_from(SCOPES),
    ),
    max_size=5,
    unique_by=lambda one: one.id,
)
MEMBERS = st.sets(st.sampled_from(IDS), min_size=2).map(
    lambda ids: Group(TEAM, "team", members=tuple(sorted(ids)))
)


def is_allowed(assignments, groups, principal_id, action, scope) -> bool:
    world = World(roles=SMALL, assignments=assignments, groups=groups)
    return reference_allows(world, Asked(principal_id, *action, scope))


def small(observations, today=(), team=None, **given):
    groups = [team] if team else []
    return planned(PEOPLE, observations, today, choose_from=SMALL, groups=groups, custom_roles=BY_ID, **given)


@settings(max_examples=60, deadline=None)
@given(OBSERVATIONS, TODAY, MEMBERS)
def test_everything_used_is_allowed_by_the_plan_as_the_reference_decides_too(observations, today, team):
    plan = small(observations, today, team)
    assert plan.containment.missing == ()
    assert plan.containment.by_plan == plan.containment.used
    for seen in observations:
        action = (seen.plane, seen.action)
        assert is_allowed(plan.role_assignments(), (), seen.principal_id, action, seen.scope)


@settings(max_examples=60, deadline=None)
@given(OBSERVATIONS, TODAY, MEMBERS)
def test_what_is_new_is_exactly_what_nothing_grants_today(observations, today, team):
    plan = small(observations, today, team)
    told = {
        (one.assignment_id, granted.plane, granted.action)
        for one in plan.containment.added
        for granted in expanded(one)
    }
    new = {
        (one.id, *action)
        for one in plan.assignments
        for action in ACTIONS
        if BY_ID[one.role_id].permissions[0].grants(*action)
        and not is_allowed(today, (team,), one.principal.principal_id, action, one.scope)
    }
    assert told == new
    assert all(one.count == len(expanded(one)) for one in plan.containment.added)


def expanded(one):
    """The permissions of one assignment that are told to be new."""
    if one.only is not None:
        return list(one.only)
    block = BY_ID[one.role_id].permissions[0]
    granted = [GrantedAction(*action) for action in ACTIONS if block.grants(*action)]
    return [each for each in granted if each not in one.all_but]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(PEOPLE), st.sampled_from(ACTIONS), st.sampled_from(SCOPES)),
        min_size=1,
        max_size=6,
    ),
    DAYS.filter(lambda days: len(days) > 1),
)
def test_of_evidence_that_repeats_daily_the_forecast_denies_nothing(uses, days):
    plan = small([observed(*use, days) for use in uses])
    assert plan.forecast is not None
    assert (plan.forecast.denied, plan.forecast.not_again) == (0, ())


@settings(max_examples=40, deadline=None)
@given(OBSERVATIONS)
def test_what_the_forecast_denies_is_what_the_reference_denies_of_the_rest(observations):
    plan = small(observations)
    if plan.forecast is None:
        return
    split_day = plan.forecast.split_at // DAY
    first = [
        observed(PEOPLE[IDS.index(one.principal_id)], (one.plane, one.action), one.scope, early)
        for one in observations
        if (early := [day for day in one.days if day < split_day])
    ]
    then = small(first).role_assignments()
    late = [one for one in observations if one.days[-1] >= split_day]
    denied = sum(
        sum(day >= split_day for day in one.days)
        for one in late
        if not is_allowed(then, (), one.principal_id, (one.plane, one.action), one.scope)
    )
    assert plan.forecast.denied == denied
    assert plan.forecast.events == sum(sum(day >= split_day for day in one.days) for one in late)


@settings(max_examples=60, deadline=None)
@given(OBSERVATIONS, st.integers(1, 45))
def test_a_window_drops_what_is_older_and_nothing_else(observations, window_days):
    plan = small(observations, policy=PlanPolicy(evidence=EvidenceRules(window_days=window_days)))
    today = max(one.days[-1] for one in observations)
    last: dict[tuple[str, str, str], int] = {}
    for seen in observations:
        place = GROUP if seen.scope == GROUP else VAULT
        use = (seen.principal_id, seen.action, place)
        last[use] = max(last.get(use, 0), seen.days[-1])
    old = {use for use, day in last.items() if today - day > window_days}
    assert {(one.principal_id, one.action, one.scope) for one in plan.dropped} == old
    assert plan.containment.missing == ()


@settings(max_examples=40, deadline=None)
@given(OBSERVATIONS, st.integers(1, 45))
def test_a_rule_that_keeps_everything_is_no_window(observations, window_days):
    keep = EvidenceRules(window_days=window_days, keep=(KeepRule(),))
    kept = small(observations, policy=PlanPolicy(evidence=keep))
    assert kept.dropped == ()
    assert kept.assignments == small(observations).assignments


def test_the_small_roles_are_none_of_azures():
    assert not {one.id for one in built_in_roles()} & set(BY_ID)
