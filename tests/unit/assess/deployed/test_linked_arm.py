"""Where names of ARM templates lead to, through templates within them and beside them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from expressions_shown import shown
from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.all_grants import grants
from keyless.assess.deployed.grants import ScopeKind
from keyless.assess.deployed.linked import linked
from repositories_made import repository

_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deployment{}.json#"
_DEFINITIONS = "Microsoft.Authorization/roleDefinitions"
_READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def _template(**parts: Any) -> str:
    return json.dumps({"$schema": _SCHEMA.format("Template"), "resources": []} | parts, indent=1)


def _ends(files: dict[str, str], output: str = "it") -> list[str]:
    made = repository(files)
    template, found = next(
        (template, one) for template in made.templates for one in template.outputs if one.name == output
    )
    return sorted(shown(one.expression) for one in linked(made, template, found.value))


def _it(value: str) -> dict[str, Any]:
    return {"it": {"type": "string", "value": value}}


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        ("[variables('a').b]", ["'x'"]),
        ("[variables('A')['B']]", ["'x'"]),
        ("[parameters('p')]", ["'d'"]),
        ("[parameters('q')]", ["parameters('q')"]),
        ("[variables('list')[1]]", ["'y'"]),
        ("[if(parameters('on'), variables('a').b, 'z')]", ["(parameters('on') ? variables('a').b | 'z')"]),
    ],
)
def test_variables_and_parameters_are_followed(value: str, ends: list[str]) -> None:
    written = _template(
        parameters={
            "p": {"type": "string", "defaultValue": "d"},
            "q": {"type": "string"},
            "on": {"type": "bool"},
        },
        variables={"a": {"b": "x"}, "list": ["w", "y"]},
        outputs=_it(value),
    )
    assert _ends({"main.json": written}) == ends


def _deployment(scope: str = "inner", name: str = "inside") -> dict[str, Any]:
    return {
        "type": "Microsoft.Resources/deployments",
        "name": name,
        "properties": {
            "expressionEvaluationOptions": {"scope": scope},
            "parameters": {"p": {"value": "[variables('given')]"}},
            "template": {
                "$schema": _SCHEMA.format("Template"),
                "parameters": {"p": {"type": "string"}},
                "resources": [],
                "outputs": {"o": {"type": "string", "value": "[parameters('p')]"}},
            },
        },
    }


@pytest.mark.parametrize(
    "value",
    [
        "[reference('inside').outputs.o.value]",
        "[reference(resourceId('Microsoft.Resources/deployments', 'inside'), '2022-09-01').outputs.o.value]",
    ],
)
def test_an_output_of_a_template_within_is_followed_to_what_it_was_handed(value: str) -> None:
    written = _template(variables={"given": "x"}, resources=[_deployment()], outputs=_it(value))
    assert _ends({"main.json": written}) == ["'x'"]


def test_a_deployment_whose_name_is_worked_out_is_known_by_how_that_is_written() -> None:
    name = "[concat('in-',  parameters('n'))]"
    value = (
        "[reference(resourceId('Microsoft.Resources/deployments', concat('in-', parameters('n'))))"
        ".outputs.o.value]"
    )
    written = _template(
        parameters={"n": {"type": "string"}},
        variables={"given": "x"},
        resources=[_deployment(name=name)],
        outputs=_it(value),
    )
    assert _ends({"main.json": written}) == ["'x'"]


def test_a_template_beside_is_followed_into_by_its_path() -> None:
    link = {
        "type": "Microsoft.Resources/deployments",
        "name": "beside",
        "properties": {
            "templateLink": {"relativePath": "nested/it.json"},
            "parameters": {"p": {"value": "x"}},
        },
    }
    files = {
        "main.json": _template(resources=[link], outputs=_it("[reference('beside').outputs.o.value]")),
        "nested/it.json": _template(
            parameters={"p": {"type": "string"}},
            outputs={"o": {"type": "string", "value": "[parameters('p')]"}},
        ),
    }
    assert _ends(files) == ["'x'"]
    assert _ends(files, "o") == ["'x'"]


def test_bicep_may_use_an_arm_template_as_a_module() -> None:
    files = {
        "main.bicep": "module m 'it.json' = {\n  name: 'm'\n  params: { p: 'x' }\n}\n"
        "output it string = m.outputs.o\n",
        "it.json": _template(
            parameters={"p": {"type": "string"}},
            outputs={"o": {"type": "string", "value": "[parameters('p')]"}},
        ),
    }
    assert _ends(files) == ["'x'"]


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        ("infra/main.parameters.json", ["'d'", "'x'"]),
        ("infra/main.parameters.dev.json", ["'d'", "'x'"]),
        ("infra/parameters/main.parameters.json", ["'d'", "'x'"]),
        ("infra/azuredeploy.parameters.json", ["'d'", "'x'"]),
        ("elsewhere/deep/main.parameters.json", ["'d'"]),
    ],
)
def test_files_of_parameters_are_for_the_template_of_their_name_or_the_only_one(
    path: str, ends: list[str]
) -> None:
    values = {"$schema": _SCHEMA.format("Parameters"), "parameters": {"p": {"value": "x"}}}
    files = {
        "infra/main.bicep": "param p string = 'd'\noutput it string = p\n",
        path: json.dumps(values),
    }
    assert _ends(files) == ends


def test_a_resource_within_a_resource_group_elsewhere_is_granted_on_there() -> None:
    grant = {
        "type": "Microsoft.Authorization/roleAssignments",
        "name": "[guid('x')]",
        "properties": {
            "roleDefinitionId": f"[subscriptionResourceId('{_DEFINITIONS}', '{_READER}')]",
            "principalId": "[parameters('who')]",
        },
    }
    inner = {"$schema": _SCHEMA.format("Template"), "resources": [grant]}
    properties = {"mode": "Incremental", "template": inner}
    nested = {"type": "Microsoft.Resources/deployments", "name": "n", "properties": properties}
    schema = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
    for more, kind in (
        ({}, ScopeKind.SUBSCRIPTION),
        ({"resourceGroup": "rg"}, ScopeKind.RESOURCE_GROUP),
        ({"subscriptionId": "s"}, ScopeKind.SUBSCRIPTION),
    ):
        written = json.dumps({"$schema": schema, "resources": [nested | more]}, indent=1)
        (found,) = repository({"main.json": written}).view(grants)
        assert (found.scope, found.role_name) == (kind, "Reader")


def test_an_assignment_on_a_resource_may_be_said_by_its_type() -> None:
    grant = {
        "type": "Microsoft.Storage/storageAccounts/providers/roleAssignments",
        "name": "[concat('store', '/Microsoft.Authorization/', guid('x'))]",
        "properties": {"roleDefinitionId": _READER, "principalId": "p"},
    }
    made = repository({"main.json": _template(resources=[grant])})
    (found,) = made.view(grants)
    assert found.scope is ScopeKind.RESOURCE
    assert made.view(deployed)[0].arm_type == grant["type"]
