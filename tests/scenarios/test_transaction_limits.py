"""An app that reads a secret for each request: warned as it runs, throttled at small limits, recorded."""

from __future__ import annotations

import json

from keyless_command import Project, app

PER_REQUEST = 'for _ in range({reads}): said = secret("contoso-orders", "db-password")\nsay(said)'


def test_an_app_that_reads_a_secret_for_each_request_is_warned_and_recorded(declared: Project) -> None:
    ran = declared("run", "--as", "web", *app(PER_REQUEST.format(reads=25)))
    assert ran.code == 0
    (warning,) = ran.said
    assert warning.startswith("read again and again: web has read secret `db-password` of vault")
    assert "read it once at the start, keep it in memory" in warning
    (peak,) = [line for line in declared.recorded() if line.get("record") == "peak"]
    assert peak["scope"].endswith("/secrets/db-password")
    assert 1 <= peak["perSecond"] <= peak["perWindow"] == 25
    shown = declared("evidence", "show").out
    assert "25 in ten  web  Microsoft.KeyVault/vaults/secrets/getSecret/action  secret `db-password`" in shown


def test_a_plan_tells_what_was_read_too_often_by_whom_against_which_limit(declared: Project) -> None:
    declared("run", "--as", "web", *app(PER_REQUEST.format(reads=25)))
    (found,) = json.loads(declared("plan", "--format", "json").out)["reads"]
    assert (found["kind"], found["name"], found["loadAtStartUp"]) == ("secret", "db-password", True)
    (reader,) = found["readers"]
    assert (reader["name"], reader["reads"], reader["mostPerWindow"]) == ("web", 25, 25)
    assert found["limit"] == "a vault answers 4,000 calls in 10 s, from all callers together"
    shown = declared("plan").out
    assert "Read more often than at start-up" in shown
    assert "web: 25 times, at most" in shown


def test_an_app_that_reads_once_hears_nothing(declared: Project) -> None:
    ran = declared("run", "--as", "web", *app(PER_REQUEST.format(reads=1)))
    assert (ran.code, ran.err) == (0, "")


def test_beyond_a_small_limit_a_vault_answers_with_429_which_is_told_and_recorded(declared: Project) -> None:
    limits = ("--limits", "scale=0.0005")
    ran = declared("run", *limits, "--as", "web", *app(PER_REQUEST.format(reads=4)))
    assert ran.out == "429 Throttled\n"
    (warning,) = ran.said
    assert warning.startswith("throttled: web was answered with 429 at secret `db-password`")
    assert "its vault's limit of 2 vault transactions in 10 s is reached" in warning
    (refused,) = [line for line in declared.recorded() if line.get("record") == "throttled"]
    assert (refused["count"], refused["units"], refused["pool"]) == (2, 2, "vault transactions")
    assert "throttled web  secret `db-password`" in declared("evidence", "show").out


def test_limits_that_are_none_are_refused_before_anything_starts(declared: Project) -> None:
    for command in ("run", "prove", "shell"):
        ran = declared(command, "--limits", "scale=-1", *app("say(1)"))
        assert (ran.code, ran.out) == (125, "")
        assert "`scale=-1` is neither `on` nor `off` nor a number above 0" in " ".join(ran.err.split())
