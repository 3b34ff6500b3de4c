"""Which operations of which documents, by provider and api-version, the tests hold answers to.

The api-versions are those that the official client libraries and `az` send. Where the checkout of documents
need not have one (they are many and large, and the newest are often missing from a copy), the operations are
*carried* from the document of a version before it, and the bodies of its resources are read from the types
that Bicep is built with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reduced document.

    ``documents`` are paths below ``specification``, ``operations`` what the ids wanted begin with.
    ``bodies`` are the definitions that stand for resource types, where the operations are carried; they are
    read at ``types_version``, which is the api-version unless Bicep's types lack it.
    """

    provider: str
    api_version: str
    documents: tuple[str, ...]
    operations: tuple[str, ...]
    carried_from: str = ""
    bodies: Mapping[str, str] | None = None
    types_version: str = ""


def wanted() -> Iterator[Wanted]:
    """Every reduced document."""
    yield from _resources()
    yield from _authorization()
    yield from _managed_identity()
    yield from _key_vault()
    yield from _app_configuration()
    yield from _management_groups()
    yield _documented("Microsoft.Insights", "2015-04-01", _ACTIVITY, ("",))


def _documented(provider: str, version: str, documents: tuple[str, ...], ids: tuple[str, ...]) -> Wanted:
    kind = "preview" if version.endswith("-preview") else "stable"
    return Wanted(provider, version, tuple(d.format(f"{kind}/{version}") for d in documents), ids)


def _carried(known: Wanted, version: str, bodies: Mapping[str, str], types_version: str = "") -> Wanted:
    came_from = known.api_version
    return Wanted(
        known.provider,
        version,
        known.documents,
        known.operations,
        came_from,
        bodies,
        types_version or version,
    )


_ACTIVITY = tuple(
    f"monitor/resource-manager/Microsoft.Insights/{{}}/{name}_API.json"
    for name in ("activityLogs", "eventCategories", "tenantActivityLogs")
)

_RESOURCES = "resources/resource-manager/Microsoft.Resources/{}/resources.json"
_SUBSCRIPTIONS = "resources/resource-manager/Microsoft.Resources/{}/subscriptions.json"
_GROUPS = ("ResourceGroups_", "Resources_", "Providers_", "ProviderResourceTypes_", "Tags_")
_GROUP_BODIES = {
    "ResourceGroup": "Microsoft.Resources/resourceGroups",
    "TagsResource": "Microsoft.Resources/tags",
}


def _resources() -> Iterator[Wanted]:
    for version in ("2015-11-01", "2019-10-01", "2020-10-01", "2021-04-01", "2022-09-01"):
        yield _documented("Microsoft.Resources", version, (_RESOURCES,), _GROUPS)
    for version in ("2023-07-01", "2024-03-01", "2024-07-01"):
        yield _documented("Microsoft.Resources", version, (_RESOURCES,), _GROUPS)
    latest = _documented("Microsoft.Resources", "2024-07-01", (_RESOURCES,), _GROUPS)
    for version in ("2024-11-01", "2025-03-01", "2025-04-01"):
        yield _carried(latest, version, _GROUP_BODIES)
    for version in ("2016-06-01", "2018-06-01", "2019-06-01", "2019-11-01", "2020-01-01", "2022-12-01"):
        yield _documented("Microsoft.Resources", version, (_SUBSCRIPTIONS,), ("Subscriptions_", "Tenants_"))
    both = (_RESOURCES, _SUBSCRIPTIONS)
    yield _documented("Microsoft.Resources", "2021-01-01", both, (*_GROUPS, "Subscriptions_", "Tenants_"))


_AUTHORIZATION = "authorization/resource-manager/Microsoft.Authorization/{}/authorization-"
_LOCKS = "resources/resource-manager/Microsoft.Authorization/{}/locks.json"


def _authorization() -> Iterator[Wanted]:
    provider = "Microsoft.Authorization"
    calls = ("RoleAssignmentsCalls", "RoleDefinitionsCalls", "ProviderOperationsCalls")
    documents = tuple(f"{_AUTHORIZATION}{name}.json" for name in calls)
    yield _documented(provider, "2018-01-01-preview", documents, ("",))
    yield _documented(provider, "2015-07-01", (*documents, f"{_AUTHORIZATION}ClassicAdminCalls.json"), ("",))
    yield _documented(
        provider, "2022-04-01", (*documents, f"{_AUTHORIZATION}DenyAssignmentCalls.json"), ("",)
    )
    yield _documented(provider, "2022-05-01-preview", documents[1:2], ("",))
    for version in ("2016-09-01", "2020-05-01"):
        yield _documented(provider, version, (_LOCKS,), ("ManagementLocks_",))


