from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from keyless.plan.read import read_plan
from keyless.plan.result import SCHEMA, Plan
from keyless.plan.writers.json import write_json
from plan_pages_made import PLAN

ROOT = Path(__file__).resolve().parents[3]
SHAPE = json.loads((ROOT / "docs" / "reference" / "plan.schema.json").read_text())


@pytest.mark.parametrize("plan", [PLAN, Plan()])
def test_every_plan_is_as_the_schema_says_and_reads_back(plan):
    jsonschema.validate(json.loads(write_json(plan)), SHAPE)
    assert read_plan(write_json(plan)) == plan


@pytest.mark.parametrize(
    "broken", [{}, {"schema": "keyless.plan/1"}, {"schema": SCHEMA, "assignments": [{"id": 5}]}]
)
def test_what_is_no_plan_is_not_as_the_schema_says(broken):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SHAPE)


def test_a_plan_says_its_schema_first():
    assert write_json(PLAN).startswith(f'{{\n  "schema": "{SCHEMA}",')
