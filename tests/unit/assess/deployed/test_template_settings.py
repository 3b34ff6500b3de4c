"""Settings that templates give to what they deploy."""

from __future__ import annotations

import json

import pytest

from expressions_shown import shown
from keyless.assess.deployed.settings_of import Kind, TemplateSetting, settings_of
from keyless.assess.settings.setting import Realm
from keyless.assess.settings.written import written
from repositories_made import repository


def _settings(files: dict[str, str]) -> tuple[TemplateSetting, ...]:
    return repository(files).view(settings_of)


def _shown(files: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(one.kind.value, one.name, shown(one.value)) for one in _settings(files)]


def _site(settings: str, before: str = "") -> dict[str, str]:
    return {
        "main.bicep": f"{before}\nresource app 'Microsoft.Web/sites@2022-03-01' = {{\n  name: 'app'\n"
        f"  properties: {{\n    siteConfig: {{\n      appSettings: {settings}\n    }}\n  }}\n}}\n"
    }


@pytest.mark.parametrize(
    ("settings", "before"),
    [
        ("[{ name: 'A', value: k }]", ""),
        ("[{ name: n, value: k }]", "var n = 'A'"),
        ("s", "var s = [{ name: 'A', value: k }]"),
        ("concat([{ name: 'A', value: k }], more)", "param more array"),
        ("union([{ name: 'A', value: k }], more)", "var more = []"),
        ("[\n  ...s\n]", "var s = [{ name: 'A', value: k }]"),
        ("[for one in items(s): { name: one.key, value: one.value }]", "var s = { A: k }"),
        ("[for one in s: { name: one.name, value: one.value }]", "var s = [{ name: 'A', value: k }]"),
        ("map(items(s), one => { name: one.key, value: one.value })", "var s = { A: k }"),
        ("c ? [{ name: 'A', value: k }] : []", "param c bool"),
    ],
)
def test_a_list_of_settings_is_gathered_however_it_is_put_together(settings: str, before: str) -> None:
    assert _shown(_site(settings, before)) == [("app settings", "A", "k")]


def test_a_setting_has_its_entry_and_its_holder() -> None:
    (found,) = _settings(_site("[\n        { name: 'A', value: k }\n      ]"))
    assert (found.place.span.line, found.holder, found.holder_path) == (7, "app", "main.bicep")


_CONFIG = """param more object = {{}}
resource app 'Microsoft.Web/sites@2022-03-01' = {{
  name: 'app'
  resource settings 'config' = {{
    name: '{name}'
    properties: {properties}
  }}
}}
"""


@pytest.mark.parametrize(
    ("name", "properties", "found"),
    [
        ("appsettings", "{ A: k }", [("app settings", "A", "k")]),
        (
            "appsettings",
            "union(more, { A: k }, c ? { B: l } : {})",
            [("app settings", "A", "k"), ("app settings", "B", "l")],
        ),
        ("connectionstrings", "{ Db: { value: k, type: 'SQLAzure' } }", [("connection strings", "Db", "k")]),
        ("logs", "{ A: k }", []),
    ],
)
def test_the_configuration_of_a_site_is_of_settings_by_its_name(
    name: str, properties: str, found: list[tuple[str, str, str]]
) -> None:
    made = _shown({"main.bicep": "param c bool\n" + _CONFIG.format(name=name, properties=properties)})
    assert sorted(made) == found


def test_settings_that_a_module_is_handed_stand_where_they_are_written() -> None:
    module = "param appSettings object = {}\n" + _CONFIG.format(
        name="appsettings", properties="union(appSettings, { OWN: 'x' })"
    )
    files = {
        "main.bicep": "module web 'core/site.bicep' = {\n  name: 'web'\n  params: {\n"
        "    appSettings: {\n      KEY: store.listKeys().keys[0].value\n    }\n  }\n}\n",
        "core/site.bicep": module,
    }
    found = {one.name: (one.place.path, one.place.span.line, one.holder) for one in _settings(files)}
    assert found == {"KEY": ("main.bicep", 5, "app"), "OWN": ("core/site.bicep", 7, "app")}


