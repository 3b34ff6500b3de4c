"""The whole way of a credential: from infrastructure through a setting into code of each language."""

from __future__ import annotations

from flows_shown import repository, shown, used, ways
from keyless.assess.calls import calls
from keyless.assess.flows.endings import endings
from keyless.assess.flows.origins import origins

BICEP = """
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = { name: 'name' }
resource web 'Microsoft.Web/sites@2022-03-01' = {
  name: 'web'
  properties: {
    siteConfig: {
      appSettings: [
        { name: 'Storage__Key', value: store.listKeys().keys[0].value }
      ]
      connectionStrings: [
        { name: 'Main', connectionString: 'AccountKey=${store.listKeys().keys[0].value}' }
      ]
    }
  }
}
"""


def test_bicep_to_csharp() -> None:
    program = """
    var builder = WebApplication.CreateBuilder(args);
    var key = builder.Configuration["Storage:Key"];
    use(key, builder.Configuration.GetConnectionString("Main"));
    """
    files = {"infra/main.bicep": BICEP, "src/Program.cs": program}
    assert used(files) == [{"key-of-resource blob store"}] * 2
    assert ways(files) == [
        [
            "infra/main.bicep:8 read with `listKeys` of `store`",
            "infra/main.bicep:8 set as `Storage__Key` by app settings of `web`",
            "src/Program.cs:3 read from setting `Storage:Key`",
            "src/Program.cs:3 assigned to `key`",
        ]
    ]


def test_bicep_modules_and_site_configurations() -> None:
    inner = """
    param appSettings object
    resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = { name: 'name' }
    resource config 'Microsoft.Web/sites/config@2022-03-01' = {
      name: 'web/appsettings'
      properties: union(appSettings, { INNER: store.listKeys().keys[0].value })
    }
    """
    outer = """
    resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = { name: 'name' }
    module web './web.bicep' = {
      name: 'w'
      params: { appSettings: { OUTER: store.listKeys().keys[0].value } }
    }
    """
    code = "import os\nuse(os.environ['INNER'], os.environ['OUTER'])\n"
    found = used({"main.bicep": outer, "web.bicep": inner, "app.py": code})
    assert found == [{"key-of-resource blob store"}] * 2


def test_container_apps_keep_secrets_of_their_own() -> None:
    text = """
    resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = { name: 'name' }
    resource kept 'Microsoft.KeyVault/vaults/secrets@2023-01-01' = {
      name: 'vault/kept'
      properties: { value: store.listKeys().keys[0].value }
    }
    resource app 'Microsoft.App/containerApps@2023-05-01' = {
      name: 'app'
      properties: {
        configuration: {
          secrets: [
            { name: 'plain', value: store.listKeys().keys[0].value }
            { name: 'kept', keyVaultUrl: 'https://v.vault.azure.net/secrets/kept' }
          ]
        }
        template: {
          containers: [
            { env: [ { name: 'A', secretRef: 'plain' }, { name: 'B', secretRef: 'kept' } ] }
          ]
        }
      }
    }
    """
    code = "import os\nuse(os.environ['A'], os.environ['B'])\n"
    assert used({"main.bicep": text, "app.py": code}) == [{"key-of-resource blob store"}] * 2


TERRAFORM = """
resource "azurerm_storage_account" "store" {
  name = "store"
}
locals {
  connection = azurerm_storage_account.store.primary_connection_string
}
resource "azurerm_linux_web_app" "web" {
  app_settings = merge({ STORAGE = local.connection }, var.more)
  connection_string {
    name  = "Main"
    type  = "Custom"
    value = "AccountKey=${azurerm_storage_account.store.primary_access_key}"
  }
}
resource "azurerm_container_app" "app" {
  secret {
    name  = "key"
    value = azurerm_storage_account.store.primary_access_key
  }
  template {
    container {
      env {
        name        = "KEY"
        secret_name = "key"
      }
    }
  }
}
resource "azurerm_key_vault_secret" "kept" {
  name  = "storage-key"
  value = azurerm_storage_account.store.primary_access_key
}
"""


def test_terraform_to_python() -> None:
    code = "import os\nuse(os.environ['STORAGE'], os.getenv('CUSTOMCONNSTR_Main'), os.environ['KEY'])\n"
    assert used({"main.tf": TERRAFORM, "app.py": code}) == [{"key-of-resource blob store"}] * 3


