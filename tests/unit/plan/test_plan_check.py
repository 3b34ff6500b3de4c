from __future__ import annotations

import io

import msgspec
import pytest
from plan_worlds import (
    ADMINISTRATOR,
    DELETE,
    GET,
    GROUP,
    READER,
    SECRETS_OFFICER,
    SECRETS_USER,
    STORE,
    VAULT,
    WEB,
    WORKER,
    saw,
)
from rich.console import Console

from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.directory import Group
from keyless.model.evidence import Outcome
from keyless.model.resources import Vault
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.plan.check import check_plan
from keyless.plan.given import Given, VaultPolicies
from keyless.plan.make import make_plan
from keyless.plan.policy.policy import DEFAULT_POLICY
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.reports.check import check_markdown, headline, print_check, runner_commands
from keyless.plan.result import Plan
from keyless.plan.results.check import Check, Finding, Problem
from keyless.plan.results.completeness import Completeness
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.native import NativeGrant, NativeSystem

READS = [saw(WEB, GET, f"{VAULT}/secrets/db")]
NARROW = RoleAssignment("99999999-0000-0000-0000-000000000001", WEB.principal_id, SECRETS_USER, VAULT)


def assigned(role, scope, subject=WEB, at=9, **more):
    return RoleAssignment(f"99999999-0000-0000-0000-{at:012}", subject.principal_id, role, scope, **more)


def given(observations=READS, assignments=(NARROW,), subjects=(WEB, WORKER), **more):
    return Given(subjects=subjects, observations=observations, assignments=assignments, **more)


AGREED = make_plan(given())


def checked(now, agreed=AGREED, policy=DEFAULT_POLICY):
    return check_plan(agreed, make_plan(now, policy), now, policy)


def problems(found):
    return [(one.problem, one.who, one.what) for one in found.findings]


def test_a_plan_holds_in_the_world_that_it_was_made_for():
    found = checked(given())
    assert (found.exit_code, found.findings) == (0, ())


def test_a_plan_that_is_not_carried_out_yet_holds_too_where_nothing_goes_beyond_it():
    assert checked(given(assignments=())).exit_code == 0


def test_an_assignment_that_nobody_agreed_on_fails_and_says_how_much_it_is():
    found = checked(given(assignments=(NARROW, assigned(ADMINISTRATOR, GROUP))))
    assert found.exit_code == 1
    (one,) = found.failures
    assert (one.problem, one.who, one.what) == (Problem.GRANTED, "web", "Key Vault Administrator")
    assert one.permissions > 100
    assert one.advice == "remove the assignment"


def test_an_assignment_of_an_identity_that_the_plan_has_nothing_for_fails():
    found = checked(given(assignments=(NARROW, assigned(READER, GROUP, WORKER))))
    assert problems(found) == [(Problem.GRANTED, "worker", "Reader")]


def test_what_the_plan_removes_fails_until_it_is_removed():
    world = given(assignments=(NARROW, assigned(READER, GROUP)))
    agreed = make_plan(world)
    assert [one.role_name for one in agreed.removals] == ["Reader"]
    assert checked(world, agreed).exit_code == 1
    assert checked(given(), agreed).exit_code == 0


def test_a_role_within_what_the_plan_gives_is_not_beyond_it():
    officer = make_plan(given(observations=[saw(WEB, DELETE, VAULT)], assignments=()))
    assert {one.role_id for one in officer.assignments} == {SECRETS_OFFICER}
    now = given(observations=[saw(WEB, DELETE, VAULT)], assignments=(NARROW,))
    assert checked(now, officer).exit_code == 0


def test_the_same_role_at_a_wider_scope_is_beyond_the_plan():
    found = checked(given(assignments=(NARROW, assigned(SECRETS_USER, GROUP))))
    assert problems(found) == [(Problem.GRANTED, "web", "Key Vault Secrets User")]


def test_what_is_granted_and_used_since_fails_and_is_to_be_planned():
    now = given(
        observations=[*READS, saw(WEB, DELETE, VAULT)], assignments=(assigned(SECRETS_OFFICER, VAULT),)
    )
    found = checked(now)
    assert {one.problem for one in found.failures} == {Problem.GRANTED, Problem.USED}
    assert all("keyless plan" in one.advice for one in found.failures)


def test_a_use_that_the_plan_does_not_grant_fails():
    found = checked(given(observations=[*READS, saw(WEB, DELETE, f"{VAULT}/secrets/db")]))
    (one,) = found.failures
    assert (one.problem, one.who, one.what) == (Problem.USED, "web", DELETE)
    assert one.scope == f"{VAULT}/secrets/db"


