"""Terraform's state, read into the same records as Azure's own lists, without a secret of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imported_sources import (
    ASSIGNMENT,
    CUSTOM,
    DEFINITIONS,
    GROUP,
    OTHER_SUBSCRIPTION,
    PLANTED,
    SECRETS_USER,
    SHARED,
    SHARED_CLIENT,
    SHARED_PRINCIPAL,
    STORE,
    STRANGER,
    SUBSCRIPTION,
    TENANT,
    VAULT,
    WEB,
    WEB_PRINCIPAL,
    assignment,
    identity,
    of_type,
    read,
)
from keyless.estate.imported import Existing
from keyless.model.directory import Group
from keyless.model.identities import Application, ComputeResource, FederatedCredential, ManagedIdentity
from keyless.model.management import GenericResource, ManagementGroup
from keyless.model.resources import ConfigurationStore, ResourceGroup, Vault
from keyless.model.roles import RoleAssignment, RoleDefinition

ATTRIBUTES: dict[str, dict[str, Any]] = {
    "azurerm_resource_group": {"id": GROUP, "name": "orders-rg", "location": "westeurope"},
    "azurerm_role_assignment": {
        "id": f"{VAULT}/providers/Microsoft.Authorization/roleAssignments/{ASSIGNMENT}",
        "name": ASSIGNMENT,
        "scope": VAULT,
        "role_definition_id": f"{DEFINITIONS}/{SECRETS_USER}",
        "role_definition_name": "Key Vault Secrets User",
        "principal_id": WEB_PRINCIPAL,
        "principal_type": "ServicePrincipal",
        "condition": "",
        "description": "",
    },
    "azurerm_role_definition": {
        "id": f"{DEFINITIONS}/{CUSTOM}|{GROUP}",
        "role_definition_id": CUSTOM,
        "role_definition_resource_id": f"{DEFINITIONS}/{CUSTOM}",
        "name": "Orders Reader",
        "scope": GROUP,
        "assignable_scopes": [GROUP],
        "permissions": [
            {"actions": ["*/read"], "not_actions": [], "data_actions": [], "not_data_actions": None}
        ],
    },
    "azurerm_user_assigned_identity": {
        "id": SHARED,
        "name": "orders-shared",
        "client_id": SHARED_CLIENT,
        "principal_id": SHARED_PRINCIPAL,
        "tenant_id": TENANT,
        "tags": {"team": "orders"},
    },
    "azurerm_federated_identity_credential": {
        "id": f"{SHARED}/federatedIdentityCredentials/github",
        "parent_id": SHARED,
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:o/r:ref:refs/heads/main",
        "audience": ["api://AzureADTokenExchange"],
    },
    "azurerm_key_vault": {
        "id": VAULT,
        "name": "contoso-orders",
        "tenant_id": TENANT,
        "sku_name": "premium",
        "enable_rbac_authorization": False,
        "purge_protection_enabled": True,
        "soft_delete_retention_days": 30,
        "access_policy": [
            {
                "tenant_id": TENANT,
                "object_id": WEB_PRINCIPAL,
                "application_id": "",
                "secret_permissions": ["Get"],
            }
        ],
    },
    "azurerm_key_vault_access_policy": {
        "id": f"{VAULT}/objectId/{STRANGER}",
        "key_vault_id": VAULT,
        "tenant_id": TENANT,
        "object_id": STRANGER,
        "key_permissions": ["WrapKey"],
    },
    "azurerm_key_vault_secret": {"id": "https://contoso-orders.vault.azure.net/secrets/a", "value": PLANTED},
    "azurerm_app_configuration": {
        "id": STORE,
        "local_auth_enabled": False,
        "sku": "standard",
        "replica": [{"name": "north", "location": "northeurope", "endpoint": PLANTED, "id": "x"}],
        "primary_write_key": [{"id": PLANTED, "secret": PLANTED, "connection_string": PLANTED}],
    },
    "azurerm_linux_function_app": {
        "id": WEB,
        "name": "orders-web",
        "location": "westeurope",
        "identity": [
            {
                "type": "SystemAssigned, UserAssigned",
                "principal_id": WEB_PRINCIPAL,
                "tenant_id": TENANT,
                "identity_ids": [SHARED],
            }
        ],
        "app_settings": {"KEY": PLANTED},
        "site_credential": [{"name": "$x", "password": PLANTED}],
        "storage_account_access_key": PLANTED,
        "connection_string": [{"value": PLANTED}],
    },
    "azurerm_storage_account": {
        "id": f"{GROUP}/providers/Microsoft.Storage/storageAccounts/orders",
        "primary_access_key": PLANTED,
        "primary_connection_string": PLANTED,
    },
    "azurerm_management_group": {
        "id": "/providers/Microsoft.Management/managementGroups/platform",
        "display_name": "Platform",
        "parent_management_group_id": f"/providers/Microsoft.Management/managementGroups/{TENANT}",
        "subscription_ids": [SUBSCRIPTION, OTHER_SUBSCRIPTION],
    },
    "azapi_resource": {
        "id": f"{GROUP}/providers/Microsoft.App/jobs/nightly",
        "type": "Microsoft.App/jobs@2024-03-01",
        "location": "westeurope",
        "identity": [{"type": "SystemAssigned", "principal_id": STRANGER, "identity_ids": []}],
        "body": json.dumps({"properties": {"secrets": [{"value": PLANTED}]}, "sku": {"name": "S1"}}),
        "output": {"key": PLANTED},
    },
    "azuread_service_principal": {
        "id": "/servicePrincipals/x",
        "object_id": "aaaaaaaa-0000-0000-0000-00000000000b",
        "client_id": "aaaaaaaa-0000-0000-0000-00000000000c",
        "display_name": "deployer",
        "type": "Application",
        "alternative_names": [],
    },
    "azuread_application_password": {"id": "x/password/y", "value": PLANTED},
    "random_password": {"id": "none", "result": PLANTED},
}


def state() -> dict[str, Any]:
    """A state as `terraform.tfstate` keeps it."""
    resources = [
        {
            "mode": "managed",
            "type": kind,
            "name": "this",
            "provider": 'provider["x"]',
            "instances": [{"schema_version": 0, "attributes": given, "sensitive_attributes": []}],
        }
        for kind, given in ATTRIBUTES.items()
    ]
    return {
        "version": 4,
        "terraform_version": "1.9.0",
        "outputs": {"pw": {"value": PLANTED}},
        "resources": resources,
    }


def shown() -> dict[str, Any]:
    """The same as `terraform show -json` prints it."""
    resources = [
        {"address": f"{kind}.this", "mode": "managed", "type": kind, "name": "this", "values": given}
        for kind, given in ATTRIBUTES.items()
    ]
    half = len(resources) // 2
    modules = [{"address": "module.m", "resources": resources[half:]}]
    root = {"resources": resources[:half], "child_modules": modules}
    return {"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": root}}


@pytest.fixture(params=[state, shown], ids=["tfstate", "show -json"])
def existing(request: pytest.FixtureRequest) -> Existing:
    """What the state tells."""
    return read(request.param())


def test_a_state_is_read_into_the_same_records_as_lists(existing: Existing) -> None:
    assert of_type(existing, RoleAssignment) == of_type(read([assignment()]), RoleAssignment)
    assert of_type(existing, ManagedIdentity)[0].tags == (("team", "orders"),)
    assert [role.name for role in of_type(existing, RoleDefinition)] == ["Orders Reader"]
    assert of_type(existing, FederatedCredential)[0].owner == SHARED
    assert of_type(existing, ResourceGroup)[0].location == "westeurope"
    assert of_type(existing, ManagementGroup)[0].subscriptions == (SUBSCRIPTION, OTHER_SUBSCRIPTION)
    assert [one.resource_id for one in of_type(existing, GenericResource)] == [
        f"{GROUP}/providers/Microsoft.Storage/storageAccounts/orders"
    ]
    assert not existing.unread


def test_workloads_of_a_state_have_their_identities(existing: Existing) -> None:
    by_name = {one.name: one for one in of_type(existing, ComputeResource)}
    assert set(by_name) == {"orders-web", "nightly"}
    web = by_name["orders-web"]
    assert web.system_assigned is not None
    assert (web.system_assigned.principal_id, web.user_assigned) == (WEB_PRINCIPAL, (SHARED,))
    assert web.body == {"kind": "functionapp"}
    assert by_name["nightly"].body == {"sku": {"name": "S1"}}


def test_policies_that_are_declared_apart_are_added_to_their_vault(existing: Existing) -> None:
    (vault,) = of_type(existing, Vault)
    by_id = {one.object_id: one.permissions for one in vault.access_policies}
    assert by_id[WEB_PRINCIPAL].secrets == ("get",)
    assert by_id[STRANGER].keys == ("wrapkey",)
    assert (vault.enable_rbac_authorization, vault.purge_protection, vault.sku) == (False, True, "premium")


def test_a_store_of_a_state_is_read_without_its_keys(existing: Existing) -> None:
    (store,) = of_type(existing, ConfigurationStore)
    assert store.disable_local_auth
    assert [(one.name, one.location) for one in store.replicas] == [("north", "northeurope")]


def test_no_secret_of_a_state_is_kept(existing: Existing) -> None:
    assert PLANTED not in repr(existing)
    assert existing.passed_over["azurerm_key_vault_secret"] == 1
    assert existing.passed_over["random_password"] == 1


def one_of(kind: str, *instances: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A state with one resource."""
    resource = {"mode": "managed", "type": kind, "name": "this", "instances": list(instances)} | more
    return {"version": 4, "terraform_version": "1.9.0", "resources": [resource]}


