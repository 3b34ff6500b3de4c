"""A forecast: planned on the first days, tried on the last ones; and why there is none."""

from __future__ import annotations

import msgspec
import pytest
from plan_worlds import DAY, DELETE, GET, HOUR, LIST, SET, VAULT, WEB, WORKER, saw

from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome, Run
from keyless.plan.evidence_in_time import after, before
from keyless.plan.forecast import NO_EVIDENCE, NOBODY_TWICE, ONE_DAY, split
from keyless.plan.policy.evidence import EvidenceRules
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.roles import RoleRules
from keyless.plan.read import read_plan
from keyless.plan.results.proof import Permission
from keyless.plan.writers.json import write_json
from plans_made import planned

SECRET = f"{VAULT}/secrets/db"
DAILY = range(100, 109)


def forecast(*observations, policy=None, **given):
    return planned([WEB, WORKER], observations, policy=policy or PlanPolicy(), **given).forecast


def run(started):
    return Run("web", (WEB.principal_id,), True, "pytest", started, started + 60, 0)


def test_what_happens_every_day_is_never_denied():
    found = forecast(saw(WEB, GET, SECRET, days=DAILY), saw(WORKER, SET, SECRET, count=2, days=DAILY))
    assert (found.split_at, found.denied, found.would_deny) == (106 * DAY, 0, ())
    assert found.events == 3 * (1 + 2)
    assert (found.planned_for, found.not_again) == (2, ())


def test_what_was_first_used_after_the_split_would_have_been_denied():
    found = forecast(saw(WEB, GET, SECRET, days=DAILY), saw(WEB, SET, SECRET, count=4, days=[107, 108]))
    (one,) = found.would_deny
    assert (one.principal_id, one.scope, one.action) == (WEB.principal_id, SECRET, SET)
    assert (one.count, one.first_seen, one.new_caller) == (8, 107 * DAY + HOUR, False)
    assert (found.events, found.denied) == (3 + 8, 8)
    assert found.denied_share == pytest.approx(8 / 11)


def test_who_was_first_seen_after_the_split_is_a_new_caller():
    found = forecast(saw(WEB, GET, SECRET, days=DAILY), saw(WORKER, GET, SECRET, days=[108]))
    assert [(one.principal_id, one.new_caller) for one in found.would_deny] == [(WORKER.principal_id, True)]


def test_what_was_used_before_the_split_and_not_after_it_is_listed():
    found = forecast(saw(WEB, GET, SECRET, days=DAILY), saw(WEB, DELETE, SECRET, days=[100, 101]))
    assert found.not_again == (Permission(WEB.principal_id, VAULT, ActionPlane.DATA, DELETE),)
    assert found.planned_for == 2
    assert 0 < found.unused < found.granted
    assert found.unused_share == pytest.approx(found.unused / found.granted)


def test_a_role_that_grants_more_than_was_seen_foresees_some_of_it():
    policy = PlanPolicy(roles=RoleRules(general_only=True))
    seen = saw(WEB, SET, SECRET, days=DAILY), saw(WEB, DELETE, SECRET, days=[108])
    assert forecast(*seen, policy=policy).would_deny == ()


def test_the_window_is_counted_back_from_the_split():
    def with_window(days):
        policy = PlanPolicy(evidence=EvidenceRules(window_days=days))
        return forecast(
            saw(WEB, GET, SECRET, days=DAILY), saw(WEB, SET, SECRET, days=[100, 108]), policy=policy
        )

    assert with_window(6).denied == 0
    assert with_window(5).denied == 1


def test_the_share_that_is_held_out_is_the_policys():
    policy = PlanPolicy(evidence=EvidenceRules(forecast_share=0.5))
    assert forecast(saw(WEB, GET, SECRET, days=range(10)), policy=policy).split_at == 5 * DAY
    assert forecast(saw(WEB, GET, SECRET, days=range(2)), policy=policy).split_at == 1 * DAY