def test_a_use_by_somebody_whom_nobody_declared_fails():
    stranger = Subject("eeeeeeee-0000-0000-0000-000000000001", "x", SubjectKind.APPLICATION)
    found = checked(given(observations=[*READS, saw(stranger, GET, VAULT)]))
    assert problems(found) == [(Problem.USED, stranger.principal_id, GET)]


def test_what_the_plan_says_that_no_role_grants_is_no_news():
    odd = [*READS, saw(WEB, "Contoso.Things/things/read", STORE)]
    assert checked(given(observations=odd), make_plan(given(observations=odd))).exit_code == 0
    assert checked(given(observations=odd)).exit_code == 1


def denied(first_seen):
    seen = saw(WEB, DELETE, VAULT, outcome=Outcome.DENIED)
    return msgspec.structs.replace(seen, first_seen=first_seen, last_seen=500)


def test_what_was_denied_for_the_first_time_since_fails_and_what_always_was_does_not():
    agreed = msgspec.structs.replace(AGREED, completeness=Completeness(until=100))
    later = checked(given(observations=[*READS, denied(101), denied(102)]), agreed)
    assert problems(later) == [(Problem.DENIED, "web", DELETE)]
    assert checked(given(observations=[*READS, denied(100)]), agreed).exit_code == 0
    assert checked(given(observations=[*READS, denied(101)])).exit_code == 0, "nobody knows since when"


def test_a_denial_that_the_plan_would_allow_is_none():
    agreed = msgspec.structs.replace(AGREED, completeness=Completeness(until=100))
    refused = msgspec.structs.replace(saw(WEB, GET, VAULT, outcome=Outcome.DENIED), first_seen=101)
    assert checked(given(observations=[*READS, refused]), agreed).exit_code == 0


def test_a_role_that_is_not_known_makes_the_check_incomplete():
    found = checked(given(assignments=(NARROW, assigned(UNKNOWN, GROUP))))
    assert found.exit_code == 3
    assert [each.problem for each in found.unsure] == [Problem.UNJUDGED]


UNKNOWN = "ffffffff-0000-0000-0000-000000000001"
CONDITIONAL = assigned(READER, GROUP, condition="@Resource[x] StringEquals 'y'")


def test_what_is_assigned_since_fails_also_where_a_condition_narrows_it():
    assert checked(given(assignments=(NARROW, CONDITIONAL))).exit_code == 1


def without_removals(plan):
    return msgspec.structs.replace(plan, removals=())


def test_what_the_plan_left_alone_is_agreed_on():
    world = given(assignments=(NARROW, CONDITIONAL))
    assert checked(world, without_removals(make_plan(world))).exit_code == 0


@pytest.mark.parametrize(
    "other",
    [
        assigned(ADMINISTRATOR, GROUP, condition="@Resource[x] StringEquals 'y'"),
        assigned(READER, GROUP, WORKER, condition="@Resource[x] StringEquals 'y'"),
        assigned(READER, VAULT.rpartition("/resourceGroups/")[0], condition="@Resource[x] StringEquals 'y'"),
        assigned(READER, GROUP),
    ],
    ids=["another role", "somebody else", "a wider scope", "no condition any more"],
)
def test_an_assignment_with_the_id_of_one_that_was_left_alone_is_not_for_that_agreed_on(other):
    agreed = without_removals(make_plan(given(assignments=(NARROW, CONDITIONAL))))
    assert other.id == CONDITIONAL.id
    assert checked(given(assignments=(NARROW, other)), agreed).exit_code == 1


def custom(*data_actions):
    role = "abababab-0000-0000-0000-000000000001"
    permission = Permission(data_actions=data_actions)
    return {role: RoleDefinition(role, "Ours", (permission,), custom=True, assignable_scopes=(GROUP,))}


def test_a_custom_role_that_was_widened_since_is_beyond_the_plan():
    (role,) = custom()
    ours = assigned(role, GROUP, condition="@Resource[x] StringEquals 'y'")
    world = given(assignments=(NARROW, ours), custom_roles=custom(GET))
    agreed = without_removals(make_plan(world))
    assert checked(world, agreed).exit_code == 0
    (one,) = checked(given(assignments=(NARROW, ours), custom_roles=custom(GET, DELETE)), agreed).failures
    assert (one.what, one.permissions) == ("Ours", 1)
    assert one.why == "its custom role grants more than when the plan was made"


def vault_of(*policies):
    vault = Vault(
        VAULT, "contoso-orders", "westeurope", enable_rbac_authorization=False, access_policies=policies
    )
    return VaultPolicies((vault,), TENANT)


