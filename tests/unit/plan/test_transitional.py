"""Stored credentials outside of Azure: each has a bridge, and a date or the question for one."""

from __future__ import annotations

import msgspec
import pytest
from plan_worlds import LEGACY, WEB

from keyless.model.evidence import SignIn, SignInMethod, SignInOutcome
from keyless.model.identities import RunsOn
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.secrets import HybridRule, SecretRules
from plans_made import planned

SEEN = 1_795_000_000  # 2026-11-18


def _outside(where=RunsOn.ON_PREMISES):
    return msgspec.structs.replace(LEGACY, runs_on=where)


def _signed_in(subject, method=SignInMethod.CLIENT_SECRET):
    return SignIn(
        subject.principal_id,
        "c",
        method,
        "",
        "https://vault.azure.net",
        SignInOutcome.SUCCEEDED,
        "",
        1,
        SEEN,
        SEEN,
    )


def _transitional(subject, *, hybrid=None, signed_in=True):
    policy = PlanPolicy(secrets=SecretRules(hybrid=hybrid or {}))
    sign_ins = [_signed_in(subject)] if signed_in else []
    return planned([subject], [], policy=policy, sign_ins=sign_ins).transitional


@pytest.mark.parametrize(
    ("where", "bridge"),
    [(RunsOn.ON_PREMISES, "azure-arc"), (RunsOn.KUBERNETES, "workload-identity-federation")],
)
def test_a_stored_credential_outside_of_azure_waits_for_its_bridge(where, bridge):
    (one,) = _transitional(_outside(where))
    assert (one.name, one.method, one.bridge, one.until) == ("legacy app", "client-secret", bridge, "")
    assert "secrets.hybrid.legacy app.until" in one.remark


def test_the_policy_says_until_when():
    (one,) = _transitional(
        _outside(), hybrid={"Legacy App": HybridRule(until="2027-03-31", reason="new site")}
    )
    assert (one.until, one.remark) == ("2027-03-31", "new site")


def test_a_date_that_is_over_is_said_to_be():
    (one,) = _transitional(_outside(), hybrid={"legacy app": HybridRule(until="2026-01-31")})
    assert "the date is over" in one.remark


def test_what_runs_in_azure_is_not_transitional():
    assert not _transitional(_outside(RunsOn.AZURE))
    assert not _transitional(LEGACY)


def test_an_application_that_the_policy_names_is_listed_though_nothing_was_seen_of_it():
    (one,) = _transitional(
        LEGACY, hybrid={LEGACY.principal_id: HybridRule(until="2027-01-01")}, signed_in=False
    )
    assert (one.method, one.remark) == ("", "no sign-in with a stored credential was recorded")


def test_an_identity_of_azure_needs_no_bridge():
    assert not _transitional(WEB)


@pytest.mark.parametrize("until", ["2027-13-01", "tomorrow", "20270101", "2027-W01-1"])
def test_a_date_that_is_none_is_refused(until):
    with pytest.raises(ValueError, match="must be a date"):
        HybridRule(until=until)
