"""Clients of more services, settings of Terraform, and the role that a fix gives or names."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.assess import assess
from keyless.assess.findings.finding import Finding
from keyless.assess.fixes.apply import fixed
from keyless.assess.messages import digest
from keyless.assess.sources.read import read

TODAY = datetime.date(2026, 1, 1)
SITE = """
resource site 'Microsoft.Web/sites@2023-12-01' = {{
  name: 'contoso'
  location: 'westeurope'
{identity}  properties: {{
    siteConfig: {{
      appSettings: [
        {more}{{
          name: 'ORDERS'
          value: {value}
        }}
      ]
    }}
  }}
}}
"""
SYSTEM = "  identity: {\n    type: 'SystemAssigned'\n  }\n"
USER = """  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${orders.id}': {}
    }
  }
"""
CLIENT_ID = "{ name: 'AZURE_CLIENT_ID', value: orders.properties.clientId }\n        "
ORDERS = (
    "resource orders 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {\n  name: 'id'\n}\n"
)
STORE = """resource store 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'contoso'
  properties: {
    allowSharedKeyAccess: false
  }
}
"""
BUS = """resource bus 'Microsoft.ServiceBus/namespaces@2022-10-01-preview' = {
  name: 'contoso'

  resource rule 'AuthorizationRules' existing = {
    name: 'RootManageSharedAccessKey'
  }
}

resource send 'Microsoft.ServiceBus/namespaces/AuthorizationRules@2022-10-01-preview' existing = {
  parent: bus
  name: 'send'
}
"""
HUBS = """resource hubs 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: 'contoso'
}

