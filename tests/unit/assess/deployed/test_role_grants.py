"""Role assignments of templates: which role, to whom, where."""

from __future__ import annotations

import pytest

from keyless.assess.deployed.all_grants import grants
from keyless.assess.deployed.deployed import Told
from keyless.assess.deployed.grants import Grant, ScopeKind
from repositories_made import repository

_READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"


def _grants(files: dict[str, str]) -> tuple[Grant, ...]:
    return repository(files).view(grants)


def _bicep(
    role: str, before: str = "", principal: str = "app.identity.principalId", scope: str = ""
) -> tuple[Grant, ...]:
    text = f"""{before}
resource app 'Microsoft.Web/sites@2022-03-01' = {{
  name: 'app'
}}
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = {{
  name: 'store'
  resource blobs 'blobServices' existing = {{
    name: 'default'
  }}
}}
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid('x')
  {scope}
  properties: {{
    roleDefinitionId: {role}
    principalId: {principal}
    principalType: 'ServicePrincipal'
  }}
}}
"""
    return _grants({"main.bicep": text})


@pytest.mark.parametrize(
    ("role", "before"),
    [
        (f"'{_READER}'", ""),
        (f"'/providers/Microsoft.Authorization/roleDefinitions/{_READER}'", ""),
        (f"subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{_READER}')", ""),
        (
            "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)",
            f"var role = '{_READER}'",
        ),
        (
            "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.Reader)",
            f"var roles = {{ Reader: '{_READER}' }}",
        ),
        (
            "roles[which]",
            (f"param which string = 'Reader'\nvar roles = {{ Reader: '{_READER}', Owner: 'x' }}"),
        ),
        (
            "'${subscription().id}/providers/Microsoft.Authorization/roleDefinitions/${role}'",
            f"var role = '{_READER}'",
        ),
        (
            "given.id",
            (
                f"resource given 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {{\n"
                f"  scope: subscription()\n  name: '{_READER}'\n}}"
            ),
        ),
    ],
)
def test_a_role_is_found_wherever_its_id_stands(role: str, before: str) -> None:
    (found,) = _bicep(role, before)
    assert found.role is not None
    assert (found.role.id, found.role_name, found.by_name) == (_READER, "Reader", False)


def test_a_role_that_nothing_tells_is_unknown() -> None:
    (found,) = _bicep("role", "param role string")
    assert (found.role, found.role_name) == (None, "")


def test_a_role_that_hangs_on_a_condition_is_each_of_them() -> None:
    found = _bicep(f"c ? '{_READER}' : '{_BLOB_READER}'", "param c bool")
    assert sorted(one.role_name for one in found) == ["Reader", "Storage Blob Data Reader"]


@pytest.mark.parametrize(
    ("principal", "to"),
    [
        ("app.identity.principalId", "app"),
        ("reference(app.id, '2022-03-01', 'Full').identity.principalId", "app"),
        (
            "reference(resourceId('Microsoft.Web/sites', 'app'), '2022-03-01', 'full').identity.principalId",
            "app",
        ),
        ("someone", ""),
        ("'00000000-0000-0000-0000-000000000001'", ""),
    ],
)
def test_a_principal_is_followed_to_the_resource_whose_identity_it_is(principal: str, to: str) -> None:
    (found,) = _bicep(f"'{_READER}'", "param someone string", principal)
    assert found.to == to
    assert found.principal_type.is_("ServicePrincipal")
    assert found.condition is False


@pytest.mark.parametrize(
    ("scope", "before", "kind", "at"),
    [
        ("", "", ScopeKind.RESOURCE_GROUP, ""),
        ("", "targetScope = 'subscription'", ScopeKind.SUBSCRIPTION, ""),
        ("", "targetScope = 'managementGroup'", ScopeKind.MANAGEMENT_GROUP, ""),
        ("scope: store", "", ScopeKind.RESOURCE, "store"),
        ("scope: store::blobs", "", ScopeKind.OBJECT, "blobs"),
        ("scope: resourceGroup()", "", ScopeKind.RESOURCE_GROUP, ""),
    ],
)
def test_a_scope_is_a_resource_or_what_is_deployed_to(
    scope: str, before: str, kind: ScopeKind, at: str
) -> None:
    (found,) = _bicep(f"'{_READER}'", before, scope=scope)
    assert (found.scope, found.at) == (kind, at)


_ROLE_MODULE = """param principalId string
param roleDefinitionId string
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(principalId)
  properties: {
    principalId: principalId
    roleDefinitionId: resourceId('Microsoft.Authorization/roleDefinitions', roleDefinitionId)
  }
}
"""
_USER = f"""module app 'app.bicep' = {{
  name: 'app'
}}
module one 'role.bicep' = {{
  name: 'one'
  params: {{
    principalId: app.outputs.who
    roleDefinitionId: '{_READER}'
  }}
}}
module two 'role.bicep' = {{
  name: 'two'
  params: {{
    principalId: 'someone'
    roleDefinitionId: '{_BLOB_READER}'
  }}
}}
"""
_APP = """resource site 'Microsoft.Web/sites@2022-03-01' = {
  name: 'app'
  identity: { type: 'SystemAssigned' }
}
output who string = site.identity.principalId
"""