_CONTAINER_APP = """resource app 'Microsoft.App/containerApps@2023-05-01' = {
  name: 'app'
  properties: {
    configuration: {
      secrets: [{ name: 'key', value: store.listKeys().keys[0].value }]
    }
    template: {
      containers: [{
        env: [
          { name: 'PLAIN', value: 'x' }
          { name: 'KEY', secretRef: 'key' }
        ]
      }]
    }
  }
}
"""


def test_an_environment_that_refers_to_a_secret_has_the_secret_s_value() -> None:
    assert _shown({"main.bicep": _CONTAINER_APP}) == [
        ("secrets", "key", "store.listKeys().keys[0].value"),
        ("environment", "PLAIN", "'x'"),
        ("environment", "KEY", "store.listKeys().keys[0].value"),
    ]


def test_resources_that_are_settings_themselves_go_by_their_names() -> None:
    files = {
        "main.bicep": "resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {\n  name: 'v'\n"
        "  resource s 'secrets' = {\n    name: 'db-key'\n    properties: { value: k }\n  }\n}\n"
        "resource c 'Microsoft.AppConfiguration/configurationStores/keyValues@2023-03-01' = {\n"
        "  name: 'store/App:Key$prod'\n  properties: { value: l }\n}\n"
    }
    assert _shown(files) == [("vault secrets", "db-key", "k"), ("configuration", "App:Key", "l")]


_TERRAFORM = """
resource "azurerm_linux_web_app" "a" {
  app_settings = merge(local.common, { "KEY" = azurerm_storage_account.s.primary_access_key })
  connection_string {
    name  = "Db"
    type  = "SQLAzure"
    value = var.db
  }
}
locals {
  common = { A = "x" }
}
resource "azurerm_container_app" "c" {
  secret {
    name  = "key"
    value = var.k
  }
  template {
    container {
      env {
        name        = "KEY"
        secret_name = "key"
      }
      env {
        name  = "B"
        value = "y"
      }
    }
  }
}
resource "azurerm_key_vault_secret" "v" {
  name  = "db-key"
  value = var.db
}
resource "kubernetes_secret" "k" {
  metadata {
    name = "creds"
  }
  data = { password = var.db }
}
"""


def test_terraform_gives_settings_by_arguments_and_blocks() -> None:
    assert sorted(_shown({"main.tf": _TERRAFORM})) == [
        ("app settings", "A", "'x'"),
        ("app settings", "KEY", "azurerm_storage_account.s.primary_access_key"),
        ("cluster secrets", "creds/password", "var.db"),
        ("connection strings", "Db", "var.db"),
        ("environment", "B", "'y'"),
        ("environment", "KEY", "var.k"),
        ("secrets", "key", "var.k"),
        ("vault secrets", "db-key", "var.db"),
    ]


def test_what_templates_set_is_written_under_the_names_that_code_reads() -> None:
    found = {
        (one.setting.realm, one.setting.key): one.by
        for one in repository({"main.tf": _TERRAFORM}).view(written)
    }
    assert found[Realm.SETTING, "connectionstringsdb"] == "connection strings of `azurerm_linux_web_app.a`"
    assert found[Realm.CLUSTER_SECRET, "/key"] == "secrets of `azurerm_container_app.c`"
    assert found[Realm.CLUSTER_SECRET, "creds/password"] == "cluster secrets of `kubernetes_secret.k`"
    assert found[Realm.VAULT_SECRET, "dbkey"] == "vault secrets of `azurerm_key_vault_secret.v`"


def test_arm_gives_settings_by_the_names_of_its_configuration() -> None:
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "resources": [
            {
                "type": "Microsoft.Web/sites/config",
                "name": "[concat(parameters('site'), '/appsettings')]",
                "properties": {"KEY": "[listKeys(resourceId('a/b', 'c'), '2022-09-01').keys[0].value]"},
            }
        ],
    }
    (found,) = _settings({"main.json": json.dumps(template, indent=1)})
    assert (found.kind, found.name) == (Kind.APP_SETTING, "KEY")
