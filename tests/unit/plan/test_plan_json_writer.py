"""A plan as JSON, which is read back."""

from __future__ import annotations

import json

import pytest
from plan_worlds import GET, SECRETS_USER, SET, VAULT, WEB, WORKER, saw

from keyless.plan.read import UnreadablePlan, read_plan
from keyless.plan.result import SCHEMA
from keyless.plan.writers.json import write_json
from plans_made import planned


def test_json_goes_there_and_back():
    plan = planned([WEB, WORKER], [saw(WEB, GET, VAULT), saw(WORKER, SET, VAULT, count=3)])
    text = write_json(plan)
    assert read_plan(text) == plan
    assert json.loads(text)["schema"] == SCHEMA == "keyless.plan/2"
    assert json.loads(text)["assignments"][0]["roleId"] == SECRETS_USER


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not a plan"),
        ('{"assignments": 1}', "not a plan"),
        ('{"schema": "keyless.plan/99"}', "`keyless.plan/99`"),
        ('{"schema": "keyless.plan/2", "x": ' + "[" * 100_000, "nested too deep"),
        ('{"schema": "keyless.plan/2", "vaultsToSwitch": ["x"]}', "must begin with `/`"),
    ],
)
def test_what_is_not_a_plan_of_this_version_is_refused(text, why):
    with pytest.raises(UnreadablePlan, match=why):
        read_plan(text)


def test_a_plan_with_a_scope_that_is_none_is_refused():
    text = write_json(planned([WEB], [saw(WEB, GET, VAULT)]))
    with pytest.raises(UnreadablePlan, match="is not a resource id"):
        read_plan(text.replace(f'"scope": "{VAULT}"', '"scope": "nowhere"'))


OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


@pytest.mark.parametrize("role_id", [OWNER, "cccccccc-0000-0000-0000-000000000001"])
def test_a_plan_that_calls_a_role_by_the_name_of_another_is_refused(role_id):
    text = write_json(planned([WEB], [saw(WEB, GET, VAULT)]))
    with pytest.raises(UnreadablePlan, match="which it is not"):
        read_plan(text.replace(f'"roleId": "{SECRETS_USER}"', f'"roleId": "{role_id}"'))