def test_service_principals_of_a_state_name_but_do_not_list_everybody() -> None:
    principal = ATTRIBUTES["azuread_service_principal"]
    given = assignment(principalId=principal["object_id"])
    existing = read(one_of("azuread_service_principal", {"attributes": principal}), [given])
    assert [one.name for one in of_type(existing, Application)] == ["deployer"]
    gone = read(one_of("azuread_service_principal", {"attributes": principal}), [assignment()])
    assert not gone.orphaned


def test_the_members_of_a_group_are_those_that_the_state_tells() -> None:
    group = {"object_id": STRANGER, "display_name": "apps", "members": [SHARED_PRINCIPAL], "owners": []}
    given = assignment(principalId=STRANGER, principalType="Group")
    existing = read(one_of("azuread_group", {"attributes": group}), [given], [identity()])
    assert of_type(existing, Group)[0].members == (SHARED_PRINCIPAL,)


def test_what_azure_lists_is_believed_before_what_terraform_remembers() -> None:
    stale = dict(ATTRIBUTES["azurerm_user_assigned_identity"], principal_id=STRANGER)
    existing = read(one_of("azurerm_user_assigned_identity", {"attributes": stale}), [identity()])
    assert [one.principal_id for one in of_type(existing, ManagedIdentity)] == [SHARED_PRINCIPAL]


