"""ARM templates, construct by construct."""

from __future__ import annotations

import json

import pytest

from expressions_shown import shown
from keyless.assess.sources.json_files import read
from keyless.assess.syntax.source import Lack, Source
from keyless.assess.syntax.templates import Dialect, Template

_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def _read(written: dict[str, object] | str, path: str = "infra/main.json") -> Source:
    text = written if isinstance(written, str) else json.dumps({"$schema": _SCHEMA} | written, indent=2)
    return read(path, text)


def _template(written: dict[str, object] | str) -> Template:
    source = _read(written)
    assert source.problems == ()
    assert source.template is not None
    return source.template


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("plain", "'plain'"),
        ("[[not one]", "'[not one]'"),
        ("[not closed", "'[not closed'"),
        ("[parameters('a')]", "parameters('a')"),
        ("[concat('it''s ', variables('b'))]", "concat(\"it's \", variables('b'))"),
        (
            "[listKeys(resourceId('Microsoft.Storage/storageAccounts', 'x'), '2022-09-01').keys[0].value]",
            "listKeys(resourceId('Microsoft.Storage/storageAccounts', 'x'), '2022-09-01').keys[0].value",
        ),
        ("[if(equals(1, -2), true(), json('null'))]", "(equals(1, -2) ? True | json('null'))"),
        ("[coalesce(parameters('a'), 'b')]", "(parameters('a') | 'b')"),
        ("[parameters('a')[copyIndex()]['b'].c]", "parameters('a')[copyIndex()]['b'].c"),
        ("[tryGet(parameters('a'), 'b')]", "tryGet(parameters('a'), 'b')"),
        ("[own.name(parameters('a'))]", "own.name(parameters('a'))"),
        ("[\n  concat(\n 'a',\n 'b')\n]", "concat('a', 'b')"),
        ("[environment().suffixes.storage]", "environment().suffixes.storage"),
        ("[parameters('\u00e9')]", "parameters('\u00e9')"),
    ],
)
def test_a_text_in_brackets_is_an_expression(written: str, meant: str) -> None:
    (found,) = _template({"resources": [], "variables": {"it": written}}).variables
    assert shown(found.value) == meant


def test_a_text_that_is_no_expression_is_said_and_the_others_are_read() -> None:
    source = _read({"resources": [], "variables": {"a": "[concat(]", "b": "[1]"}})
    assert [one.lack for one in source.problems] == [Lack.NOT_PARSED]
    assert source.template is not None
    assert [shown(one.value) for one in source.template.variables] == ["<error>", "1"]


def test_spans_are_within_the_text() -> None:
    text = (
        '{"$schema": "'
        + _SCHEMA
        + '", "variables": {"\u00e9": "[concat(parameters(\'a\'))]"}, "resources": []}'
    )
    (found,) = _template(text).variables
    (argument,) = found.value.arguments  # type: ignore[union-attr]
    span = argument.value.span
    assert text.encode()[span.start : span.end] == b"parameters('a')"
    assert span.column == text.index("parameters('a')") + 1


def test_spans_of_a_text_with_escapes_are_those_of_the_whole() -> None:
    text = (
        '{"$schema": "' + _SCHEMA + '", "variables": {"a": "[parameters(\\u0027a\\u0027)]"}, "resources": []}'
    )
    (found,) = _template(text).variables
    assert shown(found.value) == "parameters('a')"
    assert text.encode()[found.value.span.start : found.value.span.end] == b'"[parameters(\\u0027a\\u0027)]"'


def test_parameters_and_outputs_tell_whether_they_are_secure() -> None:
    template = _template(
        {
            "parameters": {
                "a": {"type": "securestring"},
                "b": {"type": "string", "defaultValue": "[variables('c')]"},
            },
            "outputs": {
                "d": {"type": "string", "value": "[reference('x').y]"},
                "e": {"type": "secureObject", "value": {}},
            },
            "resources": [],
        }
    )
    assert [(one.name, one.secure, shown(one.default)) for one in template.parameters] == [
        ("a", True, "-"),
        ("b", False, "variables('c')"),
    ]
    assert [(one.name, one.secure, shown(one.value)) for one in template.outputs] == [
        ("d", False, "reference('x').y"),
        ("e", True, "{}"),
    ]


def test_resources_within_resources_have_the_full_type_and_their_parent() -> None:
    (site, settings) = _template(
        {
            "resources": [
                {
                    "type": "Microsoft.Web/sites",
                    "apiVersion": "2022-03-01",
                    "name": "[variables('site')]",
                    "condition": "[parameters('wanted')]",
                    "copy": {"name": "sites", "count": "[length(parameters('all'))]"},
                    "properties": {"copy": [{"name": "x", "count": 2, "input": "[copyIndex('x')]"}]},
                    "resources": [{"type": "config", "name": "appsettings", "properties": {}}],
                }
            ]
        }
    ).resources
    assert (site.type, site.symbol) == ("Microsoft.Web/sites", "Microsoft.Web/sites/variables('site')")
    assert (shown(site.condition), shown(site.repeated)) == (
        "parameters('wanted')",
        "length(parameters('all'))",
    )
    assert shown(site.body.entries[-1].value) == "{'x': for( in 2: copyIndex('x'))}"
    assert (settings.type, settings.parent) == ("Microsoft.Web/sites/config", site.symbol)


