"""ARM templates and Bicep, read into what they would deploy, as far as that can be told."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imported_sources import (
    GROUP,
    PLANTED,
    SECRETS_USER,
    SHARED,
    SHARED_PRINCIPAL,
    SUBSCRIPTION,
    TENANT,
    VAULT,
    WEB,
    identity,
    json_file,
    of_type,
    read,
)
from keyless.estate.imported import Existing, File, Place
from keyless.estate.imported.templates import budget
from keyless.estate.imported.templates.unique_string import unique_string
from keyless.model.derived_ids import system_assigned_identity
from keyless.model.identities import ComputeResource, FederatedCredential, ManagedIdentity
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, Vault
from keyless.model.roles import RoleAssignment, RoleDefinition

HERE = Place(SUBSCRIPTION, "orders-rg", TENANT)
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
GUIDS = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
ROLE_ID = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{SECRETS_USER}"
ANSWERED_BY_AZURE = (
    "/subscriptions/31e9f9a0-9fd2-4294-a0a3-0101246d9700/resourceGroups/rg-modm201-20230913120256"
    "/providers/Microsoft.Compute/virtualMachines/bobjacmodm201"
)
USER_ASSIGNED = "Microsoft.ManagedIdentity/userAssignedIdentities"
WEB_REFERENCE = (
    "[reference(resourceId('Microsoft.Web/sites', 'orders-web'), '2023-01-01', 'Full').identity.principalId]"
)
WEB_PRINCIPAL = system_assigned_identity(ResourceId.parse(WEB), "orders-web").principal_id

ARM: dict[str, Any] = {
    "$schema": SCHEMA,
    "contentVersion": "1.0.0.0",
    "parameters": {
        "vaultName": {"type": "string", "defaultValue": "contoso-orders"},
        "prefix": {"type": "string"},
        "adminPassword": {"type": "secureString", "defaultValue": PLANTED},
    },
    "variables": {
        "identityName": "[concat(parameters('prefix'), '-shared')]",
        "roleId": f"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{SECRETS_USER}')]",
    },
    "resources": [
        {
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
            "apiVersion": "2023-01-31",
            "name": "[variables('identityName')]",
            "location": "[resourceGroup().location]",
            "resources": [
                {
                    "type": "federatedIdentityCredentials",
                    "apiVersion": "2023-01-31",
                    "name": "github",
                    "properties": {"issuer": "https://i", "subject": "s", "audiences": ["a"]},
                }
            ],
        },
        {
            "type": "Microsoft.Web/sites",
            "apiVersion": "2023-01-01",
            "name": "[format('{0}-web', parameters('prefix'))]",
            "kind": "functionapp",
            "identity": {
                "type": "SystemAssigned, UserAssigned",
                "userAssignedIdentities": {f"[resourceId('{USER_ASSIGNED}', variables('identityName'))]": {}},
            },
            "properties": {"siteConfig": {"appSettings": [{"name": "K", "value": PLANTED}]}},
        },
        {
            "type": "Microsoft.KeyVault/vaults",
            "apiVersion": "2023-07-01",
            "name": "[parameters('vaultName')]",
            "properties": {
                "tenantId": "[subscription().tenantId]",
                "sku": {"family": "A", "name": "standard"},
                "accessPolicies": [
                    {
                        "tenantId": "[tenant().tenantId]",
                        "objectId": WEB_REFERENCE,
                        "permissions": {"secrets": ["get"]},
                    }
                ],
            },
        },
        {
            "type": "Microsoft.KeyVault/vaults/secrets",
            "apiVersion": "2023-07-01",
            "name": "[concat(parameters('vaultName'), '/pw')]",
            "properties": {"value": "[parameters('adminPassword')]"},
        },
        {
            "type": "Microsoft.Authorization/roleAssignments",
            "apiVersion": "2022-04-01",
            "name": "[guid('a', parameters('prefix'))]",
            "scope": "[format('Microsoft.KeyVault/vaults/{0}', parameters('vaultName'))]",
            "properties": {
                "roleDefinitionId": "[variables('roleId')]",
                "principalId": "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', "
                "variables('identityName'))).principalId]",
                "principalType": "ServicePrincipal",
            },
        },
        {
            "type": "Microsoft.KeyVault/vaults/providers/roleAssignments",
            "apiVersion": "2018-01-01-preview",
            "name": "[concat(parameters('vaultName'), '/Microsoft.Authorization/', guid('b'))]",
            "properties": {
                "roleDefinitionId": "[variables('roleId')]",
                "principalId": WEB_REFERENCE,
            },
        },
        {
            "condition": "[equals(parameters('prefix'), 'other')]",
            "type": "Microsoft.Web/sites",
            "apiVersion": "2023-01-01",
            "name": "never",
        },
        {
            "type": "Microsoft.AppConfiguration/configurationStores",
            "apiVersion": "2023-03-01",
            "name": "[format('contoso-{0}', copyIndex(1))]",
            "copy": {"name": "stores", "count": 2},
            "sku": {"name": "standard"},
            "properties": {"disableLocalAuth": "[not(false())]"},
        },
    ],
}
PARAMETERS = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
    "parameters": {"prefix": {"value": "orders"}},
}
BICEP = """
targetScope = 'resourceGroup'
param vaultName string = 'contoso-orders'
param prefix string = 'orders'
@secure()
param adminPassword string = 'planted-secret-7f3a'
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var roleId = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
var names = ['1', '2']