def test_what_was_known_to_be_covered_by_no_role_surprises_nobody():
    gap = saw(WEB, "Contoso.Own/thing/do/action", VAULT, days=DAILY)
    found = forecast(saw(WEB, GET, SECRET, days=DAILY), gap)
    assert (found.events, found.denied) == (3, 0)


def test_what_was_denied_is_not_tested_unless_it_counts():
    denied = saw(WEB, SET, SECRET, days=[108], outcome=Outcome.DENIED)
    assert forecast(saw(WEB, GET, SECRET, days=DAILY), denied).denied == 0
    policy = PlanPolicy(evidence=EvidenceRules(include_denied=True))
    assert forecast(saw(WEB, GET, SECRET, days=DAILY), denied, policy=policy).denied == 1


def within_a_day(action, *moments):
    return msgspec.structs.replace(
        saw(WEB, action, SECRET),
        count=len(moments),
        first_seen=moments[0],
        last_seen=moments[-1],
        days=(7,),
        counts=(len(moments),),
    )


def test_within_one_day_the_last_runs_are_held_out():
    day = 7 * DAY
    runs = [run(day + 100), run(day + 500), run(day + 900)]
    seen = within_a_day(GET, day + 110, day + 910), within_a_day(SET, day + 920)
    found = forecast(*seen, runs=runs)
    assert (found.split_at, found.denied) == (day + 900, 1)
    assert [one.action for one in found.would_deny] == [SET]


def test_within_one_day_a_run_of_another_workload_foretells_nothing():
    day = 7 * DAY
    runs = [run(day + 100), run(day + 900)]
    of_worker = msgspec.structs.replace(within_a_day(SET, day + 910), principal_id=WORKER.principal_id)
    plan = planned([WEB, WORKER], [within_a_day(GET, day + 110), of_worker], runs=runs)
    assert (plan.forecast, plan.no_forecast) == (None, NOBODY_TWICE)


def test_without_two_days_or_two_runs_there_is_none_and_it_is_said_why():
    assert planned([WEB], []).no_forecast == NO_EVIDENCE
    plan = planned([WEB], [saw(WEB, GET, SECRET, days=[100])], runs=[run(100 * DAY)])
    assert (plan.forecast, plan.no_forecast) == (None, ONE_DAY)


def test_runs_in_which_nothing_was_seen_split_nothing():
    seen = [saw(WEB, GET, SECRET, days=[100])]
    assert split(seen, [run(100 * DAY + 2 * HOUR), run(100 * DAY + 3 * HOUR)], 1 / 3) is None


def test_evidence_is_cut_by_its_days():
    seen = saw(WEB, LIST, VAULT, count=5, days=[100, 101, 105])
    (then,) = before([seen], 105 * DAY)
    assert (then.count, then.days, then.last_seen) == (10, (100, 101), 102 * DAY - 1)
    (later,) = after([seen], 105 * DAY)
    assert (later.count, later.days, later.first_seen) == (5, (105,), 105 * DAY)
    assert before([seen], 100 * DAY) == []
    assert after([seen], 106 * DAY) == []


def test_evidence_without_days_is_cut_by_its_first_and_last_moment():
    seen = msgspec.structs.replace(saw(WEB, LIST, VAULT, count=5, days=[100, 105]), days=(), counts=())
    assert [(one.count, one.last_seen) for one in before([seen], 105 * DAY)] == [(1, 100 * DAY + HOUR)]
    assert [(one.count, one.first_seen) for one in after([seen], 105 * DAY)] == [(1, 105 * DAY + HOUR)]


def test_a_forecast_survives_its_json():
    plan = planned([WEB], [saw(WEB, GET, SECRET, days=DAILY), saw(WEB, SET, SECRET, days=[108])])
    assert plan.forecast is not None
    assert read_plan(write_json(plan)).forecast == plan.forecast