def test_symbolic_names_and_existing_resources_are_those_of_the_newer_form() -> None:
    (found,) = _template(
        {
            "languageVersion": "2.0",
            "resources": {"kv": {"existing": True, "type": "Microsoft.KeyVault/vaults", "name": "v"}},
        }
    ).resources
    assert (found.symbol, found.existing) == ("kv", True)


_INNER = {
    "parameters": {"site": {"type": "string"}, "sku": {"type": "string", "defaultValue": "F1"}},
    "variables": {"full": "[concat(parameters('site'), '-x')]"},
    "resources": [
        {"type": "Microsoft.Web/sites", "name": "[variables('full')]", "sku": {"name": "[parameters('sku')]"}}
    ],
    "outputs": {"id": {"type": "string", "value": "[variables('full')]"}},
}


def _nested(scope: str) -> Template:
    return _template(
        {
            "resources": [
                {
                    "type": "Microsoft.Resources/deployments",
                    "name": "web",
                    "resourceGroup": "other",
                    "properties": {
                        "expressionEvaluationOptions": {"scope": scope},
                        "parameters": {"site": {"value": "[parameters('name')]"}},
                        "template": _INNER,
                    },
                }
            ]
        }
    )


def test_a_template_within_a_template_is_read_under_the_name_of_its_deployment() -> None:
    template = _nested("inner")
    assert [(one.name, shown(one.value)) for one in template.variables] == [
        ("web/parameters/site", "parameters('name')"),
        ("web/parameters/sku", "'F1'"),
        ("web/variables/full", "concat(variables('web/parameters/site'), '-x')"),
        ("web/outputs/id", "variables('web/variables/full')"),
    ]
    (resource,) = template.resources
    assert shown(resource.name) == "variables('web/variables/full')"
    assert shown(resource.scope) == "resourceGroup('other')"
    assert [(one.symbol, one.source) for one in template.modules] == [("web", "")]


def test_a_template_that_is_evaluated_outside_keeps_its_names() -> None:
    template = _nested("outer")
    assert shown(template.resources[0].name) == "variables('full')"


def test_a_deployment_by_link_is_a_module() -> None:
    (found,) = _template(
        {
            "resources": [
                {
                    "type": "Microsoft.Resources/deployments",
                    "name": "db",
                    "properties": {
                        "templateLink": {"relativePath": "nested/db.json"},
                        "parameters": {"key": {"reference": {"secretName": "s"}}},
                    },
                }
            ]
        }
    ).modules
    assert (found.symbol, found.source) == ("db", "nested/db.json")
    assert shown(found.arguments) == "{'key': <vault-reference {'secretName': 's'}>}"


def test_functions_of_a_template_are_variables() -> None:
    (found,) = _template(
        {
            "resources": [],
            "functions": [
                {
                    "namespace": "own",
                    "members": {
                        "name": {
                            "parameters": [{"name": "a", "type": "string"}],
                            "output": {"type": "string", "value": "[concat(parameters('a'))]"},
                        }
                    },
                }
            ],
        }
    ).variables
    assert (found.name, shown(found.value)) == ("own.name", "(a) => concat(parameters('a'))")


def test_a_file_of_parameters_gives_values() -> None:
    source = read(
        "infra/main.parameters.json",
        '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",'
        ' "parameters": {"a": {"value": "x"}, "b": {"reference": {"secretName": "s"}}}}',
    )
    assert source.template is not None
    assert shown(source.template.given) == "{'a': 'x', 'b': <vault-reference {'secretName': 's'}>}"


@pytest.mark.parametrize(
    ("schema", "scope"),
    [
        ("subscriptionDeploymentTemplate", "subscription"),
        ("managementGroupDeploymentTemplate", "managementGroup"),
        ("tenantDeploymentTemplate", "tenant"),
    ],
)
def test_the_schema_tells_the_scope(schema: str, scope: str) -> None:
    template = _template(
        {"$schema": f"https://schema.management.azure.com/schemas/2018-05-01/{schema}.json#", "resources": []}
    )
    assert template.target_scope == scope


def test_what_a_tool_fills_in_from_the_environment_is_an_expression_of_it() -> None:
    values = {
        "a": {"value": "${AZURE_LOCATION}"},
        "b": {"value": "${SKU=basic}"},
        "c": {"value": "$(secretOrRandomPassword ${VAULT} key)"},
        "d": {"value": "x-${ENV}"},
    }
    schema = _SCHEMA.replace("deploymentTemplate", "deploymentParameters")
    source = read("infra/main.parameters.json", json.dumps({"$schema": schema, "parameters": values}))
    assert source.template is not None
    assert shown(source.template.given) == (
        "{'a': env.AZURE_LOCATION, 'b': (env.SKU | 'basic'), 'c': <worked-out>, 'd': J('x-', env.ENV)}"
    )


def test_values_for_terraform_may_be_json() -> None:
    source = read("infra/main.tfvars.json", '{"location": "${AZURE_LOCATION}", "on": true}')
    assert source.template is not None
    assert source.template.dialect is Dialect.TERRAFORM
    assert shown(source.template.given) == "{'location': env.AZURE_LOCATION, 'on': True}"