resource shared 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${prefix}-shared'
  location: resourceGroup().location
  resource github 'federatedIdentityCredentials' = {
    name: 'github'
    properties: { issuer: 'https://i', subject: 's', audiences: ['a'] }
  }
}
resource web 'Microsoft.Web/sites@2023-01-01' = {
  name: '${prefix}-web'
  kind: 'functionapp'
  identity: {
    type: 'SystemAssigned, UserAssigned'
    userAssignedIdentities: { '${shared.id}': {} }
  }
  properties: { siteConfig: { appSettings: [{ name: 'K', value: adminPassword }] } }
}
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: vaultName
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    accessPolicies: [
      { tenantId: tenant().tenantId, objectId: web.identity.principalId, permissions: { secrets: ['get'] } }
    ]
  }
}
resource pw 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: kv
  name: 'pw'
  properties: { value: adminPassword }
}
resource given 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid('a', prefix)
  scope: kv
  properties: {
    roleDefinitionId: roleId
    principalId: shared.properties.principalId
    principalType: 'ServicePrincipal'
  }
}
resource own 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(vaultName)) {
  name: guid('b')
  scope: kv
  properties: { roleDefinitionId: roleId, principalId: web.identity.principalId }
}
resource never 'Microsoft.Web/sites@2023-01-01' = if (prefix == 'other') {
  name: 'never'
}
resource stores 'Microsoft.AppConfiguration/configurationStores@2023-03-01' = [for (name, i) in names: {
  name: 'contoso-${name}'
  sku: { name: 'standard' }
  properties: { disableLocalAuth: !false }
}]
"""


@pytest.fixture(params=["arm", "bicep"])
def existing(request: pytest.FixtureRequest) -> Existing:
    """What the same template tells in both languages."""
    if request.param == "arm":
        return read(json_file(ARM, "main.json"), json_file(PARAMETERS, "main.parameters.json"), place=HERE)
    return read(File("main.bicep", BICEP.encode()), place=HERE)


def test_identities_and_workloads_of_a_template_have_the_ids_that_follow_from_their_names(
    existing: Existing,
) -> None:
    assert not existing.unread
    (compute,) = of_type(existing, ComputeResource)
    assert (compute.resource_id, compute.user_assigned, compute.body) == (
        WEB,
        (SHARED,),
        {"kind": "functionapp"},
    )
    assert [one.resource_id for one in of_type(existing, ManagedIdentity)] == [SHARED]
    assert of_type(existing, FederatedCredential)[0].owner == SHARED


def test_assignments_of_a_template_are_those_of_its_identities(existing: Existing) -> None:
    found = {one.id: one for one in of_type(existing, RoleAssignment)}
    shared = of_type(existing, ManagedIdentity)[0].principal_id
    assert found[str(uuid.uuid5(GUIDS, "a-orders"))].principal_id == shared
    assert found[str(uuid.uuid5(GUIDS, "b"))].principal_id == WEB_PRINCIPAL
    assert {(one.scope, one.role_definition_id) for one in found.values()} == {(VAULT, SECRETS_USER)}


def test_a_vault_of_a_template_has_its_policies(existing: Existing) -> None:
    (vault,) = of_type(existing, Vault)
    assert not vault.enable_rbac_authorization
    assert [one.object_id for one in vault.access_policies] == [WEB_PRINCIPAL]


def test_what_is_repeated_is_there_as_often(existing: Existing) -> None:
    stores = of_type(existing, ConfigurationStore)
    assert [(one.name, one.disable_local_auth) for one in stores] == [
        ("contoso-1", True),
        ("contoso-2", True),
    ]


def test_no_secure_parameter_is_read(existing: Existing) -> None:
    assert PLANTED not in repr(existing)


def test_a_template_speaks_of_an_identity_by_the_ids_that_azure_gave_it() -> None:
    existing = read(File("main.bicep", BICEP.encode()), [identity()], place=HERE)
    assert SHARED_PRINCIPAL in {one.principal_id for one in of_type(existing, RoleAssignment)}


def bicep(text: str, **place: str) -> Existing:
    """What a Bicep file tells."""
    return read(File("x.bicep", text.encode()), place=Place(**place) if place else HERE)


ASSIGNED = """
resource a 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: {name}
  properties: {{ roleDefinitionId: '{role}', principalId: {principal} }}
}}
"""


def assigned(name: str = "guid('x')", principal: str = f"'{SHARED_PRINCIPAL}'") -> str:
    """A Bicep file with one assignment."""
    return ASSIGNED.format(name=name, role=ROLE_ID, principal=principal)


def test_an_assignment_whose_name_cannot_be_told_is_known_by_what_it_gives() -> None:
    existing = bicep(assigned(name="guid(newGuid())"))
    assert not existing.unread
    assert of_type(existing, RoleAssignment)[0].scope == GROUP


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (assigned(principal="principalId") + "param principalId string\n", "the parameter `principalId`"),
        (assigned(principal="pw") + "@secure()\nparam pw string = 'x'\n", "secure parameter `pw`"),
        (assigned(principal="web.properties.outboundIp") + "resource web 'Microsoft.Web/sites@2023-01-01' "
         "existing = { name: 'w' }\n", "only the deployment knows"),
        (assigned(principal="m.outputs.id") + "module m 'gone.bicep' = { name: 'm' }\n", "import its file"),
        (assigned(principal="a1") + "var a1 = b1\nvar b1 = a1\n", "hangs on itself"),
        ("resource s 'Microsoft.Web/sites@2023-01-01' = { name: newGuid() }\n", "`newguid`"),
        ("resource s 'Microsoft.Web/sites@2023-01-01' = if (on) { name: 'x' }\nparam on bool\n", "`on`"),
        ("targetScope = 'managementGroup'\n" + assigned(), "management group or tenant"),
        ("resource s 'Microsoft.Web/sites/slots@2023-01-01' = { name: 'x' }\n", "another number of parts"),
        ("resource s 'Microsoft.Web/sites@2023-01-01' = { name: substring(1, 'x') }\n", "does not take"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_listed_with_what_it_hangs_on(text: str, why: str) -> None:
    existing = bicep(text)
    assert not of_type(existing, RoleAssignment)
    assert why in " ".join(one.why for one in existing.unread)


OF_TODAY = """
type settings = { vaultName: string?, on: bool, tags: object? }
@export()
func prefixed(name string) string => 'orders-${name}'
param given settings = { on: true }
param lock string?
param names array = ['web']
var common = { location: 'westeurope', tags: { team: given.?tags.?team ?? 'orders' } }
var sites = [...names, ...(given.on ? ['worker'] : [])]
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = if (lock == null && !!given.on) {
  ...common
  name: given.?vaultName ?? 'contoso-orders'
  properties: {
    ...{ enableRbacAuthorization: false }
    tenantId: tenant().tenantId
    enableRbacAuthorization: true
    softDeleteRetentionInDays: 100 - 20 + 10 - 5
  }
  resource old 'secrets' existing = { name: 'old' }
}
resource web 'Microsoft.Web/sites@2023-01-01' = [for (name, i) in sites: if (sites[?i + 7] == null) {
  name: name
  ...common
}]
"""


def test_a_bicep_file_of_today_is_imported_whole() -> None:
    existing = bicep(OF_TODAY)
    assert not existing.unread
    (vault,) = of_type(existing, Vault)
    assert (vault.name, vault.location, vault.tags) == ("contoso-orders", "westeurope", {"team": "orders"})
    assert vault.enable_rbac_authorization
    assert vault.soft_delete_retention_days == 85
    assert {one.name for one in of_type(existing, ComputeResource)} == {"web", "worker"}


def test_what_is_spread_last_counts() -> None:
    text = "resource s 'Microsoft.Web/sites@2023-01-01' = { name: 'a', kind: 'x', ...{ name: 'b' } }\n"
    (found,) = of_type(bicep(text), ComputeResource)
    assert (found.name, found.body) == ("b", {"kind": "x"})


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("toUpper('x')", "a function of its own"),
        ("shared", "imported from another file"),
        ("'${[...'x'][0]}'", "spreads what is no list"),
        ("kv.listSecrets().x", "`kv.listsecrets`, which only a deployment"),
        ("'x' < 'y'", "the operator `<`"),
        ("a" + "+a" * 3000, "too deep"),
        ("a" + ".b" * 400, "too deep"),
    ],
)
def test_what_of_a_bicep_file_is_not_evaluated_is_said(name: str, why: str) -> None:
    text = f"""