resource send 'Microsoft.EventHub/namespaces/authorizationRules@2024-01-01' existing = {
  parent: hubs
  name: 'send'
}
"""
COSMOS = """resource db 'Microsoft.DocumentDB/databaseAccounts@2024-05-15' = {
  name: 'contoso'
}
"""
RULE_KEY = "send.listKeys().primaryConnectionString"
COSMOS_KEY = "db.listConnectionStrings().connectionStrings[0].connectionString"
STORE_KEY = "'AccountKey=${store.listKeys().keys[0].value}'"
PYTHON = "import os\nfrom azure.{module} import {client}\n\nc = {client}.from_connection_string({rest})\n"
BLOBS = PYTHON.format(module="storage.blob", client="BlobServiceClient", rest='os.environ["ORDERS"]')
CSHARP = "using Azure.Identity;\nusing {module};\nvar c = new {client}({rest});\n"
VALUE = 'System.Environment.GetEnvironmentVariable("ORDERS")'
TERRAFORM = """resource "azurerm_storage_account" "store" {
  name                      = "contoso"
  shared_access_key_enabled = false
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


def made(files: dict[str, str]) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """The files after the fixes of clients, and these; what is found then is nothing but what was before."""
    data = {path: text.encode() for path, text in files.items()}
    before = assess([one for path in data if (one := read(path, data[path])) is not None], TODAY)
    wanted = [one for one in before.findings if one.rule.endswith("-credential") and one.fix is not None]
    done = fixed(wanted, data.get, {path: digest(given) for path, given in data.items()})
    assert not done.refused
    after = data | {one.path: one.after for one in done.files}
    again = assess([one for path in after if (one := read(path, after[path])) is not None], TODAY)
    assert not again.problems
    fixed_ones = {(one.rule, one.place.path) for one in done.made}
    assert not fixed_ones & {(one.rule, one.place.path) for one in again.findings}
    assert {one.rule for one in again.findings} <= {one.rule for one in before.findings} | {
        "ambient-credential"
    }
    return {path: text.decode() for path, text in after.items()}, done.made


def bicep(resource: str, value: str, identity: str = SYSTEM, more: str = "") -> str:
    return resource + SITE.format(identity=identity, value=value, more=more)


@pytest.mark.parametrize(
    ("template", "path", "code", "expected", "setting"),
    [
        (
            bicep(BUS, RULE_KEY),
            "A.cs",
            CSHARP.format(module="Azure.Messaging.ServiceBus", client="ServiceBusClient", rest=VALUE),
            f"new ServiceBusClient({VALUE}, new DefaultAzureCredential())",
            "value: '${bus.name}.servicebus.windows.net'",
        ),
        (
            bicep(BUS, RULE_KEY),
            "app.py",
            PYTHON.format(module="servicebus", client="ServiceBusClient", rest='os.environ["ORDERS"]'),
            'ServiceBusClient(os.environ["ORDERS"], credential=DefaultAzureCredential())',
            "value: '${bus.name}.servicebus.windows.net'",
        ),
        (
            bicep(HUBS, RULE_KEY),
            "A.cs",
            CSHARP.format(
                module="Azure.Messaging.EventHubs.Producer",
                client="EventHubProducerClient",
                rest=f'{VALUE}, "shop"',
            ),
            f'new EventHubProducerClient({VALUE}, "shop", new DefaultAzureCredential())',
            "value: '${hubs.name}.servicebus.windows.net'",
        ),
        (
            bicep(HUBS, RULE_KEY),
            "app.py",
            PYTHON.format(
                module="eventhub",
                client="EventHubProducerClient",
                rest='os.environ["ORDERS"], eventhub_name="shop"',
            ),
            'os.environ["ORDERS"], eventhub_name="shop", credential=DefaultAzureCredential())',
            "value: '${hubs.name}.servicebus.windows.net'",
        ),
        (
            bicep(COSMOS, COSMOS_KEY),
            "A.cs",
            CSHARP.format(module="Microsoft.Azure.Cosmos", client="CosmosClient", rest=VALUE),
            f"new CosmosClient({VALUE}, new DefaultAzureCredential())",
            "value: db.properties.documentEndpoint",
        ),
    ],
)
def test_services_whose_address_is_certain(
    template: str, path: str, code: str, expected: str, setting: str
) -> None:
    files, findings = made({"main.bicep": template, path: code, "requirements.txt": "azure-identity\n"})
    assert findings
    assert expected in files[path]
    assert setting in files["main.bicep"]


def test_a_setting_of_terraform_gets_the_endpoint() -> None:
    files, (finding,) = made({"main.tf": TERRAFORM, "app.py": BLOBS, "requirements.txt": "azure-identity\n"})
    assert "ORDERS = azurerm_storage_account.store.primary_blob_endpoint\n" in files["main.tf"]
    assert finding.fix is not None
    assert "`azurerm_linux_web_app.site` needs Storage Blob Data Reader" in finding.fix.what


def test_the_identity_gets_its_role_in_the_same_file() -> None:
    template = bicep(STORE, STORE_KEY)
    files, (finding,) = made(
        {"main.bicep": template, "app.py": BLOBS, "requirements.txt": "azure-identity\n"}
    )
    assert (
        "principalId: site.identity.principalId\n    principalType: 'ServicePrincipal'" in files["main.bicep"]
    )
    assert "scope: store\n" in files["main.bicep"]
    assert finding.fix is not None
    assert "`site` gets Storage Blob Data Reader" in finding.fix.what


def test_an_identity_that_is_missing_is_added() -> None:
    template = bicep(STORE, STORE_KEY, identity="")
    files, _ = made({"main.bicep": template, "app.py": BLOBS, "requirements.txt": "azure-identity\n"})
    assert "  identity: {\n    type: 'SystemAssigned'\n  }" in files["main.bicep"]


@pytest.mark.parametrize(("more", "count"), [("", 0), (CLIENT_ID, 1)])
def test_a_user_assigned_identity_must_be_named_by_a_setting(more: str, count: int) -> None:
    template = bicep(ORDERS + STORE, STORE_KEY, identity=USER, more=more)
    _, findings = made({"main.bicep": template, "app.py": BLOBS, "requirements.txt": "azure-identity\n"})
    assert len(findings) == count
