"""Plans as they are reviewed: what differs, how it goes over time, and as Markdown for a pull request."""

from __future__ import annotations

import json
from pathlib import Path

from keyless_command import Project, app


def test_two_plans_are_compared_and_the_exit_code_says_whether_they_differ(
    learned: Project, folder: Path
) -> None:
    assert learned("plan").code == 0
    kept = folder / "old.json"
    kept.write_bytes((learned.state / "plan.json").read_bytes())
    same = learned("plan", "--diff", str(kept))
    assert (same.code, same.out) == (0, "The plans say the same.\n")
    less = json.loads(kept.read_text())
    gone = less["assignments"].pop()
    other = folder / "less.json"
    other.write_text(json.dumps(less))
    found = learned("plan", "--diff", str(other), str(kept))
    assert found.code == 1
    assert f"+ {gone['roleName']} of {gone['principal']['name']}" in found.out
    as_json = learned("plan", "--diff", str(other), str(kept), "--format", "json")
    assert as_json.code == 1
    assert [one["kind"] for one in json.loads(as_json.out)["changes"]] == ["added"]
    as_markdown = learned("plan", "--diff", str(other), "--format", "markdown")
    assert as_markdown.code == 1
    assert f"`{gone['roleName']}`" in as_markdown.out


def test_comparing_writes_nothing(learned: Project) -> None:
    assert learned("plan").code == 0
    before = {file.name: file.read_bytes() for file in learned.state.glob("*.json*")}
    plan = str(learned.state / "plan.json")
    assert learned("plan", "--diff", plan, "--object-scope").code == 1
    assert {file.name: file.read_bytes() for file in learned.state.glob("*.json*")} == before


def test_what_cannot_be_compared_is_said(learned: Project, folder: Path) -> None:
    old = folder / "old.json"
    old.write_text('{"schema": "keyless.plan/1", "assignments": []}')
    for arguments, message in (
        (("--diff", "none.json"), "there is no plan `none.json`: make one with `keyless plan`"),
        (("--diff", str(old)), f"{old}: the plan has the schema `keyless.plan/1`, and `keyless.plan/2` is"),
        (("--diff", str(old), "--score"), "`--score` and `--diff` are two commands"),
        (("--diff", str(old), "--format", "bicep"), "`--diff` is printed as table, markdown or json"),
        ((str(old),), f"`{old}` is a plan to compare with another: `keyless plan --diff OLD {old}`"),
    ):
        ran = learned("plan", *arguments)
        assert ran.code == 2, ran
        assert ran.err.startswith(f"keyless: {message}"), ran.err


def test_the_score_is_kept_with_each_plan_that_says_anything_new(learned: Project) -> None:
    none = learned("plan", "--score")
    assert none.code == 2
    assert "no score is kept" in none.err
    for _ in range(2):
        assert learned("plan").code == 0
    ran = learned("plan", "--score")
    assert ran.code == 0
    assert ran.out.startswith("Score on ")
    assert "1 kept since" in ran.out
    (score,) = json.loads(learned("plan", "--score", "--format", "json").out)["scores"]
    assert score["schema"] == "keyless.score/1"
    assert score["plannedExcess"] > 0


def test_a_pull_request_gets_the_plan_as_markdown(learned: Project) -> None:
    ran = learned("plan", "--format", "markdown")
    assert ran.code == 0
    assert ran.out.startswith("## Keyless plan: 2 role assignments for 1 identity\n")
    assert "| **new** |" in ran.out
    assert "### Score" in ran.out


def test_a_plan_that_was_agreed_on_is_checked_against_what_is_used_and_granted(learned: Project) -> None:
    assert learned("plan").code == 0
    holds = learned("plan", "--check")
    assert "there is no `keyless.plan.json`: the last plan made here is checked" in holds.err
    assert (holds.code, holds.out) == (0, "The plan holds: nothing is granted or used beyond it\n")
    agreed = learned.root / "keyless.plan.json"
    plan = json.loads((learned.state / "plan.json").read_text())
    gone = plan["assignments"].pop()
    agreed.write_text(json.dumps(plan))
    before = {file.name: file.read_bytes() for file in learned.state.glob("*.json*")}
    fails = learned("plan", "--check", env={"GITHUB_ACTIONS": "true"})
    assert fails.code == 1
    assert fails.out.startswith("The plan does not hold: ")
    assert f"of {gone['principal']['name']} at " in fails.out
    assert "\n::error title=keyless plan::used and not in the plan: " in fails.out
    assert {file.name: file.read_bytes() for file in learned.state.glob("*.json*")} == before
    as_json = learned("plan", "--check", "--format", "json")
    assert as_json.code == 1
    assert json.loads(as_json.out)["schema"] == "keyless.plan-check/1"
    other = learned("plan", "--check", "--plan", str(learned.state / "plan.json"))
    assert other.code == 0


def test_what_is_assigned_beyond_the_plan_fails_the_check(declared: Project) -> None:
    uses = """say(secret("contoso-orders", "db-password"))"""
    assert declared("run", "--as", "web", *app(uses)).code == 0
    assert declared("plan").code == 0
    kept = declared.root / "agreed.json"
    kept.write_bytes((declared.state / "plan.json").read_bytes())
    more = "  - {principal: worker, role: Key Vault Administrator, scope: {vault: contoso-orders}}\n"
    declared.estate.write_text(declared.estate.read_text() + more)
    assert declared("estate", "apply").code == 0
    ran = declared("plan", "--check", "--plan", str(kept))
    assert ran.code == 1, ran
    assert "Key Vault Administrator of worker at vault contoso-orders" in ran.out
    assert declared("plan", "--check", "--plan", "none.json").code == 2