import {{ shared }} from 'x.bicep'
func toUpper(x string) string => x
param a int = 1
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {{ name: 'kv' }}
resource s 'Microsoft.Web/sites@2023-01-01' = {{ name: {name} }}
"""
    (unread,) = bicep(text).unread
    assert why in unread.why


def test_a_resource_within_one_that_is_not_made_is_not_made() -> None:
    text = """
param on bool = false
resource kv 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = if (on) {
  name: 'shared'
  resource github 'federatedIdentityCredentials' = if (true) {
    name: 'github'
    properties: { issuer: 'https://i', subject: 's', audiences: ['a'] }
  }
}
"""
    existing = bicep(text)
    assert not existing.records
    assert not existing.unread


_NO_TYPE = "a text in single quotes is expected here"


def test_a_declaration_that_is_not_understood_is_said_and_the_others_are_read() -> None:
    existing = bicep("resource broken = {\n}\nresource s 'Microsoft.Web/sites@2023-01-01' = { name: 'x' }\n")
    assert [(one.at, one.why) for one in existing.unread] == [("line 1", _NO_TYPE)]
    assert [one.name for one in of_type(existing, ComputeResource)] == ["x"]


def test_what_may_be_missing_is_nothing_in_an_arm_template() -> None:
    document = {
        "$schema": SCHEMA,
        "parameters": {"config": {"type": "object", "nullable": True}},
        "resources": [
            {
                "type": "Microsoft.Web/sites",
                "name": "[coalesce(tryGet(parameters('config'), 'web', 'name'), 'orders-web')]",
            }
        ],
    }
    existing = read(document, place=HERE)
    assert not existing.unread
    assert [one.name for one in of_type(existing, ComputeResource)] == ["orders-web"]


def test_a_long_row_of_members_is_no_failure() -> None:
    deep = "parameters('x')" + ".b" * 2000
    document = {"$schema": SCHEMA, "resources": [{"type": "Microsoft.Web/sites", "name": f"[{deep}]"}]}
    assert len(read(document, place=HERE).unread) == 1


def test_a_place_that_nobody_tells_is_asked_for() -> None:
    (unread,) = bicep(assigned(), subscription_id=SUBSCRIPTION).unread
    assert "--resource-group" in unread.why
    assert "--subscription" in bicep(assigned(), resource_group="x").unread[0].why


def test_existing_resources_and_roles_are_found_by_name_and_scope() -> None:
    text = f"""
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = {{
  name: 'contoso-orders'
  scope: resourceGroup('{SUBSCRIPTION}', 'orders-rg')
  resource db 'secrets' existing = {{ name: 'db' }}
}}
resource a 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid(kv.id)
  scope: kv::db
  properties: {{
    roleDefinitionId: roleDefinitions('Key Vault Secrets User').id
    principalId: '{SHARED_PRINCIPAL}'
  }}
}}
"""
    (found,) = of_type(bicep(text, subscription_id=SUBSCRIPTION, resource_group="else"), RoleAssignment)
    assert found.scope == f"{VAULT}/secrets/db"
    assert found.role_definition_id == SECRETS_USER


def test_a_module_is_deployed_with_what_it_is_given() -> None:
    main = """
