"""Where credentials end outside code: what holds them, and which places are none."""

from __future__ import annotations

from flows_shown import repository, shown
from keyless.assess.calls import calls
from keyless.assess.flows.endings import Ending, endings, passed
from keyless.assess.flows.origins import origins


def _endings(**files: str) -> list[Ending]:
    return list(repository({_path(name): text for name, text in files.items()}).view(endings))


def _path(name: str) -> str:
    return name.replace("__", "/").replace("_dot_", ".")


def _shown(found: list[Ending]) -> list[str]:
    return [f"{one.kind.value} {one.name} of {one.holder}: {shown(one.flow)}" for one in found]


STORE = "resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = { name: 'name' }\n"
KEY = "store.listKeys().keys[0].value"


def test_an_app_setting_that_holds_a_key_is_an_ending() -> None:
    web = "resource web 'Microsoft.Web/sites@2022-03-01' = {\n  name: 'w'\n  properties: { siteConfig: {"
    text = STORE + web + f" appSettings: [ {{ name: 'KEY', value: {KEY} }} ] }} }}\n}}\n"
    (found,) = _endings(main_dot_bicep=text)
    assert _shown([found]) == ["setting KEY of app settings of `web`: key-of-resource blob store"]


def test_other_properties_that_hold_keys_are_endings_and_addresses_are_none() -> None:
    text = (
        STORE
        + "var key = "
        + KEY
        + "\nresource any 'Microsoft.Logic/workflows@2019-05-01' = {\n  name: 'l'\n"
        + "  properties: { one: { two: key }, three: store.properties.primaryEndpoints.blob }\n}\n"
    )
    assert _shown(_endings(main_dot_bicep=text)) == ["property two of `any`: key-of-resource blob store"]


def test_arguments_of_public_modules_are_endings_and_those_of_own_modules_go_on() -> None:
    text = (
        STORE
        + f"module own './own.bicep' = {{ name: 'o', params: {{ given: {KEY} }} }}\n"
        + f"module avm 'br/public:avm/res/web/site:0.9.0' = {{ name: 'a', params: {{ secret: {KEY} }} }}\n"
    )
    own = (
        "param given string\nresource any 'Microsoft.Logic/workflows@2019-05-01' = {\n"
        "  name: 'l'\n  properties: { inner: given }\n}\n"
    )
    assert _shown(_endings(main_dot_bicep=text, own_dot_bicep=own)) == [
        "property secret of `avm`: key-of-resource blob store",
        "property inner of `any`: key-of-resource blob store",
    ]


def test_terraform_and_its_outputs() -> None:
    text = """
    resource "azurerm_function_app" "f" {
      storage_account_access_key = azurerm_storage_account.s.primary_access_key
    }
    output "key" {
      value     = azurerm_storage_account.s.primary_access_key
      sensitive = true
    }
    """
    assert _shown(_endings(main_dot_tf=text)) == [
        "property storage_account_access_key of `azurerm_function_app.f`: key-of-resource blob s",
        "output key of outputs: key-of-resource blob s",
    ]


def test_only_the_last_of_several_settings_is_an_ending() -> None:
    text = 'output "key" {\n  value = azurerm_storage_account.s.primary_access_key\n}\n'
    found = _endings(
        main_dot_tf=text,
        env_dot_sh="export STORAGE_KEY=$(terraform output -raw key)\n",
        src__main__resources__application_dot_yml="storage:\n  key: ${STORAGE_KEY}\n",
    )
    assert _shown(found) == ["setting storage.key of `application.yml`: key-of-resource blob s"]


def test_a_reference_to_a_vault_is_no_ending_and_what_the_vault_is_given_is_one() -> None:
    text = """
    resource "azurerm_key_vault_secret" "s" {
      name  = "key"
      value = azurerm_storage_account.s.primary_access_key
    }
    resource "azurerm_linux_web_app" "w" {
      app_settings = {
        KEY   = "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/other)"
        PLAIN = "value"
      }
    }
    """
    (found,) = _endings(main_dot_tf=text)
    assert (found.kind.value, found.name, shown(found.flow)) == (
        "vault-secret",
        "key",
        "key-of-resource blob s",
    )


def test_a_command_whose_keys_go_nowhere_else_is_an_ending() -> None:
    text = "KEY=$(az storage account keys list -n s -o tsv)\nazcopy --key $KEY\n"
    assert _shown(_endings(run_dot_sh=text)) == [
        "command az storage account keys list of a script: key-of-resource blob s"
    ]
    set_too = text + 'az webapp config appsettings set -n w --settings "KEY=$KEY"\n'
    assert _shown(_endings(run_dot_sh=set_too)) == [
        "setting KEY of `az webapp config appsettings set`: key-of-resource blob s"
    ]


def test_a_secret_of_a_pipeline_in_its_own_steps_is_no_ending() -> None:
    text = """
    on: push
    jobs:
      build:
        runs-on: ubuntu-latest
        env:
          KEY: ${{ secrets.KEY }}
        steps:
        - run: make
    """
    assert _endings(_dot_github__workflows__a_dot_yml=text) == []


def test_a_use_in_code_passes_the_ending_that_it_reads() -> None:
    files = {
        "main.tf": (
            'resource "azurerm_linux_web_app" "w" {\n'
            "  app_settings = { KEY = azurerm_storage_account.s.primary_access_key }\n}\n"
        ),
        "app.py": "import os\nuse(os.environ['KEY'])\n",
    }
    found = repository(files)
    (ending,) = found.view(endings)
    use = next(one for one in found.view(calls) if one.method == "use")
    flows = origins(found, use.call.arguments[0].value, use.within)
    assert ending.place in passed(flows)
