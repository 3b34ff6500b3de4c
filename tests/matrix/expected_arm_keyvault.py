"""What each operation of this part of the management plane takes."""

EXPECTED: dict[str, tuple[str, ...]] = {
    "Vaults.CreateOrUpdate": ("Microsoft.KeyVault/vaults/write",),
    "Vaults.Update": ("Microsoft.KeyVault/vaults/write",),
    "Vaults.Get": ("Microsoft.KeyVault/vaults/read",),
    "Vaults.Delete": ("Microsoft.KeyVault/vaults/delete",),
    "Vaults.ListBySubscription": ("Microsoft.KeyVault/vaults/read",),
    "Vaults.ListByResourceGroup": ("Microsoft.KeyVault/vaults/read",),
    "Vaults.UpdateAccessPolicy": ("Microsoft.KeyVault/vaults/accessPolicies/write",),
    "Vaults.GetDeleted": ("Microsoft.KeyVault/locations/deletedVaults/read",),
    "Vaults.ListDeleted": ("Microsoft.KeyVault/deletedVaults/read",),
    "Vaults.PurgeDeleted": ("Microsoft.KeyVault/locations/deletedVaults/purge/action",),
    "Vaults.CheckNameAvailability": ("Microsoft.KeyVault/checkNameAvailability/read",),
    "ManagedHsms.ListBySubscription": ("Microsoft.KeyVault/managedHSMs/read",),
    "ManagedHsms.ListByResourceGroup": ("Microsoft.KeyVault/managedHSMs/read",),
    "ManagedHsms.CheckMhsmNameAvailability": ("Microsoft.KeyVault/checkNameAvailability/read",),
    "ManagedHsms.ListDeleted": ("Microsoft.KeyVault/deletedManagedHsms/read",),
    "PrivateEndpointConnections.ListByResource": (
        "Microsoft.KeyVault/vaults/privateEndpointConnections/read",
    ),
    "PrivateLinkResources.ListByVault": ("Microsoft.KeyVault/vaults/privateLinkResources/read",),
}
