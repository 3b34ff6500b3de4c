"""ARM templates hold to the form that Azure Resource Manager documents for them, at every depth.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
"""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator
from plan_worlds import GET, OTHER_VAULT, VAULT, WEB, WORKER, saw
from staged_plans import WHOLE

from keyless.plan.result import Plan
from keyless.plan.writers.arm import write_arm
from plans_made import planned

RESOURCE = {
    "type": "object",
    "required": ["type", "apiVersion", "name"],
    "properties": {
        "type": {"pattern": r"^[A-Za-z]+(\.[A-Za-z]+)+(/[A-Za-z]+)+$"},
        "apiVersion": {"pattern": r"^\d{4}-\d{2}-\d{2}(-preview)?$"},
        "name": {"type": "string", "minLength": 1},
        "comments": {"type": "string"},
        "scope": {"type": "string"},
        "location": {"type": "string"},
        "resourceGroup": {"type": "string"},
        "subscriptionId": {"type": "string"},
        "dependsOn": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
        "properties": {"type": "object"},
    },
    "additionalProperties": False,
    "if": {"properties": {"type": {"const": "Microsoft.Resources/deployments"}}},
    "then": {
        "properties": {
            "name": {"maxLength": 64},
            "properties": {
                "required": ["mode", "template"],
                "properties": {"mode": {"const": "Incremental"}, "template": {"$ref": "#/$defs/template"}},
            },
        }
    },
}
TEMPLATE = {
    "type": "object",
    "required": ["$schema", "contentVersion", "resources"],
    "properties": {
        "$schema": {
            "pattern": r"^https://schema\.management\.azure\.com/schemas/\d{4}-\d{2}-\d{2}/"
            r"(deployment|subscriptionDeployment|managementGroupDeployment|tenantDeployment)Template\.json#$"
        },
        "contentVersion": {"pattern": r"^\d+(\.\d+){3}$"},
        "metadata": {"type": "object"},
        "parameters": {
            "type": "object",
            "propertyNames": {"pattern": r"^[A-Za-z_][A-Za-z0-9_]*$"},
            "additionalProperties": {"type": "object", "required": ["type"]},
        },
        "resources": {"type": "array", "items": {"$ref": "#/$defs/resource"}},
    },
    "additionalProperties": False,
}
SCHEMA = {"$ref": "#/$defs/template", "$defs": {"template": TEMPLATE, "resource": RESOURCE}}
PLANS = {
    "nothing": Plan(),
    "one group": planned([WEB], [saw(WEB, GET, VAULT)]),
    "two groups": planned([WEB, WORKER], [saw(WEB, GET, VAULT), saw(WORKER, GET, OTHER_VAULT)]),
    "everything": WHOLE,
}
_PARAMETER = re.compile(r"parameters\('(\w+)'\)")


@pytest.fixture(params=PLANS, ids=lambda name: name.replace(" ", "-"))
def template(request):
    return json.loads(write_arm(PLANS[request.param])["azuredeploy.json"])


def test_a_template_has_the_documented_form(template) -> None:
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(template)] == []


def test_the_check_can_fail() -> None:
    broken = {"$schema": "x", "contentVersion": "1", "resources": [{"type": "X"}]}
    assert len(list(Draft202012Validator(SCHEMA).iter_errors(broken))) > 2


def test_every_parameter_is_declared_where_it_is_used_and_used_where_it_is_declared(template) -> None:
    for one in (template, *(r["properties"]["template"] for r in _nested(template))):
        inner = [{**r, "properties": _outer(r["properties"])} for r in one["resources"] if "properties" in r]
        assert set(_PARAMETER.findall(json.dumps(inner))) == set(one["parameters"])


def _nested(template):
    return [one for one in template["resources"] if one["type"] == "Microsoft.Resources/deployments"]


def _outer(properties):
    """What is evaluated by the template itself, and not by one within it."""
    return {name: value for name, value in properties.items() if name != "template"}
