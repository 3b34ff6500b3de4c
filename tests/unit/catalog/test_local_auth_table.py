"""What turns keys and passwords off, and what azurerm calls it."""

from __future__ import annotations

from keyless.catalog.azurerm import azurerm_type, azurerm_types
from keyless.catalog.local_auth import Absent, local_auth, local_auth_of
from keyless.catalog.privileged_directory_roles import privileged_directory_role
from keyless.catalog.services import services

BY_SERVICE = {one.key: one for one in services()}


def test_the_table_agrees_with_the_catalog_of_services_on_what_turns_keys_off() -> None:
    rows = {row.service: row for row in local_auth() if row.rule in ("local-auth-on", "shared-key-access")}
    for key in (
        "cosmos",
        "servicebus",
        "eventhubs",
        "appconfig",
        "search",
        "signalr",
        "blob",
        "maps",
        "iothub",
    ):
        told = BY_SERVICE[key].local_auth_off or ""
        path, _, value = told.partition(": ")
        assert (rows[key].path, str(rows[key].off).lower()) == (path, value), key


def test_every_switch_of_a_type_that_azurerm_has_is_an_argument_there() -> None:
    types = {one.arm_type.casefold() for one in azurerm_types().values() if len(one.arguments) > 3}
    for row in local_auth():
        known = [
            one for one in azurerm_types().values() if one.arm_type.casefold() == row.arm_type.casefold()
        ]
        if known and row.arm_type.casefold() in types:
            assert any(one.of_path(row.path) for one in known), row.arm_type


def test_rows_are_found_by_rule_and_type() -> None:
    (row,) = local_auth_of("registry-admin-user")["microsoft.containerregistry/registries"]
    assert (row.off, row.absent) == (False, Absent.OFF)


def test_an_argument_that_says_the_opposite_is_known_to() -> None:
    found = azurerm_type("azurerm_servicebus_namespace")
    assert found is not None
    (argument,) = found.of_path("properties.disableLocalAuth")
    assert argument.name == "local_auth_enabled"
    assert argument.negated


def test_the_argument_that_most_versions_of_the_provider_know_comes_first() -> None:
    found = azurerm_type("azurerm_key_vault")
    assert found is not None
    assert [one.name for one in found.of_path("properties.enableRbacAuthorization")] == [
        "enable_rbac_authorization",
        "rbac_authorization_enabled",
    ]


def test_an_argument_that_is_a_switch_has_the_texts_of_its_enumeration() -> None:
    found = azurerm_type("azurerm_postgresql_flexible_server")
    assert found is not None
    assert found.of_path("properties.authConfig.passwordAuth")[0].texts == ("Enabled", "Disabled")


def test_a_type_that_the_catalog_does_not_have_is_none() -> None:
    assert azurerm_type("azurerm_lighthouse_of_alexandria") is None


def test_a_directory_role_is_known_by_its_name_in_any_casing_and_by_its_id() -> None:
    assert privileged_directory_role("global  administrator") == "Global Administrator"
    assert (
        privileged_directory_role("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8")
        == "RoleManagement.ReadWrite.Directory"
    )
    assert privileged_directory_role("Directory Readers") is None
