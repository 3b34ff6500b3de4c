"""How Terraform's resources look in the shape of the management API, attribute by attribute.

Nothing but the attributes that stand here is ever taken from a state.

Source: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from keyless.model.resource_id import InvalidResourceId, ResourceId

Attributes = Mapping[str, Any]
Body = dict[str, Any]
_KINDS = ("secret", "key", "certificate", "storage")


def shape_of_resource(kind: str, given: Attributes) -> Body | None:
    """Any resource of azurerm that has the id of a resource or of a resource group; none for all others."""
    try:
        place = ResourceId.parse(str(given.get("id") or ""))
    except InvalidResourceId:
        return None
    if place.resource_group is None:
        return None
    return _common(given) | ({"kind": "functionapp"} if "function_app" in kind else {})


def _common(given: Attributes) -> Body:
    identity = _first(given.get("identity"))
    return {
        "id": given.get("id"),
        "location": given.get("location"),
        "tags": given.get("tags"),
        "identity": _identity(identity) if identity else None,
    }


def _identity(block: Attributes) -> Body:
    return {
        "type": block.get("type"),
        "principalId": block.get("principal_id") or None,
        "tenantId": block.get("tenant_id") or None,
        "userAssignedIdentities": {str(one): {} for one in block.get("identity_ids") or ()},
    }


def _role_assignment(given: Attributes) -> Body:
    return {
        "type": "Microsoft.Authorization/roleAssignments",
        "id": given.get("id"),
        "name": given.get("name"),
        "scope": given.get("scope"),
        "roleDefinitionId": given.get("role_definition_id"),
        "principalId": given.get("principal_id"),
        "principalType": given.get("principal_type"),
        "condition": given.get("condition") or None,
        "conditionVersion": given.get("condition_version") or None,
        "description": given.get("description") or None,
    }


def _role_definition(given: Attributes) -> Body:
    return {
        "type": "Microsoft.Authorization/roleDefinitions",
        "id": given.get("role_definition_resource_id") or given.get("id"),
        "roleName": given.get("name"),
        "roleType": "CustomRole",
        "description": given.get("description"),
        "assignableScopes": given.get("assignable_scopes") or [given.get("scope")],
        "permissions": [
            {
                "actions": one.get("actions"),
                "notActions": one.get("not_actions"),
                "dataActions": one.get("data_actions"),
                "notDataActions": one.get("not_data_actions"),
            }
            for one in _objects(given.get("permissions"))
        ],
    }


def _cosmos_assignment(given: Attributes) -> Body:
    return {
        "type": "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments",
        "id": given.get("id"),
        "principalId": given.get("principal_id"),
        "roleDefinitionId": given.get("role_definition_id"),
        "scope": given.get("scope"),
    }


def _user_assigned(given: Attributes) -> Body:
    ids = {"clientId": given.get("client_id"), "principalId": given.get("principal_id")}
    return _common(given) | ids | {"tenantId": given.get("tenant_id")}


def _federated(given: Attributes) -> Body:
    owner = given.get("user_assigned_identity_id") or given.get("parent_id")
    return {
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        "id": given.get("id") or f"{owner}/federatedIdentityCredentials/{given.get('name')}",
        "issuer": given.get("issuer"),
        "subject": given.get("subject"),
        "audiences": given.get("audience"),
    }


def _vault(given: Attributes) -> Body:
    by_roles = given.get("rbac_authorization_enabled")
    return _common(given) | {
        "tenantId": given.get("tenant_id"),
        "sku": {"name": given.get("sku_name") or "standard"},
        "enableRbacAuthorization": bool(
            given.get("enable_rbac_authorization") if by_roles is None else by_roles
        ),
        "enablePurgeProtection": given.get("purge_protection_enabled"),
        "softDeleteRetentionInDays": given.get("soft_delete_retention_days"),
        "accessPolicies": [_policy(one) for one in _objects(given.get("access_policy"))],
    }


def _vault_policy(given: Attributes) -> Body:
    return {
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "id": f"{given.get('key_vault_id')}/accessPolicies/{given.get('object_id')}"
        f"+{given.get('application_id') or ''}",
        "vaultId": given.get("key_vault_id"),
        "accessPolicies": [_policy(given)],
    }


def _policy(given: Attributes) -> Body:
    return {
        "tenantId": given.get("tenant_id"),
        "objectId": given.get("object_id"),
        "applicationId": given.get("application_id") or None,
        "permissions": {
            f"{kind}s" if kind != "storage" else kind: given.get(f"{kind}_permissions") for kind in _KINDS
        },
    }


def _store(given: Attributes) -> Body:
    local = given.get("local_auth_enabled")
    return _common(given) | {
        "sku": {"name": given.get("sku") or "standard"},
        "disableLocalAuth": None if local is None else not local,
        "enablePurgeProtection": given.get("purge_protection_enabled"),
        "softDeleteRetentionInDays": given.get("soft_delete_retention_days"),
        "replicas": _objects(given["replica"]) if given.get("replica") else None,
    }


def _management_group(given: Attributes) -> Body:
    parent = given.get("parent_management_group_id") or ""
    return {
        "type": "Microsoft.Management/managementGroups",
        "id": given.get("id"),
        "displayName": given.get("display_name"),
        "parent": {"id": parent} if parent else None,
        "children": [
            {"type": "/subscriptions", "name": str(one).rpartition("/")[2]}
            for one in given.get("subscription_ids") or ()
        ],
    }


def _azapi(given: Attributes) -> Body:
    body = given.get("body")
    if isinstance(body, str):
        body = _json(body)
    told = body if isinstance(body, Mapping) else {}
    return _common(given) | {
        "type": str(given.get("type") or "").partition("@")[0],
        "kind": told.get("kind"),
        "sku": told.get("sku"),
        "properties": told.get("properties"),
    }


def _service_principal(given: Attributes) -> Body:
    return {
        "@odata.type": "#microsoft.graph.servicePrincipal",
        "id": given.get("object_id"),
        "appId": given.get("client_id") or given.get("application_id"),
        "displayName": given.get("display_name"),
        "servicePrincipalType": given.get("type"),
        "alternativeNames": given.get("alternative_names"),
    }


def _user(given: Attributes) -> Body:
    return {
        "@odata.type": "#microsoft.graph.user",
        "id": given.get("object_id"),
        "userPrincipalName": given.get("user_principal_name"),
        "displayName": given.get("display_name"),
    }


def _group(given: Attributes) -> Body:
    return {
        "@odata.type": "#microsoft.graph.group",
        "id": given.get("object_id"),
        "displayName": given.get("display_name"),
        "description": given.get("description"),
        "mailNickname": given.get("mail_nickname"),
        "members": given.get("members"),
        "owners": given.get("owners"),
    }


SHAPES: Mapping[str, Callable[[Attributes], Body]] = {
    "azurerm_role_assignment": _role_assignment,
    "azurerm_role_definition": _role_definition,
    "azurerm_user_assigned_identity": _user_assigned,
    "azurerm_federated_identity_credential": _federated,
    "azurerm_cosmosdb_sql_role_assignment": _cosmos_assignment,
    "azurerm_key_vault": _vault,
    "azurerm_key_vault_access_policy": _vault_policy,
    "azurerm_app_configuration": _store,
    "azurerm_management_group": _management_group,
    "azapi_resource": _azapi,
    "azuread_service_principal": _service_principal,
    "azuread_user": _user,
    "azuread_group": _group,
}
"""What is known by name; every other resource of azurerm is read by its id, identity and tags."""


def _first(value: object) -> Attributes:
    found = _objects(value)
    return found[0] if found else {}


def _objects(value: object) -> list[Attributes]:
    if isinstance(value, Mapping):
        return [value]
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _json(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
