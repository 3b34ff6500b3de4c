"""The README of a directory of deployments, as Markdown."""

from __future__ import annotations

import msgspec
import pytest
from plan_worlds import SECRETS_USER, VAULT
from staged_plans import SHARED, WHOLE, assignment

from keyless.plan.result import Plan
from keyless.plan.results.stages import StageKey
from keyless.plan.writers.readme import write_readme


def test_it_names_every_stage_in_order_with_its_script() -> None:
    text = write_readme(WHOLE)
    rows = [line for line in text.splitlines() if line.startswith("|") and ".sh" in line]
    assert [row.split("`")[1] for row in rows] == [f"az/{key.value}.sh" for key in StageKey]
    assert "(can be left out)" in rows[6]
    assert "| 15 minutes |" in rows[2]


def test_it_says_what_does_not_come_back() -> None:
    assert "does not come back: the client secret does not come back: make another" in write_readme(WHOLE)


def test_a_plan_that_changes_nothing_says_so() -> None:
    assert "there are no stages" in write_readme(Plan())


@pytest.mark.parametrize("name", ["a\n# heading", "[x](javascript:alert)", "<script>", "```\nx", "**b**"])
def test_a_name_is_no_markup(name) -> None:
    who = msgspec.structs.replace(SHARED, name=name, is_proposed=False)
    plan = Plan(assignments=(assignment(1, who, SECRETS_USER, VAULT, name=name),))
    text = write_readme(plan)
    for line in text.splitlines():
        assert not line.startswith("# heading")
        prose = line if not line.startswith("   az") else ""
        assert "<script>" not in prose
        assert "[x](" not in prose
        assert "**b**" not in prose
    fences = [line.strip() for line in text.splitlines() if line.strip().startswith("```")]
    assert len(fences) % 2 == 0
    assert text.count("why: it was used") == 1
