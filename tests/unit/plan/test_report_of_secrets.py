"""The report's part on secrets: each under what becomes of it, with what a person needs to do it."""

from __future__ import annotations

from plan_worlds import STORE, VAULT

from keyless.plan.reports.secrets import secrets_in_short
from keyless.plan.reports.terminal import report_text
from keyless.plan.result import Plan
from keyless.plan.results.secrets import CodePlace, Fate, SecretDecision, Transitional


def decided(name: str, fate: Fate, container: str = VAULT, **more) -> SecretDecision:
    return SecretDecision(container=container, name=name, fate=fate, why="because", how="do it", **more)


PLAN = Plan(
    secrets=(
        decided("archive", Fate.REMOVABLE),
        decided("page", Fate.CONFIGURATION),
        decided("carrier", Fate.KEPT, owner="team-rates", reads=3, read_by=("web", "rates")),
        decided(
            "signing",
            Fate.KEPT,
            reads=900,
            read_by=("web",),
            reading="load it at the start",
            places=(CodePlace("web.py", 19),),
        ),
        decided("db", Fate.TO_VAULT, STORE, label="prod"),
    ),
    transitional=(
        Transitional(
            principal_id="p",
            name="till",
            method="client-secret",
            bridge="Azure Arc",
            until="2027-06-30",
            remark="say who does it",
        ),
        Transitional(principal_id="q", name="scanner", method="", bridge="federation", until="", remark=""),
    ),
)


def test_each_secret_stands_under_what_becomes_of_it() -> None:
    text = report_text(PLAN, width=200)
    headings = ("that can go", "in the wrong place", "that are none", "that stay")
    at = [text.index(heading) for heading in headings]
    assert at == sorted(at)
    assert at[0] < text.index("archive in vault") < at[1] < text.index("db (prod) in store") < at[2]
    assert text.index("carrier in vault") > at[3]


def test_of_a_secret_that_stays_owner_readers_and_places_in_the_code_are_told() -> None:
    text = report_text(PLAN, width=200)
    assert "owner    team-rates" in text
    assert "read     3 times by web and rates" in text
    assert "reading  load it at the start" in text
    assert "code     web.py:19" in text


def test_transitional_authentication_has_its_date_and_its_bridge() -> None:
    text = report_text(PLAN, width=200)
    assert "till signs in with a client secret until 2027-06-30; then Azure Arc" in text
    assert "remark   say who does it" in text
    assert "scanner signs in; then federation" in text


def test_the_headline_counts_those_that_can_go() -> None:
    assert secrets_in_short(PLAN) == "2 of 5 secrets can go"
    assert secrets_in_short(Plan()) == ""