targetScope = 'subscription'
param location string = 'westeurope'
resource rg 'Microsoft.Resources/resourceGroups@2022-09-01' = { name: 'orders-rg', location: location }
module id './parts/id.bicep' = { name: 'id', scope: rg, params: { name: 'orders-shared' } }
module rights 'parts/rights.bicep' = { name: 'r', scope: rg, params: { principal: id.outputs.principal } }
"""
    part = """
param name string
resource one 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = { name: name }
output principal string = one.properties.principalId
"""
    rights = assigned(principal="principal") + "param principal string\n"
    files = [
        File("infra/main.bicep", main.encode()),
        File("infra/parts/id.bicep", part.encode()),
        File("infra/parts/rights.bicep", rights.encode()),
    ]
    existing = read(*files, place=Place(SUBSCRIPTION))
    assert not existing.unread
    (made,) = of_type(existing, ManagedIdentity)
    assert made.resource_id == SHARED
    (found,) = of_type(existing, RoleAssignment)
    assert (found.principal_id, found.scope) == (made.principal_id, GROUP)


def test_a_nested_deployment_is_a_template_of_its_own() -> None:
    inner = {
        "$schema": SCHEMA,
        "parameters": {"who": {"type": "string"}},
        "resources": [
            {
                "type": "Microsoft.Authorization/roleAssignments",
                "name": "[guid(parameters('who'))]",
                "properties": {"roleDefinitionId": ROLE_ID, "principalId": "[parameters('who')]"},
            }
        ],
    }
    outer = {
        "$schema": SCHEMA,
        "resources": [
            {
                "type": "Microsoft.Resources/deployments",
                "name": "inner",
                "resourceGroup": "other-rg",
                "properties": {
                    "expressionEvaluationOptions": {"scope": "inner"},
                    "parameters": {"who": {"value": SHARED_PRINCIPAL}},
                    "template": inner,
                },
            }
        ],
    }
    (found,) = of_type(read(outer, place=HERE), RoleAssignment)
    assert (found.principal_id, found.scope) == (
        SHARED_PRINCIPAL,
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/other-rg",
    )
    del outer["resources"][0]["properties"]["expressionEvaluationOptions"]
    outer["parameters"] = {"who": {"type": "string", "defaultValue": SHARED_PRINCIPAL}}
    (same,) = of_type(read(outer, place=HERE), RoleAssignment)
    assert same == found


def test_symbolic_names_of_language_version_2_are_followed() -> None:
    document = {
        "$schema": SCHEMA,
        "languageVersion": "2.0",
        "resources": {
            "shared": {"type": "Microsoft.ManagedIdentity/userAssignedIdentities", "name": "orders-shared"},
            "old": {"type": "Microsoft.KeyVault/vaults", "name": "old", "existing": True},
            "given": {
                "type": "Microsoft.Authorization/roleAssignments",
                "name": "[guid('x')]",
                "properties": {
                    "roleDefinitionId": ROLE_ID,
                    "principalId": "[reference('shared').principalId]",
                },
            },
        },
    }
    existing = read(document, place=HERE)
    assert not of_type(existing, Vault)
    assert (
        of_type(existing, RoleAssignment)[0].principal_id
        == of_type(existing, ManagedIdentity)[0].principal_id
    )


def test_a_custom_role_of_a_template_is_read() -> None:
    text = """
