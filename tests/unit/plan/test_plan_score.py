from __future__ import annotations

import io

import msgspec
from plan_worlds import GET, GROUP, LEGACY, READER, SECRETS_OFFICER, SECRETS_USER, VAULT, WEB, WORKER, saw
from rich.console import Console

from keyless.model.actions import ActionPlane
from keyless.model.directory import Group
from keyless.model.evidence import SignIn, SignInMethod, SignInOutcome
from keyless.model.roles import RoleAssignment
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.reports.scores import print_scores
from keyless.plan.result import Plan
from keyless.plan.results.risk import Risk, RiskyPermission
from keyless.plan.results.secrets import Fate, SecretDecision
from keyless.plan.results.today import RiskCount, counted_risks
from keyless.plan.score import SCORE_SCHEMA, score_of, sparkline, worth_keeping
from plans_made import planned

DAY = 86_400


def given(principal, role, scope, at=1, **more):
    return RoleAssignment(f"99999999-0000-0000-0000-{at:012}", principal.principal_id, role, scope, **more)


def test_excess_is_what_is_granted_today_and_nothing_used():
    plan = planned([WEB], [saw(WEB, GET, VAULT)], [given(WEB, SECRETS_USER, VAULT)])
    (grant,) = plan.today
    assert (grant.granted, grant.unused, grant.is_unused) == (2, 1, False)
    score = score_of(plan, DAY)
    assert (score.at, score.excess, score.planned_excess, score.unused_grants) == (DAY, 1, 1, 0)
    assert score.schema == SCORE_SCHEMA


def test_an_assignment_of_which_nothing_was_used_is_counted():
    current = [given(WEB, SECRETS_USER, VAULT), given(WORKER, READER, GROUP, 2)]
    plan = planned([WEB, WORKER], [saw(WEB, GET, VAULT)], current)
    assert [(one.principal.name, one.is_unused) for one in plan.today] == [("web", False), ("worker", True)]
    assert score_of(plan, 0).unused_grants == 1


def test_the_risks_of_what_is_unused_today_are_counted_once_each():
    (grant,) = planned([WEB], [], [given(WEB, OWNER, GROUP)]).today
    counts = {one.risk: one.count for one in grant.risks}
    assert counts[Risk.PRIVILEGE_ESCALATION] > 0
    assert len(counts) == len(grant.risks)
    assert sum(counts.values()) < grant.unused


OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


def test_what_is_used_below_the_scope_of_an_assignment_is_used():
    plan = planned([WEB], [saw(WEB, GET, f"{VAULT}/secrets/db")], [given(WEB, SECRETS_OFFICER, GROUP)])
    (grant,) = plan.today
    assert grant.unused == grant.granted - 1


def test_only_principals_that_the_plan_is_made_for_count():
    stranger = Subject("eeeeeeee-0000-0000-0000-000000000001", "x", SubjectKind.USER)
    plan = planned([WEB], [], [given(stranger, READER, GROUP)])
    assert plan.today == ()


def test_a_role_that_is_not_known_counts_for_nothing_and_is_listed():
    unknown = "ffffffff-0000-0000-0000-000000000001"
    plan = planned([WEB], [], [given(WEB, unknown, GROUP)])
    (grant,) = plan.today
    assert (grant.role_name, grant.granted, grant.is_unused) == (unknown, 0, False)


def test_a_condition_is_told():
    plan = planned([WEB], [], [given(WEB, READER, GROUP, condition="@Resource[x] StringEquals 'y'")])
    assert plan.today[0].conditional


def test_what_the_plan_leaves_alone_stays_in_its_excess():
    conditional = given(WEB, SECRETS_OFFICER, VAULT, condition="@Resource[x] StringEquals 'y'")
    plan = planned([WEB], [saw(WEB, GET, VAULT)], [conditional])
    assert plan.left_alone() == plan.today
    assert score_of(plan, 0).planned_excess >= score_of(plan, 0).excess > 0


