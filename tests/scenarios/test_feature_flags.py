"""The page on feature flags: filters, variants, telemetry and refresh, by the packages of Microsoft."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import pytest
from apps_shown import owner, reads, shown_in
from keyless_command import Project, Running, wait_until

PAGE = "use-feature-flags"
RUN = ("run", "--offline", "--", sys.executable, "features.py")
FLAG = "application/vnd.microsoft.appconfig.ff+json;charset=utf-8"
LOUD, PLAIN, NONE = {"colour": "red", "lines": 3}, {"colour": "grey", "lines": 1}, None


@pytest.fixture
def shown(project: Project) -> Project:
    """A project with what the page shows."""
    return shown_in(project, PAGE)


def told(ran_out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran_out.splitlines()]


def asked(project: Project, *lines: str) -> list[dict[str, Any]]:
    """What is printed of each user, with what is told of the decision first."""
    ran = project(*RUN, stdin="".join(f"{line}\n" for line in lines))
    assert ran.code == 0, ran.err
    return told(ran.out)


def test_filters_and_variants_decide_by_user_group_country_and_time(shown: Project) -> None:
    said = asked(shown, "ada NO", "tom DK testers", "eve SE")
    _, ada, _, tester, _, eve = said
    assert ada == {"express": False, "checkout": True, "winter-sale": False, "domestic": True, "banner": LOUD}
    assert tester == {**ada, "domestic": False, "banner": NONE}
    assert (eve["checkout"], eve["domestic"]) == (False, True)
    assert reads(shown) == {"AppConfiguration.GetKeyValues": 1}


def test_telemetry_tells_each_decision_with_its_reason(shown: Project) -> None:
    said = asked(shown, "ada NO", "tom DK testers")
    assert said[0::2] == [
        {"told": "banner", "of": "ada", "variant": "loud", "by": "User"},
        {"told": "banner", "of": "tom", "variant": "none", "by": "Group"},
    ]


def test_percentiles_part_the_users_the_same_way_at_every_start(shown: Project) -> None:
    users = [f"user-{number} NO" for number in range(200)]
    first, again = asked(shown, *users), asked(shown, *users)
    assert first == again
    by = Counter((one["variant"], one["by"]) for one in first[0::2])
    assert set(by) == {("loud", "Percentile"), ("plain", "DefaultWhenEnabled")}
    assert 40 <= by["loud", "Percentile"] <= 80
    assert 80 <= sum(one["checkout"] for one in first[1::2]) <= 120


def test_a_flag_that_is_switched_on_is_seen_while_the_app_runs(shown: Project) -> None:
    with shown.running(*RUN, env={"SETTINGS_REFRESH_S": "1"}) as app:
        assert not _express(app)
        on = json.dumps({"id": "express", "enabled": True})
        key = ".appconfig.featureflag/express"
        owner(shown, "setting", "set", "contoso-orders", key, on, "--content-type", FLAG)
        wait_until(lambda: _express(app), "the flag is on")
        assert app.end().code == 0


def _express(app: Running) -> bool:
    app.tell("ada NO")
    assert json.loads(app.line())["told"] == "banner"
    return bool(json.loads(app.line())["express"])