TENANT = "11111111-2222-3333-4444-555555555555"


def allows(who, *secrets):
    return AccessPolicy(TENANT, who.principal_id, PolicyPermissions(secrets=secrets))


def test_what_an_access_policy_gives_since_is_beyond_the_plan():
    agreed = make_plan(given(assignments=(), policies=vault_of(allows(WEB, "get"))))

    def now(*policies):
        return checked(given(assignments=(), policies=vault_of(*policies)), agreed)

    assert now(allows(WEB, "get")).exit_code == 0
    (one,) = now(allows(WEB, "get", "set")).failures
    assert (one.problem, one.who, one.what) == (Problem.GRANTED, "web", "access policy with secrets/set")
    (other,) = now(allows(WEB, "get"), allows(WORKER, "get")).failures
    assert (other.who, other.scope) == ("worker", VAULT)
    (every,) = now(allows(WEB, "all")).failures
    assert every.what == "access policy with 5 permissions"


def test_what_an_access_policy_gives_is_not_beyond_a_plan_whose_roles_give_it():
    assert checked(given(assignments=(), policies=vault_of(allows(WEB, "get")))).exit_code == 0
    assert checked(given(assignments=(), policies=vault_of(allows(WEB, "delete")))).exit_code == 1


def test_a_role_that_the_plan_proposed_and_that_was_made_wider_is_beyond_it():
    (role,) = custom()
    definition = custom(GET)[role]
    proposed = ProposedRole(definition=definition, excess_saved=0, reason="")
    (one,) = AGREED.assignments
    agreed = msgspec.structs.replace(
        AGREED,
        assignments=(msgspec.structs.replace(one, role_id=role),),
        today=(),
        proposed_roles=(proposed,),
    )
    made = (assigned(role, VAULT),)
    assert checked(given(assignments=made, custom_roles=custom(GET)), agreed).exit_code == 0
    assert checked(given(assignments=made, custom_roles=custom(GET, DELETE)), agreed).exit_code == 1


def test_what_was_there_and_is_not_certain_to_go_makes_the_check_incomplete():
    now = given(assignments=(NARROW, assigned(READER, GROUP)))
    fresh = make_plan(now)
    unsure = tuple(msgspec.structs.replace(one, certain=False) for one in fresh.removals)
    open_ = msgspec.structs.replace(fresh, removals=unsure)
    found = check_plan(open_, open_, now, DEFAULT_POLICY)
    assert (found.exit_code, [one.problem for one in found.unsure]) == (3, [Problem.UNJUDGED])
    assert check_plan(open_, fresh, now, DEFAULT_POLICY).exit_code == 1, "certain by now"


def test_what_was_assigned_since_fails_however_little_is_known_of_its_use():
    now = given(assignments=(NARROW, assigned(READER, GROUP, WORKER)))
    fresh = make_plan(now)
    assert [one.certain for one in fresh.removals] == [False]
    (one,) = check_plan(AGREED, fresh, now, DEFAULT_POLICY).failures
    assert one.why == "it was assigned since the plan was made"


def test_a_failure_goes_before_what_could_not_be_judged():
    unknown = assigned("ffffffff-0000-0000-0000-000000000001", GROUP)
    found = checked(given(assignments=(unknown, assigned(READER, GROUP, WORKER, 8))))
    assert found.exit_code == 1
    assert headline(found) == "The plan does not hold: 1 thing beyond it"


def test_without_evidence_a_plan_is_held_against_the_assignments_alone():
    found = checked(given(observations=[]))
    assert Problem.NO_EVIDENCE in {one.problem for one in found.findings}
    assert checked(given(observations=[], assignments=())).exit_code == 3


def test_an_empty_plan_holds_nothing():
    assert checked(given(), Plan()).exit_code == 1


ODD = Finding(
    problem=Problem.USED,
    who="web\n::set-env name=PATH::x%0A <b> | `@all` ::stop-commands::here and more and more",
    what="a",
    scope=VAULT,
    why="`x ::error::y` was used, and here is a long text that breaks into lines ::add-mask::z " * 3,
    advice="plan",
)


def test_no_name_is_a_command_to_the_runner_of_a_pipeline():
    lines = runner_commands(Check(findings=(ODD,))).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("::error title=keyless plan::")
    assert "%250A" in lines[0]


@pytest.mark.parametrize("width", range(24, 120, 7))
def test_no_line_of_the_report_is_one_either(width):
    written = io.StringIO()
    print_check(Check(findings=(ODD,)), Console(file=written, width=width, color_system=None))
    assert not [line for line in written.getvalue().splitlines() if line.strip().startswith("::")]


