"""The same small estate, written in Bicep, as an ARM template and in Terraform, deploys the same."""

from __future__ import annotations

import json
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.all_grants import grants
from keyless.assess.deployed.settings_of import settings_of
from keyless.assess.repository import Repository
from repositories_made import repository

_ROLES = {
    "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "Owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
}
_ID = "Microsoft.Authorization/roleDefinitions"
_SITE, _STORE = "Microsoft.Web/sites", "Microsoft.Storage/storageAccounts"
_REFERENCE = f"reference(resourceId('{_SITE}', 'site'), '2022-03-01', 'full')"
_PATHS = ("properties.allowSharedKeyAccess", "identity.type")


@dataclass(frozen=True)
class _Estate:
    """A store and a site, with how the store's switch is written and which roles the site gets on it."""

    shared_key: bool | None
    by: str
    identity: str | None
    roles: tuple[str, ...]
    setting: str


_ESTATES = st.builds(
    _Estate,
    shared_key=st.sampled_from([None, True, False]),
    by=st.sampled_from(["value", "parameter", "variable"]),
    identity=st.sampled_from([None, "SystemAssigned"]),
    roles=st.lists(st.sampled_from(sorted(_ROLES)), unique=True, max_size=3).map(tuple),
    setting=st.sampled_from(["A", "Storage__Key"]),
)


def _bicep(estate: _Estate) -> str:
    value = {None: "null", True: "true", False: "false"}[estate.shared_key]
    lines = [f"param p bool? = {value}", f"var v = {value}"]
    switch = {"value": value, "parameter": "p", "variable": "v"}[estate.by]
    lines += [
        (
            f"resource store '{_STORE}@2023-01-01' = {{\n  name: 'store'\n"
            f"  properties: {{\n    allowSharedKeyAccess: {switch}\n  }}\n}}"
        ),
        f"resource site '{_SITE}@2022-03-01' = {{\n  name: 'site'",
        f"  identity: {{ type: '{estate.identity}' }}" if estate.identity else "",
        (
            "  properties: {\n    siteConfig: {\n"
            f"      appSettings: [{{ name: '{estate.setting}', value: 'x' }}]\n    }}\n  }}\n}}"
        ),
    ]
    for number, role in enumerate(estate.roles):
        lines.append(
            f"resource r{number} 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n"
            f"  name: guid('{role}')\n"
            f"  scope: store\n  properties: {{\n    principalId: site.identity.principalId\n"
            f"    roleDefinitionId: subscriptionResourceId('{_ID}', '{_ROLES[role]}')\n  }}\n}}"
        )
    return "\n".join(lines) + "\n"


def _arm(estate: _Estate) -> str:
    switch = {"value": estate.shared_key, "parameter": "[parameters('p')]", "variable": "[variables('v')]"}
    site = {
        "type": _SITE,
        "name": "site",
        "properties": {"siteConfig": {"appSettings": [{"name": estate.setting, "value": "x"}]}},
    }
    if estate.identity:
        site["identity"] = {"type": estate.identity}
    store = {"type": _STORE, "name": "store", "properties": {"allowSharedKeyAccess": switch[estate.by]}}
    assignments = [
        {
            "type": "Microsoft.Authorization/roleAssignments",
            "name": f"[guid('{role}')]",
            "scope": f"[resourceId('{_STORE}', 'store')]",
            "properties": {
                "principalId": f"[{_REFERENCE}.identity.principalId]",
                "roleDefinitionId": f"[subscriptionResourceId('{_ID}', '{_ROLES[role]}')]",
            },
        }
        for role in estate.roles
    ]
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "parameters": {"p": {"type": "bool", "defaultValue": estate.shared_key}},
        "variables": {"v": estate.shared_key},
        "resources": [store, site, *assignments],
    }
    return json.dumps(template, indent=2)


def _terraform(estate: _Estate) -> str:
    value = {None: "null", True: "true", False: "false"}[estate.shared_key]
    switch = {"value": value, "parameter": "var.p", "variable": "local.v"}[estate.by]
    identity = f'  identity {{\n    type = "{estate.identity}"\n  }}\n' if estate.identity else ""
    lines = [
        f'variable "p" {{\n  default = {value}\n}}\nlocals {{\n  v = {value}\n}}',
        f'resource "azurerm_storage_account" "store" {{\n  shared_access_key_enabled = {switch}\n}}',
        (
            f'resource "azurerm_linux_web_app" "site" {{\n{identity}'
            f'  app_settings = {{ "{estate.setting}" = "x" }}\n}}'
        ),
    ]
    for number, role in enumerate(estate.roles):
        lines.append(
            f'resource "azurerm_role_assignment" "r{number}" {{\n  scope = azurerm_storage_account.store.id\n'
            f'  role_definition_id = "/providers/{_ID}/{_ROLES[role]}"\n'
            "  principal_id = azurerm_linux_web_app.site.identity[0].principal_id\n}"
        )
    return "\n".join(lines) + "\n"


def _said(made: Repository) -> dict[str, list[tuple[object, ...]]]:
    """What is told of the estate, with symbols as the last part of what each language calls them."""
    properties: list[tuple[object, ...]] = sorted(
        (one.arm_type, path, value.told, value.literal)
        for one in made.view(deployed)
        if one.arm_type in {_SITE, _STORE}
        for path in _PATHS
        for value in [one.value(path)]
    )
    roles: list[tuple[object, ...]] = sorted(
        (one.role_name, one.scope, _last(one.to), _last(one.at)) for one in made.view(grants)
    )
    settings: list[tuple[object, ...]] = sorted(
        (one.kind, one.name, _last(one.holder)) for one in made.view(settings_of)
    )
    return {"properties": properties, "roles": roles, "settings": settings}


def _last(symbol: str) -> str:
    return symbol.replace("/", ".").rpartition(".")[2]


@given(_ESTATES)
def test_the_same_estate_deploys_the_same_in_every_language(estate: _Estate) -> None:
    bicep = _said(repository({"main.bicep": _bicep(estate)}))
    assert _said(repository({"main.json": _arm(estate)})) == bicep
    assert _said(repository({"main.tf": _terraform(estate)})) == bicep
    assert [one[0] for one in bicep["roles"]] == sorted(estate.roles)


@given(_ESTATES)
def test_an_estate_that_a_module_makes_deploys_the_same(estate: _Estate) -> None:
    alone = _said(repository({"m.bicep": _bicep(estate)}))
    used = "module m 'm.bicep' = {\n  name: 'm'\n}\n"
    assert _said(repository({"m.bicep": _bicep(estate), "main.bicep": used})) == alone
