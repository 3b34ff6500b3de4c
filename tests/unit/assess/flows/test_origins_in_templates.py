"""Where values of templates come from: keys of resources, vaults, parameters, modules."""

from __future__ import annotations

from collections.abc import Mapping

from flows_shown import repository, shown
from keyless.assess.flows.flow import Flow, is_credential
from keyless.assess.flows.origins import template_origins
from keyless.assess.syntax.expressions import Expr, Record


def _flows(files: Mapping[str, str]) -> dict[str, tuple[Flow, ...]]:
    """The flows of the variable, or record of locals, `it` of the files, by its keys."""
    found = repository(files)
    template, it = next(
        (template, one.value)
        for template in found.templates
        for one in template.variables
        if one.name == "it"
    )
    assert isinstance(it, Record)
    return {str(key): template_origins(found, template, value) for key, value in _entries(it).items()}


def _entries(record: Record) -> dict[object, Expr]:
    return {getattr(one.key, "value", None): one.value for one in record.entries}


def _origins(files: Mapping[str, str]) -> dict[str, set[str]]:
    return {key: {shown(flow) for flow in flows} for key, flows in _flows(files).items()}


BICEP = """
@secure()
param password string
param name string
resource st 'Microsoft.Storage/storageAccounts@2023-01-01' existing = { name: name }
resource kv 'Microsoft.KeyVault/vaults@2023-01-01' existing = { name: name }
resource kept 'Microsoft.KeyVault/vaults/secrets@2023-01-01' = {
  parent: kv
  name: 'kept'
  properties: { value: st.listKeys().keys[0].value }
}
module inner './inner.bicep' = { name: 'i', params: { given: st.listKeys().keys[1].value } }
module cosmos 'br/public:avm/res/document-db/database-account:0.9.0' = { name: 'c', params: {} }
var whole = 'DefaultEndpointsProtocol=https;AccountName=${st.name};AccountKey=${st.listKeys().keys[0].value}'
var it = {
%s
}
"""
INNER = "param given string\noutput out string = given\n"


def _bicep(*lines: str) -> dict[str, set[str]]:
    return _origins({"infra/a.bicep": BICEP % "\n".join(lines), "infra/inner.bicep": INNER})


def test_keys_of_resources_are_found_in_every_way_of_writing() -> None:
    found = _bicep(
        "a: st.listKeys().keys[0].value",
        "b: listKeys(st.id, '2023-01-01').keys[0].value",
        "c: listKeys(resourceId('Microsoft.DocumentDB/databaseAccounts', 'db'), '2023').primaryMasterKey",
        "d: whole",
        "e: inner.outputs.out",
        "f: cosmos.outputs.primaryReadWriteKey",
        "g: format('AccountKey={0};', st.listKeys().keys[0].value)",
        "h: empty(name) ? '' : whole",
    )
    blob = {"key-of-resource blob st"}
    assert found["c"] == {"key-of-resource cosmos db"}
    assert found["f"] == {"key-of-resource cosmos cosmos"}
    assert all(found[key] == blob for key in "abdegh")


def test_addresses_and_parameters_are_no_credentials_and_secure_parameters_are() -> None:
    flows = _flows(
        {
            "a.bicep": BICEP % "a: st.properties.primaryEndpoints.blob\nb: name\nc: password\n"
            "d: 'Server=tcp:${name};Password=${password};'\ne: 'https://${name}.vault.azure.net'\nf: st.id"
        }
    )
    assert [{flow.origin.value for flow in one} for one in flows.values()] == [
        {"address"},
        {"parameter"},
        {"parameter"},
        {"parameter"},
        {"address"},
        {"address"},
    ]
    assert [any(map(is_credential, one)) for one in flows.values()] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]