resource r 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid('r')
  properties: {
    roleName: 'Orders Reader'
    type: 'CustomRole'
    assignableScopes: [
      resourceGroup().id // the group
      subscription('11111111-1111-1111-1111-111111111111').id
    ]
    permissions: [{ actions: ['*/read'], notActions: [] }]
  }
}
"""
    (role,) = of_type(bicep(text), RoleDefinition)
    assert (role.name, role.assignable_scopes) == (
        "Orders Reader",
        (GROUP, f"/subscriptions/{SUBSCRIPTION}"),
    )


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        (("/subscriptions/00000000-0000-0000-0000-000000000000", "resource-id"), "cwvxuqg24sifi"),
        ((ANSWERED_BY_AZURE,), "yvjxno3je5on2"),
    ],
)
def test_a_unique_string_is_the_one_that_azure_makes(parts: tuple[str, ...], answer: str) -> None:
    assert unique_string(*parts) == answer


def test_what_a_template_loads_from_a_file_is_read_there() -> None:
    text = """
var names = loadJsonContent('names.json')
resource s 'Microsoft.Web/sites@2023-01-01' = { name: '${names.site}-${loadTextContent('../end.txt')}' }
resource t 'Microsoft.Web/sites@2023-01-01' = { name: loadTextContent('gone.txt') }
resource u 'Microsoft.Web/sites@2023-01-01' = { name: loadJsonContent('names.json', '$.inner.name') }
"""
    files = [
        File("infra/x.bicep", text.encode()),
        File("infra/names.json", b'{"site": "orders", "inner": {"name": "deep"}}'),
        File("end.txt", b"web"),
    ]
    existing = read(*files, place=HERE)
    assert {one.name for one in of_type(existing, ComputeResource)} == {"orders-web", "deep"}
    assert [one.why for one in existing.unread] == ["it loads a file from elsewhere: import that too"]


def test_a_parameter_whose_value_is_a_variables_is_not_told() -> None:
    text = "param name string = 'x'\nresource s 'Microsoft.Web/sites@2023-01-01' = { name: name }\n"
    given_value = PARAMETERS | {"parameters": {"name": {"value": "${AZURE_ENV_NAME}"}}}
    existing = read(
        File("main.bicep", text.encode()), json_file(given_value, "main.parameters.json"), place=HERE
    )
    assert "a variable's" in existing.unread[0].why
    with_default = PARAMETERS | {"parameters": {"name": {"value": "${NAME=web}"}}}
    known = read(
        File("main.bicep", text.encode()), json_file(with_default, "main.parameters.json"), place=HERE
    )
    assert [one.name for one in of_type(known, ComputeResource)] == ["web"]


def test_a_loop_that_is_too_long_is_refused() -> None:
    document = {
        "$schema": SCHEMA,
        "resources": [{"type": "Microsoft.Web/sites", "name": "x", "copy": {"count": 10**9}}],
    }
    assert "loop" in read(document, place=HERE).unread[0].why


def test_a_text_that_doubles_itself_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "_STEPS", 100_000)
    doubled = {f"v{n}": f"[concat(variables('v{n + 1}'), variables('v{n + 1}'))]" for n in range(40)}
    document = {
        "$schema": SCHEMA,
        "variables": doubled | {"v40": "x" * 1000},
        "resources": [{"type": "Microsoft.Web/sites", "name": "[variables('v0')]"}],
    }
    (unread,) = read(document, place=HERE).unread
    assert "more than" in unread.why


def test_loops_within_loops_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "_STEPS", 20_000)
    inner: dict[str, Any] = {"$schema": SCHEMA, "resources": []}
    for _ in range(6):
        inner = {
            "$schema": SCHEMA,
            "resources": [
                {
                    "type": "Microsoft.Resources/deployments",
                    "name": "[concat('x', copyIndex())]",
                    "copy": {"name": "c", "count": 800},
                    "properties": {"template": inner},
                }
            ],
        }
    assert any("more steps" in one.why for one in read(inner, place=HERE).unread)


def test_an_expression_that_is_nested_without_end_is_not_understood() -> None:
    deep = "toLower(" * 400 + "'x'" + ")" * 400
    document = {"$schema": SCHEMA, "resources": [{"type": "Microsoft.Web/sites", "name": f"[{deep}]"}]}
    assert len(read(document, place=HERE).unread) == 1


@settings(max_examples=150)
@given(st.text(alphabet="[](),.'?abconcat parameters01{}$", max_size=60))
def test_no_expression_makes_the_reader_fail(text: str) -> None:
    document = {
        "$schema": SCHEMA,
        "resources": [{"type": "Microsoft.Web/sites", "name": f"[{text}]", "location": text}],
    }
    read(document, place=HERE)
