"""What each operation of this part of the management plane takes."""

from __future__ import annotations

_PROVIDER = "Microsoft.AppConfiguration"
_STORES = f"{_PROVIDER}/configurationStores"
_DELETED = f"{_PROVIDER}/locations/deletedConfigurationStores"

EXPECTED: dict[str, tuple[str, ...]] = {
    "ConfigurationStores.Create": (f"{_STORES}/write",),
    "ConfigurationStores.Get": (f"{_STORES}/read",),
    "ConfigurationStores.Update": (f"{_STORES}/write",),
    "ConfigurationStores.Delete": (f"{_STORES}/delete",),
    "ConfigurationStores.List": (f"{_STORES}/read",),
    "ConfigurationStores.ListByResourceGroup": (f"{_STORES}/read",),
    "ConfigurationStores.ListKeys": (f"{_STORES}/ListKeys/action",),
    "ConfigurationStores.RegenerateKey": (f"{_STORES}/RegenerateKey/action",),
    "ConfigurationStores.ListDeleted": (f"{_DELETED}/read",),
    "ConfigurationStores.GetDeleted": (f"{_DELETED}/read",),
    "ConfigurationStores.PurgeDeleted": (f"{_DELETED}/purge/action",),
    "ConfigurationStores.CheckNameAvailability": (f"{_PROVIDER}/checkNameAvailability/read",),
    "ConfigurationStores.RegionalCheckNameAvailability": (
        f"{_PROVIDER}/locations/checkNameAvailability/read",
    ),
    "ConfigurationStores.GetKeyValue": (f"{_STORES}/keyValues/read",),
    "ConfigurationStores.PutKeyValue": (f"{_STORES}/keyValues/write",),
    "ConfigurationStores.DeleteKeyValue": (f"{_STORES}/keyValues/delete",),
    "ConfigurationStores.ListReplicas": (f"{_STORES}/replicas/read",),
    "ConfigurationStores.GetReplica": (f"{_STORES}/replicas/read",),
    "ConfigurationStores.CreateReplica": (f"{_STORES}/replicas/write",),
    "ConfigurationStores.DeleteReplica": (f"{_STORES}/replicas/delete",),
    "ConfigurationStores.ListPrivateEndpointConnections": (f"{_STORES}/privateEndpointConnections/read",),
    "ConfigurationStores.GetPrivateEndpointConnection": (f"{_STORES}/privateEndpointConnections/read",),
    "ConfigurationStores.PutPrivateEndpointConnection": (f"{_STORES}/privateEndpointConnections/write",),
    "ConfigurationStores.DeletePrivateEndpointConnection": (f"{_STORES}/privateEndpointConnections/delete",),
    "ConfigurationStores.ListPrivateLinkResources": (f"{_STORES}/privateLinkResources/read",),
    "ConfigurationStores.GetPrivateLinkResource": (f"{_STORES}/privateLinkResources/read",),
    "ConfigurationStores.GetSnapshot": (f"{_STORES}/snapshots/read",),
    "ConfigurationStores.CreateSnapshot": (f"{_STORES}/snapshots/write",),
}