def test_risks_weigh_in_the_score_by_its_own_weights():
    (grant,) = planned([WEB], [], [given(WEB, READER, GROUP)]).today
    risks = (RiskCount(Risk.PRIVILEGE_ESCALATION, 2), RiskCount(Risk.SECRET_READING, 1))
    plan = Plan(today=(msgspec.structs.replace(grant, unused=10, risks=risks),))
    assert score_of(plan, 0).weighted == 7 + 2 * 10 + 1 * 5


def test_a_permission_of_several_risks_counts_once_for_the_gravest():
    found = [
        RiskyPermission(Risk.DATA_DESTRUCTION, ActionPlane.DATA, "a"),
        RiskyPermission(Risk.PRIVILEGE_ESCALATION, ActionPlane.DATA, "a"),
        RiskyPermission(Risk.DATA_DESTRUCTION, ActionPlane.DATA, "b"),
    ]
    assert counted_risks(found) == (
        RiskCount(Risk.PRIVILEGE_ESCALATION, 1),
        RiskCount(Risk.DATA_DESTRUCTION, 1),
    )


def _sign_in(target, outcome=SignInOutcome.SUCCEEDED, by="k1"):
    error = "" if outcome is SignInOutcome.SUCCEEDED else "AADSTS7000215"
    return SignIn(LEGACY.principal_id, "c", SignInMethod.CLIENT_SECRET, by, target, outcome, error, 1, 0, 0)


def test_a_credential_counts_once_whatever_it_was_used_for_and_only_if_it_works():
    sign_ins = [
        _sign_in("https://vault.azure.net"),
        _sign_in("https://management.azure.com"),
        _sign_in("", SignInOutcome.FAILED, by="k2"),
    ]
    plan = planned([LEGACY], [], sign_ins=sign_ins)
    assert len(plan.stored_credentials) == 3
    assert score_of(plan, 0).credentials == 1


def test_secrets_that_are_read_with_each_request_are_counted():
    often = SecretDecision(container=VAULT, name="a", fate=Fate.KEPT, why="", how="", load_at_start_up=True)
    once = msgspec.structs.replace(often, name="b", load_at_start_up=False)
    assert score_of(Plan(secrets=(often, once)), 0).busy_secrets == 1


def test_a_score_is_kept_where_a_number_or_the_day_is_another_one():
    score = score_of(Plan(), 100)
    assert worth_keeping(score, ())
    assert not worth_keeping(msgspec.structs.replace(score, at=200), (score,))
    assert worth_keeping(msgspec.structs.replace(score, at=100 + DAY), (score,))
    assert worth_keeping(msgspec.structs.replace(score, at=200, excess=1), (score,))


def test_bars_are_as_high_as_the_numbers():
    assert sparkline([0, 4, 8]) == "▁▅█"
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([]) == ""


def test_a_terminal_shows_each_number_with_its_trend():
    first, last = score_of(Plan(), 0), msgspec.structs.replace(score_of(Plan(), DAY), excess=1200)
    written = io.StringIO()
    print_scores((first, last), Console(file=written, width=100, color_system=None))
    text = written.getvalue()
    assert text.startswith("Score on 1970-01-02, 2 kept since 1970-01-01\n")
    assert "excess permissions         1,200      +1,200  ▁█" in text


def _group(*members):
    return Group("cccccccc-0000-0000-0000-000000000001", "orders", members=tuple(members))


def test_what_a_group_has_is_used_by_its_members():
    group = _group(WEB.principal_id)
    holder = Subject(group.principal_id, group.display_name, SubjectKind.GROUP)
    current = [given(holder, SECRETS_USER, VAULT)]
    (grant,) = planned([WEB], [saw(WEB, GET, VAULT)], current, groups=[group]).today
    assert (grant.principal, grant.granted, grant.unused) == (holder, 2, 1)


def test_of_what_a_group_with_others_in_it_has_nothing_is_said_to_be_unused():
    group = _group(WEB.principal_id, "eeeeeeee-0000-0000-0000-000000000001")
    holder = Subject(group.principal_id, group.display_name, SubjectKind.GROUP)
    (grant,) = planned([WEB], [], [given(holder, SECRETS_USER, VAULT)], groups=[group]).today
    assert (grant.granted, grant.unused) == (2, 0)