def test_a_check_is_told_in_markdown():
    found = checked(given(assignments=(NARROW, assigned(READER, GROUP, WORKER))))
    text = check_markdown(found)
    assert text.startswith("## The plan does not hold: 1 thing beyond it\n")
    assert "| granted beyond the plan | `worker` | `Reader` | `resource group orders` |" in text


def test_an_identity_that_was_made_since_is_the_one_that_the_plan_proposed():
    placeholder = "bbbbbbbb-0000-0000-0000-000000000001"
    (one,) = AGREED.assignments
    proposed = msgspec.structs.replace(WEB, principal_id=placeholder, is_proposed=True)
    agreed = msgspec.structs.replace(
        AGREED, assignments=(msgspec.structs.replace(one, principal=proposed, exists=False),), today=()
    )
    assert checked(given(), agreed).exit_code == 0
    elsewhere = msgspec.structs.replace(proposed, resource_id=f"{WEB.resource_id}-two")
    other = msgspec.structs.replace(agreed, assignments=(msgspec.structs.replace(one, principal=elsewhere),))
    assert checked(given(), other).exit_code == 1


def test_what_a_group_of_the_identity_is_assigned_since_is_beyond_the_plan():
    group = Group("cccccccc-0000-0000-0000-000000000001", "orders", members=(WEB.principal_id,))
    holder = Subject(group.principal_id, group.display_name, SubjectKind.GROUP)
    now = given(assignments=(NARROW, assigned(READER, GROUP, holder)), groups=(group,))
    assert problems(checked(now)) == [(Problem.GRANTED, "orders", "Reader")]


def test_what_is_assigned_to_nobody_who_is_there_fails():
    nobody = Subject("eeeeeeee-0000-0000-0000-000000000002", "x", SubjectKind.APPLICATION)
    now = given(
        assignments=(NARROW, assigned(READER, GROUP, nobody)), not_found=frozenset({nobody.principal_id})
    )
    assert [one.certain for one in make_plan(now).removals] == [True]
    assert [(one.what, one.principal_id) for one in checked(now).failures] == [
        ("Reader", nobody.principal_id)
    ]


def test_a_grant_of_a_services_own_that_use_asks_for_since_fails():
    grant = NativeGrant(
        principal=WEB,
        system=NativeSystem.COSMOS_DB,
        scope=STORE,
        within="orders",
        role="Cosmos DB Built-in Data Reader",
        commands=(),
        undo=(),
        reason="",
    )
    now = given()
    fresh = msgspec.structs.replace(make_plan(now), native=(grant,))
    assert problems(check_plan(AGREED, fresh, now, DEFAULT_POLICY)) == [
        (Problem.USED, "web", "Cosmos DB Built-in Data Reader in cosmos-db orders")
    ]
    assert check_plan(fresh, fresh, now, DEFAULT_POLICY).exit_code == 0
    wider = msgspec.structs.replace(grant, role="Cosmos DB Built-in Data Contributor")
    other = msgspec.structs.replace(AGREED, native=(wider,))
    assert check_plan(other, fresh, now, DEFAULT_POLICY).exit_code == 3


def test_what_the_plan_removes_and_is_used_by_now_is_to_be_planned_again():
    officer = assigned(SECRETS_OFFICER, VAULT)
    agreed = make_plan(given(assignments=(NARROW, officer)))
    assert [one.role_name for one in agreed.removals] == ["Key Vault Secrets Officer"]
    found = checked(given([*READS, saw(WEB, DELETE, VAULT)], (NARROW, officer)), agreed)
    assert {(one.problem, one.why) for one in found.failures} == {
        (Problem.GRANTED, "some of it is used, and the plan does not give it"),
        (Problem.USED, "it was used, and no assignment of the plan allows it"),
    }


def test_a_check_is_told_on_a_terminal():
    written = io.StringIO()
    found = checked(
        given(assignments=(NARROW, assigned(READER, GROUP, WORKER), assigned(UNKNOWN, GROUP, at=8)))
    )
    print_check(found, Console(file=written, width=100, color_system=None))
    text = written.getvalue()
    assert "granted beyond the plan: Reader of worker at resource group orders\n" in text
    assert "   beyond   4,033 permissions" in text
    assert f"not judged: {UNKNOWN} of web at resource group orders\n" in text
    assert text.index("granted beyond") < text.index("not judged")
    assert headline(Check()) == "The plan holds: nothing is granted or used beyond it"
