"""Plans as they are reviewed: what differs, how it goes over time, and as Markdown for a pull request."""

from __future__ import annotations

import json
from pathlib import Path

from keyless_command import Project


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
