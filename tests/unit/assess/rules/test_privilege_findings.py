"""Who is held to be a workload, and what the directory's roles and permissions are found by."""

from __future__ import annotations

import pytest

from keyless.assess.findings.finding import Confidence, Finding
from keyless.assess.rules.registry import rules
from repositories_made import repository

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


def found(rule: str, text: str, path: str = "main.tf") -> list[Finding]:
    """The findings of a rule on one file."""
    return list(rules()[rule].check(repository({path: text})))


def assignment(principal: str) -> str:
    """An assignment of Owner in Terraform."""
    return (
        f'resource "azurerm_role_assignment" "a" {{\n  scope = azurerm_resource_group.g.id\n'
        f'  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"\n'
        f'  principal_id = {principal}\n}}\nresource "azurerm_resource_group" "g" {{\n  name = "g"\n}}\n'
    )


@pytest.mark.parametrize(
    "principal",
    [
        "data.azurerm_client_config.current.object_id",
        "azuread_user.someone.object_id",
        "data.azuread_group.admins.object_id",
        "var.admin_group_object_id",
        "var.user_object_id",
    ],
)
def test_people_and_whoever_deploys_are_left(principal: str) -> None:
    assert found("privileged-role", assignment(principal)) == []


@pytest.mark.parametrize(
    ("principal", "sure"),
    [
        ("azuread_service_principal.ci.object_id", Confidence.HIGH),
        ("azurerm_user_assigned_identity.app.principal_id", Confidence.HIGH),
        ("var.managed_identity_principal", Confidence.HIGH),
        ("var.principal_id", Confidence.MEDIUM),
    ],
)
def test_workloads_are_sure_and_what_cannot_be_told_is_not(principal: str, sure: Confidence) -> None:
    (one,) = found("privileged-role", assignment(principal))
    assert one.confidence is sure


def test_a_permission_that_an_application_only_asks_for_is_less_sure() -> None:
    text = (
        'resource "azuread_application" "app" {\n  display_name = "app"\n\n  required_resource_access {\n'
        '    resource_app_id = "00000003-0000-0000-c000-000000000000"\n\n    resource_access {\n'
        '      id   = "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8"\n      type = "Role"\n    }\n\n'
        '    resource_access {\n      id   = "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8"\n      type = "Scope"\n'
        "    }\n  }\n}\n"
    )
    (one,) = found("privileged-role", text)
    assert (one.confidence, one.place.span.line) == (Confidence.MEDIUM, 8)


def test_permissions_that_bicep_gives_are_found() -> None:
    text = (
        "extension microsoftGraphV1\n\nresource grant 'Microsoft.Graph/appRoleAssignedTo@v1.0' = {\n"
        "  appRoleId: '06b708a9-e830-4db3-a914-8e69da51d44f'\n  principalId: app.identity.principalId\n"
        "  resourceId: graph.id\n}\n"
    )
    assert len(found("privileged-role", text, "main.bicep")) == 1


def test_a_role_at_a_management_group_that_a_module_is_handed_is_not_told() -> None:
    text = (
        "targetScope = 'managementGroup'\nparam roleId string\nparam principalId string\n"
        "resource a 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid(roleId)\n"
        "  properties: {\n    roleDefinitionId: roleId\n    principalId: principalId\n  }\n}\n"
    )
    assert found("broad-scope", text, "main.bicep") == []


def test_a_reader_of_a_subscription_is_of_little_severity() -> None:
    text = assignment("azuread_service_principal.ci.object_id").replace(
        OWNER, "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    )
    text = text.replace("azurerm_resource_group.g.id", "data.azurerm_subscription.current.id")
    (one,) = found("broad-scope", text + 'data "azurerm_subscription" "current" {}\n')
    assert one.severity.value == "low"


def test_an_identity_that_a_template_gives_out_may_be_carried_elsewhere() -> None:
    text = (
        'resource "azurerm_user_assigned_identity" "i" {\n  name = "i"\n}\n'
        'resource "azurerm_container_app" "a" {\n  name = "a"\n\n  identity {\n    type = "UserAssigned"\n'
        "    identity_ids = [azurerm_user_assigned_identity.i.id]\n  }\n}\n"
    )
    output = 'output "identity" {\n  value = azurerm_user_assigned_identity.i.id\n}\n'
    assert len(found("own-identity-fits", text)) == 1
    assert found("own-identity-fits", text + output) == []