def test_references_to_a_vault_are_its_secrets() -> None:
    found = _bicep(
        "a: kv.getSecret('one')",
        "b: '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/two/)'",
        "c: '@Microsoft.KeyVault(VaultName=${kv.name};SecretName=three)'",
        "d: '@Microsoft.KeyVault(SecretUri=${kept.properties.secretUri})'",
    )
    names = [{f"vault keyvault {name}"} for name in ("one", "two", "three")]
    assert list(found.values()) == [*names, {"key-of-resource blob st"}]


def test_arm_templates_say_the_same() -> None:
    text = """
    {"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
     "contentVersion": "1.0.0.0",
     "parameters": {"secret": {"type": "securestring"}},
     "variables": {
       "id": "[resourceId('Microsoft.Storage/storageAccounts', 'store')]",
       "it": {
         "a": "[listKeys(variables('id'), '2019-06-01').keys[0].value]",
         "b": "[concat('AccountKey=', listKeys(variables('id'), '2019-06-01').keys[0].value)]",
         "c": "[parameters('secret')]",
         "d": "[reference(variables('id')).primaryEndpoints.blob]"}},
     "resources": []}
    """
    assert _origins({"a.json": text}) == {
        "a": {"key-of-resource blob store"},
        "b": {"key-of-resource blob store"},
        "c": {"parameter secret"},
        "d": {"address"},
    }


TERRAFORM = """
variable "secret" {
  sensitive = true
}
resource "random_password" "p" {
  length = 20
}
resource "azurerm_mssql_server" "sql" {
  administrator_login_password = random_password.p.result
}
resource "azurerm_key_vault_secret" "kept" {
  name  = "kept"
  value = azurerm_storage_account.st.primary_access_key
}
data "azurerm_key_vault_secret" "read" {
  name = "other"
}
resource "azapi_resource_action" "keys" {
  type   = "Microsoft.CognitiveServices/accounts@2023-05-01"
  action = "listKeys"
}
module "m" {
  source = "./m"
  given  = azurerm_redis_cache.r.primary_access_key
}
locals {
  it = {
    %s
  }
}
"""


def _terraform(*lines: str) -> dict[str, set[str]]:
    module = 'variable "given" {}\noutput "out" {\n  value = var.given\n}\n'
    return _origins({"a/main.tf": TERRAFORM % "\n".join(lines), "a/m/main.tf": module})


def test_attributes_of_terraform_are_keys_addresses_or_what_they_are_given() -> None:
    found = _terraform(
        "a = azurerm_storage_account.st.primary_blob_connection_string",
        "b = data.azurerm_storage_account.st.primary_access_key",
        "c = azurerm_cosmosdb_account.db.connection_strings[0]",
        'd = "Server=x;Password=${azurerm_mssql_server.sql.administrator_login_password}"',
        "e = module.m.out",
        "f = azurerm_storage_account.st[0].primary_blob_endpoint",
        "g = azurerm_application_insights.ai.connection_string",
        "h = var.secret",
        "i = data.azurerm_key_vault_secret.read.value",
        "j = azurerm_key_vault_secret.kept.value",
        'k = "@Microsoft.KeyVault(SecretUri=${azurerm_key_vault_secret.kept.id})"',
        "l = jsondecode(azapi_resource_action.keys.output).key1",
    )
    assert found == {
        "a": {"key-of-resource blob st"},
        "b": {"key-of-resource blob st"},
        "c": {"key-of-resource cosmos db"},
        "d": {"generated random_password"},
        "e": {"key-of-resource redis r"},
        "f": {"address"},
        "g": {"address"},
        "h": {"parameter secret"},
        "i": {"vault keyvault other"},
        "j": {"key-of-resource blob st"},
        "k": {"key-of-resource blob st"},
        "l": {"key-of-resource cognitive keys"},
    }


def test_the_table_of_keys_names_known_services() -> None:
    from keyless.catalog.resource_keys import resource_keys
    from keyless.catalog.services import services

    known = {one.key for one in services()} | {"", "entra"}
    table = resource_keys()
    named = {one.service for one in (*table.terraform, *table.commands)}
    assert named | set(table.types.values()) | set(table.cmdlets.values()) <= known
