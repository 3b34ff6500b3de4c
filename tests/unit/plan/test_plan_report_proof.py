"""What a report says of the proof: in sentences, and in lists that are cut short."""

from __future__ import annotations

import msgspec
from plan_worlds import DAY, GET, HOUR, SECRETS_USER, SET, VAULT, WEB, WORKER, saw

from keyless.model.actions import ActionPlane
from keyless.model.evidence import Run
from keyless.model.roles import RoleAssignment
from keyless.plan.policy.evidence import EvidenceRules
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.reports.markdown import markdown_text
from keyless.plan.reports.proof import MOST_SHOWN, proof_lines
from keyless.plan.reports.terminal import report_text
from keyless.plan.result import Plan
from keyless.plan.results.completeness import NamedCall
from keyless.plan.results.proof import Containment, Permission
from plans_made import planned

SECRET = f"{VAULT}/secrets/db"
DAILY = range(100, 109)
RUN = Run("web", (WEB.principal_id,), True, "pytest", 100 * DAY, 100 * DAY + HOUR, 1)
SEEN = [
    saw(WEB, GET, SECRET, days=DAILY),
    saw(WEB, SET, SECRET, days=[108]),
    saw(WORKER, SET, SECRET, days=[10]),
]
CALL = NamedCall("purge", ActionPlane.DATA, ("Microsoft.KeyVault/x",), "purge_deleted_secret", "app.py", 3)


def plan(**given) -> Plan:
    policy = PlanPolicy(evidence=EvidenceRules(window_days=90))
    return planned([WEB, WORKER], SEEN, policy=policy, runs=[RUN], calls=[CALL], **given)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_report_says_what_is_proved_and_what_it_rests_on():
    text = flat(report_text(plan(), width=200))
    assert "2 permissions used, each decided upon: the plan's assignments alone allow all of it." in text
    assert "New against today:" in text
    assert "Forecast, planned on what was seen before 1970-04-17" in text
    assert f"denied {SET} for web at secret contoso-orders/db, 1 time" in text
    assert f"dropped {SET} of worker at vault contoso-orders: last used" in text
    assert "not run purge_deleted_secret (purge) in app.py:3: in the code, and never seen" in text
    assert "sure web: low: seen on 9 days, in 1 run; 1 of 1 run failed" in text
    assert "Evidence: 11 events of 2 callers from 1970-01-11 to 1970-04-19, on 10 days" in text
    assert "10 days, in 1 recorded run of pytest (1 failed); an action is known for 100 % of them" in text


def test_the_markdown_says_the_same():
    text = markdown_text(plan())
    assert "2 permissions used, each decided upon" in text
    assert "Forecast, planned on" in text


def test_where_nothing_is_new_that_is_said():
    today = [RoleAssignment("1", WEB.principal_id, SECRETS_USER, VAULT)]
    lines = proof_lines(planned([WEB], [saw(WEB, GET, SECRET, days=[100])], today))
    assert "Nothing that the plan grants is new: all of it is granted today." in lines
    assert any(line.startswith("There is no forecast: all was seen on one day") for line in lines)


def test_what_is_not_allowed_by_the_plan_is_told_by_what_allows_it():
    missing = tuple(Permission(WEB.principal_id, SECRET, ActionPlane.DATA, f"a{n}") for n in range(12))
    proof = Containment(used=20, by_plan=5, by_kept=2, uncovered=1, missing=missing)
    short = msgspec.structs.replace(plan(), containment=proof)
    text = flat(report_text(short, width=200))
    assert (
        "Of 20 permissions used: 5 allowed by the plan's assignments alone, 2 by assignments that it leaves, "
        "1 covered by no role, as said above, 12 DENIED." in text
    )
    assert text.count("DENIED a") == MOST_SHOWN
    assert "DENIED and 3 more, which the plan's JSON names" in text


def test_what_a_name_says_cannot_change_the_terminal():
    evil = msgspec.structs.replace(CALL, file="a\x1b[2Jb.py")
    hostile = planned([WEB], [saw(WEB, GET, SECRET, days=[100])], calls=[evil])
    assert "\x1b" not in report_text(hostile)


def test_without_evidence_there_is_nothing_to_prove():
    assert "Proof" not in report_text(planned([WEB], []))