def test_data_sources_and_deposed_objects_are_left_out() -> None:
    given = {"attributes": ATTRIBUTES["azurerm_user_assigned_identity"]}
    assert not read(one_of("azurerm_user_assigned_identity", given, mode="data")).records
    assert not read(one_of("azurerm_user_assigned_identity", given | {"deposed": "1"})).records


def test_what_is_wrong_is_said_with_the_address() -> None:
    broken = dict(ATTRIBUTES["azurerm_role_assignment"], principal_id=PLANTED)
    existing = read(
        one_of("azurerm_role_assignment", {"index_key": "a", "attributes": broken}, module="module.m")
    )
    (unread,) = existing.unread
    assert unread.at == 'module.m.azurerm_role_assignment.this["a"]'
    assert PLANTED not in unread.why


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"version": 3, "terraform_version": "0.11", "modules": []}, "version"),
        ({"format_version": "1.2", "planned_values": {}}, "plan"),
    ],
)
def test_a_plan_and_an_old_state_are_refused(document: dict[str, Any], why: str) -> None:
    (unread,) = read(document).unread
    assert why in unread.why


def test_an_assignment_for_a_time_is_listed_as_not_taken_in() -> None:
    (unread,) = read(one_of("azurerm_pim_active_role_assignment", {"attributes": {}})).unread
    assert "for a time" in unread.why
