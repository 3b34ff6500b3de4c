"""Which policies close the ways of publishing with passwords, in ARM templates."""

from __future__ import annotations

import json

import pytest

from keyless.assess.rules.registry import rules
from repositories_made import repository

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def messages(*policies: tuple[str, bool], inside: bool = False) -> list[str]:
    """What is said of an app with these policies, beside it or within it."""
    prefix = "" if inside else "Microsoft.Web/sites/"
    made = [
        {
            "type": f"{prefix}basicPublishingCredentialsPolicies",
            "apiVersion": "2023-12-01",
            "name": name if inside else f"[concat(parameters('site'), '/{name}')]",
            "properties": {"allow": allow},
        }
        for name, allow in policies
    ]
    site = {
        "type": "Microsoft.Web/sites",
        "apiVersion": "2023-12-01",
        "name": "[parameters('site')]",
        "properties": {},
        "resources": made if inside else [],
    }
    template = {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": {"site": {"type": "string"}},
        "resources": [site, *([] if inside else made)],
    }
    found = rules()["basic-publishing"].check(
        repository({"azuredeploy.json": json.dumps(template, indent=2)})
    )
    return [one.message for one in found]


def test_an_app_without_policies_takes_passwords_both_ways() -> None:
    (message,) = messages()
    assert "(ftp, scm)" in message


def test_policies_beside_the_app_close_their_ways() -> None:
    assert messages(("ftp", False), ("scm", False)) == []


def test_policies_within_the_app_close_their_ways() -> None:
    assert messages(("ftp", False), ("scm", False), inside=True) == []


def test_a_policy_that_allows_leaves_its_way_open() -> None:
    (message,) = messages(("ftp", False), ("scm", True))
    assert "(scm)" in message


def test_what_publishes_with_a_profile_comes_first_and_no_edit_is_offered() -> None:
    app = 'resource "azurerm_linux_web_app" "a" {\n  name = "a"\n}\n'
    workflow = (
        "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: azure/webapps-deploy@v3\n        with:\n"
        "          publish-profile: ${{ secrets.PROFILE }}\n"
    )
    rule = rules()["basic-publishing"]
    (alone,) = rule.check(repository({"main.tf": app}))
    (beside,) = rule.check(repository({"main.tf": app, ".github/workflows/deploy.yml": workflow}))
    assert (alone.fix is None, beside.fix is None) == (False, True)
    assert "first" in beside.message


def test_a_module_for_the_policies_may_close_both_ways() -> None:
    app = "resource app 'Microsoft.Web/sites@2023-12-01' = {\n  name: 'app'\n}\n"
    module = "module policies 'basic-publishing/main.bicep' = {\n  name: 'p'\n  params: {}\n}\n"
    rule = rules()["basic-publishing"]
    assert len(list(rule.check(repository({"main.bicep": app})))) == 1
    assert list(rule.check(repository({"main.bicep": app + module}))) == []


@pytest.mark.parametrize(("more", "offered"), [("", True), ('  zip_deploy_file = "app.zip"\n', False)])
def test_no_edit_turns_off_what_terraform_itself_publishes_with(more: str, offered: bool) -> None:
    app = f'resource "azurerm_linux_web_app" "a" {{\n  name = "a"\n{more}}}\n'
    (one,) = rules()["basic-publishing"].check(repository({"main.tf": app}))
    assert (one.fix is not None) is offered


def test_an_app_of_a_template_is_called_by_the_name_of_its_parameter() -> None:
    (message,) = messages()
    assert message.startswith("`site` takes a user name and password")