def test_an_assignment_in_a_module_is_there_for_each_use_that_decides_on_it() -> None:
    one, two = _grants({"main.bicep": _USER, "role.bicep": _ROLE_MODULE, "app.bicep": _APP})
    assert (one.role_name, one.to, one.to_path) == ("Reader", "site", "app.bicep")
    assert (one.head.path, one.head.span.line, one.place.span.line) == ("main.bicep", 4, 8)
    assert (two.role_name, two.to, two.head.span.line) == ("Storage Blob Data Reader", "", 11)
    assert two.principal_type.told is Told.ABSENT


def _terraform(
    role: str,
    scope: str = "azurerm_storage_account.s.id",
    principal: str = "azurerm_linux_web_app.a.identity[0].principal_id",
    more: str = "",
) -> tuple[Grant, ...]:
    text = f"""
resource "azurerm_linux_web_app" "a" {{}}
resource "azurerm_storage_account" "s" {{}}
resource "azurerm_storage_container" "c" {{}}
resource "azurerm_resource_group" "g" {{}}
data "azurerm_subscription" "now" {{}}
resource "azurerm_role_assignment" "r" {{
  scope        = {scope}
  {role}
  principal_id = {principal}
}}
{more}
"""
    return _grants({"main.tf": text})


@pytest.mark.parametrize(
    ("role", "name", "by_name", "more"),
    [
        ('role_definition_name = "Reader"', "Reader", True, ""),
        (
            f'role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/{_READER}"',
            "Reader",
            False,
            "",
        ),
        ("role_definition_name = var.r", "Reader", True, 'variable "r" {\n  default = "Reader"\n}'),
        (
            "role_definition_id = data.azurerm_role_definition.d.id",
            "Reader",
            True,
            'data "azurerm_role_definition" "d" {\n  name = "Reader"\n}',
        ),
        (
            "role_definition_id = data.azurerm_role_definition.d.id",
            "Reader",
            False,
            f'data "azurerm_role_definition" "d" {{\n  role_definition_id = "{_READER}"\n}}',
        ),
    ],
)
def test_terraform_gives_roles_by_name_or_id(role: str, name: str, by_name: bool, more: str) -> None:
    (found,) = _terraform(role, more=more)
    assert found.role is not None
    assert (found.role.name, found.by_name) == (name, by_name)
    assert (found.to, found.scope, found.at) == (
        "azurerm_linux_web_app.a",
        ScopeKind.RESOURCE,
        "azurerm_storage_account.s",
    )


def test_a_role_that_the_template_defines_is_known_by_its_name_only() -> None:
    definition = 'resource "azurerm_role_definition" "d" {\n  name = "Mine"\n}'
    (found,) = _terraform(
        "role_definition_id = azurerm_role_definition.d.role_definition_resource_id", more=definition
    )
    assert (found.role, found.role_name) == (None, "Mine")


@pytest.mark.parametrize(
    ("scope", "kind", "at"),
    [
        ("azurerm_storage_container.c.resource_manager_id", ScopeKind.OBJECT, "azurerm_storage_container.c"),
        ("azurerm_resource_group.g.id", ScopeKind.RESOURCE_GROUP, "azurerm_resource_group.g"),
        ("data.azurerm_subscription.now.id", ScopeKind.SUBSCRIPTION, "data.azurerm_subscription.now"),
        ('"${data.azurerm_subscription.now.id}/resourceGroups/${var.g}"', ScopeKind.RESOURCE_GROUP, ""),
        ('"/subscriptions/${var.s}"', ScopeKind.SUBSCRIPTION, ""),
        (
            '"${azurerm_storage_account.s.id}/blobServices/default"',
            ScopeKind.OBJECT,
            "azurerm_storage_account.s",
        ),
        ('"/providers/Microsoft.Management/managementGroups/x"', ScopeKind.MANAGEMENT_GROUP, ""),
        ("var.s", ScopeKind.UNKNOWN, ""),
        ("local.loop", ScopeKind.UNKNOWN, ""),
    ],
)
def test_a_scope_of_terraform_is_known_by_its_id(scope: str, kind: ScopeKind, at: str) -> None:
    loop = 'locals {\n  loop = "${local.loop}/x"\n}\n'
    (found,) = _terraform('role_definition_name = "Reader"', scope, more=loop)
    assert (found.scope, found.at) == (kind, at)


@pytest.mark.parametrize(
    ("principal", "to"),
    [
        ("data.azurerm_client_config.me.object_id", ""),
        ("azuread_service_principal.p.object_id", ""),
        ("azurerm_linux_web_app.a.identity.0.principal_id", "azurerm_linux_web_app.a"),
        ("var.on ? azurerm_linux_web_app.a.identity[0].principal_id : null", "azurerm_linux_web_app.a"),
    ],
)
def test_people_and_applications_are_no_resources(principal: str, to: str) -> None:
    more = 'data "azurerm_client_config" "me" {}\nresource "azuread_service_principal" "p" {}\n'
    (found,) = _terraform('role_definition_name = "Reader"', principal=principal, more=more)
    assert found.to == to
