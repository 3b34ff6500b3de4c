"""Sources as the tools print them, made small: ids of one tenant, and how to read them in tests."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from keyless.estate.imported import Existing, File, Place, read_existing

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
OTHER_SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
TENANT = "99999999-9999-9999-9999-999999999999"
DEFINITIONS = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/orders-rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso-orders"
STORE = f"{GROUP}/providers/Microsoft.AppConfiguration/configurationStores/contoso-conf"
WEB = f"{GROUP}/providers/Microsoft.Web/sites/orders-web"
SHARED = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders-shared"
WEB_PRINCIPAL = "aaaaaaaa-0000-0000-0000-000000000001"
WEB_CLIENT = "aaaaaaaa-0000-0000-0000-000000000002"
SHARED_PRINCIPAL = "aaaaaaaa-0000-0000-0000-000000000003"
SHARED_CLIENT = "aaaaaaaa-0000-0000-0000-000000000004"
STRANGER = "aaaaaaaa-0000-0000-0000-000000000009"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CUSTOM = "cccccccc-0000-0000-0000-000000000001"
ASSIGNMENT = "dddddddd-0000-0000-0000-000000000001"
PLANTED = "planted-secret-7f3a"
T = TypeVar("T")


def json_file(document: Any, name: str = "list.json") -> File:
    """A file with a JSON document."""
    return File(name, msgspec.json.encode(document))


def read(*documents: Any, place: Place = Place()) -> Existing:  # noqa: B008  # a frozen value
    """What documents tell together; a file is taken as it is."""
    files = [one if isinstance(one, File) else json_file(one, f"{n}.json") for n, one in enumerate(documents)]
    return read_existing(files, place)


def of_type(existing: Existing, kind: type[T]) -> list[T]:
    """The records of one type."""
    return [one.record for one in existing.records if isinstance(one.record, kind)]


def assignment(**more: Any) -> dict[str, Any]:
    """An entry of `az role assignment list`."""
    return {
        "id": f"{VAULT}/providers/Microsoft.Authorization/roleAssignments/{ASSIGNMENT}",
        "name": ASSIGNMENT,
        "principalId": WEB_PRINCIPAL,
        "principalName": "",
        "principalType": "ServicePrincipal",
        "roleDefinitionId": f"{DEFINITIONS}/{SECRETS_USER}",
        "roleDefinitionName": "Key Vault Secrets User",
        "scope": VAULT,
        "type": "Microsoft.Authorization/roleAssignments",
        "condition": None,
        "conditionVersion": None,
        "description": None,
    } | more


def identity(**more: Any) -> dict[str, Any]:
    """An entry of `az identity list`."""
    return {
        "id": SHARED,
        "name": "orders-shared",
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
        "location": "westeurope",
        "clientId": SHARED_CLIENT,
        "principalId": SHARED_PRINCIPAL,
        "tenantId": TENANT,
        "tags": {"team": "orders"},
    } | more


def web(**more: Any) -> dict[str, Any]:
    """An entry of `az resource list`."""
    return {
        "id": WEB,
        "name": "orders-web",
        "type": "Microsoft.Web/sites",
        "location": "West Europe",
        "kind": "functionapp,linux",
        "sku": None,
        "tags": None,
        "identity": {
            "type": "SystemAssigned, UserAssigned",
            "principalId": WEB_PRINCIPAL,
            "tenantId": TENANT,
            "userAssignedIdentities": {SHARED: {"principalId": SHARED_PRINCIPAL, "clientId": SHARED_CLIENT}},
        },
    } | more


def vault(**more: Any) -> dict[str, Any]:
    """What `az keyvault show` prints."""
    return {
        "id": VAULT,
        "name": "contoso-orders",
        "type": "Microsoft.KeyVault/vaults",
        "location": "westeurope",
        "tags": {},
        "properties": {
            "enableRbacAuthorization": False,
            "enablePurgeProtection": None,
            "softDeleteRetentionInDays": 30,
            "sku": {"family": "A", "name": "premium"},
            "tenantId": TENANT,
            "vaultUri": "https://contoso-orders.vault.azure.net/",
            "accessPolicies": [
                {
                    "tenantId": TENANT,
                    "objectId": WEB_PRINCIPAL,
                    "applicationId": None,
                    "permissions": {"keys": [], "secrets": ["Get", "List"], "certificates": None},
                }
            ],
        },
    } | more


def service_principal(**more: Any) -> dict[str, Any]:
    """An entry of `az ad sp list`."""
    return {
        "id": STRANGER,
        "appId": "aaaaaaaa-0000-0000-0000-00000000000a",
        "displayName": "orders-legacy",
        "servicePrincipalType": "Application",
        "alternativeNames": [],
        "passwordCredentials": [{"hint": PLANTED, "secretText": PLANTED}],
    } | more
