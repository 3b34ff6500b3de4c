"""A remedy names the identity that is there, and the resource as its file has it."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.assess import assess
from keyless.assess.findings.finding import Remedy
from keyless.assess.sources.read import read

BICEP = """resource store 'Microsoft.Storage/storageAccounts@2023-05-01' = {{
  name: 'contoso'
}}

resource orders 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {{
  name: 'id-orders'
}}

resource site 'Microsoft.Web/sites@2023-12-01' = {{
  name: 'contoso'
{identity}
  properties: {{
    siteConfig: {{
      appSettings: [
        {{ name: 'OTHER', value: 'x' }}
        {{ name: 'ORDERS', value: 'AccountKey=${{store.listKeys().keys[0].value}}' }}
      ]
    }}
  }}
}}
"""
TERRAFORM = """resource "azurerm_storage_account" "store" {
  name = "contoso"
}

resource "azurerm_linux_web_app" "site" {
  name = "contoso"

  identity {
    type = "SystemAssigned"
  }

  app_settings = {
    ORDERS = azurerm_storage_account.store.primary_connection_string
  }
}
"""
PYTHON = """import os
from azure.storage.blob import BlobServiceClient

BlobServiceClient.from_connection_string(os.environ["ORDERS"]).get_blob_client("a", "b").download_blob()
"""


def remedy_in(path: str, template: str) -> Remedy:
    texts = {path: template, "app.py": PYTHON}
    sources = [one for name, text in texts.items() if (one := read(name, text.encode())) is not None]
    found = assess(sources, datetime.date(2026, 1, 1)).findings
    (remedy,) = [
        one.remedy for one in found if one.rule == "storage-credential" and one.place.path == "app.py"
    ]
    assert remedy is not None
    return remedy


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        ("  identity: { type: 'SystemAssigned' }", "the system-assigned identity of `site`"),
        (
            "  identity: { type: 'UserAssigned', userAssignedIdentities: { '${orders.id}': {} } }",
            "`orders`, attached to `site`",
        ),
        ("", "`site` has none yet: give it a system-assigned one"),
        ("  identity: given", "the identity of `site`"),
    ],
)
def test_the_identity_is_that_of_what_has_the_setting(identity: str, words: str) -> None:
    assert remedy_in("main.bicep", BICEP.format(identity=identity)).identity == words


def test_the_resource_and_what_turns_keys_off_are_said_in_the_language_of_the_file() -> None:
    bicep = remedy_in("main.bicep", BICEP.format(identity=""))
    assert (bicep.scope, bicep.local_auth_off) == (
        "the storage account `store`",
        "allowSharedKeyAccess: false (`store`)",
    )
    terraform = remedy_in("main.tf", TERRAFORM)
    assert terraform.identity == "the system-assigned identity of `azurerm_linux_web_app.site`"
    assert terraform.local_auth_off == "shared_access_key_enabled = false (`azurerm_storage_account.store`)"
