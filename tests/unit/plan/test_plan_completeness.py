"""How complete the evidence is, and how sure a plan can be of each identity."""

from __future__ import annotations

import msgspec
import pytest
from plan_worlds import DAY, GET, HOUR, READ_CONFIGURATION, SECRETS_USER, SET, VAULT, WEB, WORKER, saw

from keyless.catalog.roles import find_role
from keyless.model.actions import ActionPlane
from keyless.model.evidence import NO_ACTION, LogImport, Outcome, Run, UnmappedOperation
from keyless.model.roles import RoleAssignment
from keyless.plan.read import read_plan
from keyless.plan.results.completeness import NamedCall, Sureness
from keyless.plan.sureness import ENOUGH_DAYS, ENOUGH_RUNS, Known, sureness_of
from keyless.plan.writers.json import write_json
from plans_made import planned

SECRET = f"{VAULT}/secrets/db"


def run(exit_code=0, *who):
    return Run("web", who or (WEB.principal_id,), True, "pytest", 100 * DAY, 100 * DAY + HOUR, exit_code)


def complete(*observations, **given):
    return planned([WEB, WORKER], observations, **given).completeness


def of(subject, found):
    return next(one for one in found.identities if one.principal_id == subject.principal_id)


def test_the_window_and_what_is_in_it_are_counted():
    found = complete(
        saw(WEB, GET, SECRET, count=3, days=[100, 110]),
        saw(WORKER, SET, SECRET, days=[105]),
        runs=[run(), run(1), run(None)],
    )
    assert (found.since, found.until, found.days) == (100 * DAY + HOUR, 110 * DAY + HOUR, 3)
    assert (found.runs, found.failed_runs, found.callers) == (3, 2, 2)
    assert (found.events, found.mapped) == (7, 7)


def test_what_no_action_is_known_for_counts_as_not_mapped_the_most_frequent_first():
    rare = UnmappedOperation("AuditEvent", "Odd", 1, "a step of signing in")
    often = UnmappedOperation("AuditEvent", "Strange", 9, NO_ACTION)
    found = complete(saw(WEB, GET, SECRET, count=90, days=[100]), unmapped=[rare, often])
    assert (found.events, found.mapped, found.unmapped) == (100, 90, (often, rare))


def test_what_logs_have_and_no_action_is_known_for_counts_against_who_was_seen_in_logs():
    unmapped = [
        UnmappedOperation("AuditEvent", "Strange", 10, NO_ACTION),
        UnmappedOperation("AuditEvent", "Authentication", 500, "no caller"),
    ]
    logged = msgspec.structs.replace(saw(WEB, GET, SECRET, count=90, days=[100]), operation="Log.SecretGet")
    found = complete(logged, saw(WORKER, GET, SECRET, days=[100]), unmapped=unmapped)
    assert "no action is known for 10% of the events" in of(WEB, found).why
    assert "no action" not in of(WORKER, found).why


@pytest.mark.parametrize(
    ("known", "sure", "why"),
    [
        (Known(events=0, days=0, in_days=30), Sureness.NONE, "nothing was observed of it in 30 days"),
        (Known(events=0, days=0), Sureness.NONE, "nothing was observed of it"),
        (Known(events=1, days=1, runs=1), Sureness.LOW, "seen on 1 day, in 1 run"),
        (Known(events=9, days=1), Sureness.LOW, "seen on 1 day"),
        (Known(events=9, days=2), Sureness.MEDIUM, "seen on 2 days"),
        (Known(events=9, days=ENOUGH_DAYS), Sureness.HIGH, "seen on 14 days"),
        (Known(events=9, days=1, runs=ENOUGH_RUNS), Sureness.HIGH, "seen on 1 day, in 5 runs"),
        (Known(events=9, days=30, unmapped=0.01), Sureness.HIGH, "seen on 30 days"),
        (Known(events=9, days=30, unmapped=0.02), Sureness.MEDIUM, "no action is known for 2%"),
        (Known(events=9, days=30, unmapped=0.6), Sureness.LOW, "no action is known for 60%"),
        (Known(events=9, days=30, denied=2), Sureness.MEDIUM, "2 calls denied"),
        (Known(events=9, days=30, runs=2, failed_runs=1), Sureness.MEDIUM, "1 of 2 runs failed"),
        (Known(events=9, days=30, runs=2, failed_runs=2), Sureness.LOW, "2 of 2 runs failed"),
        (Known(events=9, days=30, unseen=("blobs", "blobs")), Sureness.MEDIUM, "shows blobs, which it may"),
    ],
)
def test_each_rule_can_only_take_away(known, sure, why):
    found, text = sureness_of(known)
    assert found is sure
    assert why in text


def test_an_identity_is_judged_by_its_own_evidence():
    found = complete(
        saw(WEB, GET, SECRET, days=range(100, 120)),
        saw(WEB, SET, SECRET, days=[120], outcome=Outcome.DENIED),
        runs=[run(0, WORKER.principal_id)],
    )
    web, worker = of(WEB, found), of(WORKER, found)
    assert (web.sureness, web.events, web.days) == (Sureness.MEDIUM, 21, 21)
    assert (worker.sureness, worker.why) == (Sureness.NONE, "nothing was observed of it in 21 days")


def test_what_an_identity_may_do_and_no_log_shows_is_said():
    blobs = find_role("Storage Blob Data Reader").id
    logs = LogImport("l", "AuditEvent", 1, 1, 0, 0, 0, 0)
    today = [RoleAssignment("1", WEB.principal_id, role, VAULT) for role in (SECRETS_USER, blobs)]
    found = complete(saw(WEB, GET, SECRET, days=range(100, 130)), assignments=today, imports=[logs])
    assert of(WEB, found).sureness is Sureness.MEDIUM
    assert "the data of `Microsoft.Storage/storageAccounts`, which it may use" in of(WEB, found).why


def test_an_operation_that_the_code_names_and_nobody_used_was_not_run():
    calls = [
        NamedCall("set secret", ActionPlane.DATA, (SET,), "set_secret", "app.py", 3),
        NamedCall("get secret", ActionPlane.DATA, (GET.upper(),), "get_secret", "app.py", 2),
        NamedCall("get", ActionPlane.DATA, (GET, READ_CONFIGURATION), "get", "app.py", 9),
    ]
    assert complete(saw(WEB, GET, SECRET, days=[100]), calls=calls).not_run == (calls[0],)


def test_a_stranger_who_was_seen_is_judged_too():
    found = planned([WEB], [saw(WORKER, GET, SECRET, days=[100])]).completeness
    assert of(WORKER, found).sureness is Sureness.LOW


def test_completeness_survives_its_json():
    call = NamedCall("set secret", ActionPlane.DATA, (SET,), "set_secret", "app.py", 3)
    plan = planned([WEB], [saw(WEB, GET, SECRET, days=[100])], calls=[call], runs=[run()])
    assert read_plan(write_json(plan)) == plan