def test_compose_to_javascript() -> None:
    compose = """
    services:
      web:
        image: web
        environment:
          STORAGE: DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${STORAGE_KEY}
    """
    code = "const connection = process.env.STORAGE; use(connection);"
    files = {"docker-compose.yml": compose, "app.js": code}
    assert used(files) == [{"setting STORAGE_KEY"}]
    assert [step.partition(" ")[0] for step in ways(files)[0]] == [
        "docker-compose.yml:6",
        "docker-compose.yml:6",
        "app.js:1",
        "app.js:1",
    ]


def test_spring_configuration_to_java() -> None:
    text = """
    import org.springframework.beans.factory.annotation.Value;
    class Store {
        @Value("${storage.account-key}")
        private String key;
        private final String other;
        Store(@Value("${storage.other}") String other) { this.other = other; }
        void open() { use(key, other); }
    }
    """
    properties = """
    storage:
      accountKey: ${STORAGE_KEY}
      other: hKu3NnX9yR2mPq7Zt5Wv8bDc
    """
    found = used({"src/main/java/Store.java": text, "src/main/resources/application.yml": properties})
    assert found == [{"setting STORAGE_KEY"}, {"written"}]


def test_a_vault_of_terraform_to_go() -> None:
    text = """
    package main

    import (
        "context"
        "os"

        "github.com/Azure/azure-sdk-for-go/sdk/keyvault/azsecrets"
        "example.com/app/internal/config"
    )

    type Server struct {
        key string
        cfg *config.Config
    }

    func NewServer(key string, cfg *config.Config) *Server { return &Server{key: key, cfg: cfg} }

    func (s *Server) Run() { use(s.key, s.cfg.First, s.cfg.Late) }

    func main() {
        client, _ := azsecrets.NewClient("https://v.vault.azure.net", nil, nil)
        resp, err := client.GetSecret(context.TODO(), "storage-key", "", nil)
        use(*resp.Value)
        NewServer(os.Getenv("GO_KEY"), config.Load()).Run()
    }
    """
    config = """
    package config

    import "os"

    type Config struct {
        First string
        Late  string
    }

    func Load() *Config {
        c := &Config{First: os.Getenv("FIRST")}
        c.Late = os.Getenv("LATE")
        return c
    }
    """
    files = {"main.tf": TERRAFORM, "cmd/main.go": text, "internal/config/config.go": config}
    assert used(files) == [
        {"setting GO_KEY"},
        {"setting FIRST"},
        {"setting LATE"},
        {"key-of-resource blob store"},
    ]


VAULTED = """
param name string
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = { name: 'name' }
resource kv 'Microsoft.KeyVault/vaults@2023-01-01' existing = {
  name: 'kv'
  resource inner 'secrets' = {
    name: 'STORAGE-KEY'
    properties: { value: store.listKeys().keys[0].value }
  }
}
resource other 'Microsoft.KeyVault/vaults/secrets@2023-01-01' = {
  parent: kv
  name: name
  properties: { value: store.listKeys().keys[0].value }
}
resource web 'Microsoft.Web/sites@2022-03-01' = {
  name: 'web'
  properties: {
    siteConfig: {
      appSettings: [
        { name: 'KEY', value: '@Microsoft.KeyVault(VaultName=${kv.name};SecretName=${kv::inner.name})' }
      ]
    }
  }
}
"""


def test_a_vault_between_a_key_and_its_use_is_told() -> None:
    main = "module m './vaulted.bicep' = { name: 'm', params: { name: 'Given--Name' } }\n"
    code = """
    var builder = WebApplication.CreateBuilder(args);
    use(builder.Configuration["KEY"], builder.Configuration["Given:Name"]);
    """
    found = repository({"main.bicep": main, "vaulted.bicep": VAULTED, "Program.cs": code})
    use = next(one for one in found.view(calls) if one.method == "use")
    flows = [origins(found, one.value, use.within) for one in use.call.arguments]
    assert [{(shown(flow), flow.by_vault) for flow in one} for one in flows] == [
        {("key-of-resource blob store", "STORAGE-KEY")},
        {("key-of-resource blob store", "Given:Name")},
    ]
    assert {one.kind.value for one in found.view(endings)} == {"vault-secret"}