_IDENTITY = "msi/resource-manager/Microsoft.ManagedIdentity/{}/ManagedIdentity.json"
_IDENTITY_IDS = ("SystemAssignedIdentities_", "UserAssignedIdentities_", "FederatedIdentityCredentials_")
_USER_ASSIGNED = "Microsoft.ManagedIdentity/userAssignedIdentities"
_IDENTITY_BODIES = {
    "Identity": _USER_ASSIGNED,
    "FederatedIdentityCredential": f"{_USER_ASSIGNED}/federatedIdentityCredentials",
    "SystemAssignedIdentity": "Microsoft.ManagedIdentity/identities",
}


def _managed_identity() -> Iterator[Wanted]:
    provider = "Microsoft.ManagedIdentity"
    for version in ("2018-11-30", "2022-01-31-preview", "2023-01-31"):
        yield _documented(provider, version, (_IDENTITY,), _IDENTITY_IDS)
    latest = _documented(provider, "2023-01-31", (_IDENTITY,), _IDENTITY_IDS)
    for version in ("2024-11-30", "2025-01-31-preview", "2025-05-31-preview"):
        yield _carried(latest, version, _IDENTITY_BODIES)


_VAULTS = "keyvault/resource-manager/Microsoft.KeyVault/{}/keyvault.json"
_HSMS = "keyvault/resource-manager/Microsoft.KeyVault/{}/managedHsm.json"
_VAULT_IDS = ("Vaults_", "PrivateEndpointConnections_", "PrivateLinkResources_")
_HSM_IDS = ("ManagedHsms_List", "ManagedHsms_GetDeleted", "ManagedHsms_CheckMhsmNameAvailability")


def _key_vault() -> Iterator[Wanted]:
    provider = "Microsoft.KeyVault"
    yield _documented(provider, "2019-09-01", (_VAULTS,), _VAULT_IDS)
    for version in ("2021-10-01", "2022-07-01", "2023-02-01", "2023-07-01"):
        yield _documented(provider, version, (_VAULTS, _HSMS), (*_VAULT_IDS, *_HSM_IDS))
    latest = _documented(provider, "2023-07-01", (_VAULTS, _HSMS), (*_VAULT_IDS, *_HSM_IDS))
    bodies = {"Vault": "Microsoft.KeyVault/vaults", "ManagedHsm": "Microsoft.KeyVault/managedHSMs"}
    for version in ("2024-11-01", "2025-05-01", "2026-02-01"):
        yield _carried(latest, version, bodies)
    yield _carried(latest, "2026-05-15", bodies, "2026-03-01-preview")


_STORES = "appconfiguration/resource-manager/Microsoft.AppConfiguration/{}/appconfiguration.json"
_STORE = "Microsoft.AppConfiguration/configurationStores"


def _app_configuration() -> Iterator[Wanted]:
    provider = "Microsoft.AppConfiguration"
    for version in ("2022-05-01", "2023-03-01"):
        yield _documented(provider, version, (_STORES,), ("",))
    latest = _documented(provider, "2023-09-01-preview", (_STORES,), ("",))
    bodies = {
        "ConfigurationStore": _STORE,
        "KeyValue": f"{_STORE}/keyValues",
        "PrivateEndpointConnection": f"{_STORE}/privateEndpointConnections",
        "Replica": f"{_STORE}/replicas",
        "Snapshot": f"{_STORE}/snapshots",
    }
    for version in (
        "2024-05-01",
        "2024-06-01",
        "2025-02-01-preview",
        "2025-06-01-preview",
        "2025-08-01-preview",
    ):
        yield _carried(latest, version, bodies)


_MANAGEMENT = "managementgroups/resource-manager/Microsoft.Management/{}/management.json"


def _management_groups() -> Iterator[Wanted]:
    for version in ("2020-05-01", "2021-04-01", "2023-04-01"):
        ids = ("ManagementGroups_", "ManagementGroupSubscriptions_", "Entities_")
        yield _documented("Microsoft.Management", version, (_MANAGEMENT,), ids)
