"""Edits of properties, by what stands in the file."""

from __future__ import annotations

from keyless.assess.deployed.all import deployed
from keyless.assess.findings.finding import Edit
from keyless.assess.fixes.arguments import arguments_set
from keyless.assess.fixes.properties import property_set
from keyless.assess.fixes.said import said
from repositories_made import repository

LOCAL_AUTH = "properties.disableLocalAuth"
AZAPI = """resource "azapi_resource" "bus" {
  type = "Microsoft.ServiceBus/namespaces@2022-10-01-preview"
  name = "bus"
  body = {
    properties = {
      zoneRedundant = true
    }
  }
}
"""
POSTGRES = """resource "azurerm_postgresql_flexible_server" "db" {
  name = "db"

  authentication {
    active_directory_auth_enabled = true
    password_auth_enabled         = true
  }
}
"""
APP = """resource "azurerm_linux_web_app" "app" {
  name                                     = "app"
  ftp_publish_basic_authentication_enabled = true
}
"""
FTP, SCM = "ftp_publish_basic_authentication_enabled", "webdeploy_publish_basic_authentication_enabled"


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    """A file with its edits."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def after(path: str, text: str, property_path: str, wanted: str | bool) -> str:
    """A file of one resource, after the edits that give its property a value."""
    (found,) = repository({path: text}).view(deployed)
    return applied(text, property_set(found, property_path, wanted))


def test_what_azapi_deploys_has_its_properties_in_the_body() -> None:
    assert "zoneRedundant = true\n\n      disableLocalAuth = true\n    }" in after(
        "main.tf", AZAPI, LOCAL_AUTH, True
    )


def test_an_enumeration_of_arm_is_a_switch_of_azurerm() -> None:
    text = after("main.tf", POSTGRES, "properties.authConfig.passwordAuth", "Disabled")
    assert "password_auth_enabled         = false" in text
    assert "active_directory_auth_enabled = true" in text


def test_a_public_module_gets_the_parameter_that_stands_for_the_property() -> None:
    module = (
        "module bus 'br/public:avm/res/service-bus/namespace:0.14.1' = {\n  name: 'bus'\n  params: {\n"
        "    name: 'contoso-bus'\n    disableLocalAuth: false\n  }\n}\n"
    )
    assert "disableLocalAuth: true" in after("main.bicep", module, LOCAL_AUTH, True)


def test_a_block_of_terraform_on_one_line_is_left_to_a_person() -> None:
    text = 'resource "azurerm_servicebus_namespace" "bus" { name = "bus" }\n'
    assert after("main.tf", text, LOCAL_AUTH, True) == text


def test_an_object_of_bicep_on_one_line_stays_on_it() -> None:
    text = (
        "resource bus 'Microsoft.ServiceBus/namespaces@2022-10-01-preview' = {\n  name: 'bus'\n"
        "  properties: { zoneRedundant: true }\n}\n"
    )
    assert "{ zoneRedundant: true, disableLocalAuth: true }" in after("main.bicep", text, LOCAL_AUTH, True)


def test_a_value_from_a_parameter_is_left_to_a_person() -> None:
    text = (
        "param off bool = false\nresource bus 'Microsoft.ServiceBus/namespaces@2022-10-01-preview' = {\n"
        "  name: 'bus'\n  properties: {\n    disableLocalAuth: off\n  }\n}\n"
    )
    assert after("main.bicep", text, LOCAL_AUTH, True) == text


def test_several_arguments_are_set_at_once_or_not_at_all() -> None:
    (found,) = repository({"main.tf": APP}).view(deployed)
    text = applied(APP, arguments_set(found, {FTP: False, SCM: False}))
    assert f"{FTP} = false" in text
    assert f"{SCM} = false" in text
    both = applied(APP, arguments_set(found, {SCM: False, "https_only": True}))
    assert f"{SCM} = false\n  https_only{' ' * (len(SCM) - 10)} = true\n}}" in both
    (other,) = repository({"main.tf": APP.replace("true", "var.ftp")}).view(deployed)
    assert arguments_set(other, {FTP: False, SCM: False}) == ()


def test_what_azurerm_has_no_argument_for_is_said_as_arm_has_it() -> None:
    (found,) = repository({"main.tf": 'resource "azurerm_sql_server" "s" {\n  name = "s"\n}\n'}).view(
        deployed
    )
    path = "properties.administrators.azureADOnlyAuthentication"
    assert said(found, path, True) == "azureADOnlyAuthentication: true"
    assert property_set(found, path, True) == ()
