"""What each operation of this part of the management plane takes."""

_IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
_CREDENTIALS = f"{_IDENTITIES}/federatedIdentityCredentials"

EXPECTED: dict[str, tuple[str, ...]] = {
    "UserAssignedIdentities.Get": (f"{_IDENTITIES}/read",),
    "UserAssignedIdentities.CreateOrUpdate": (f"{_IDENTITIES}/write",),
    "UserAssignedIdentities.Update": (f"{_IDENTITIES}/write",),
    "UserAssignedIdentities.Delete": (f"{_IDENTITIES}/delete",),
    "UserAssignedIdentities.ListByResourceGroup": (f"{_IDENTITIES}/read",),
    "UserAssignedIdentities.ListBySubscription": (f"{_IDENTITIES}/read",),
    "UserAssignedIdentities.ListAssociatedResources": (f"{_IDENTITIES}/listAssociatedResources/action",),
    "UserAssignedIdentities.ListAssociatedResourcesNext": (f"{_IDENTITIES}/listAssociatedResources/action",),
    "FederatedIdentityCredentials.List": (f"{_CREDENTIALS}/read",),
    "FederatedIdentityCredentials.Get": (f"{_CREDENTIALS}/read",),
    "FederatedIdentityCredentials.CreateOrUpdate": (f"{_CREDENTIALS}/write",),
    "FederatedIdentityCredentials.Delete": (f"{_CREDENTIALS}/delete",),
    "SystemAssignedIdentities.GetByScope": ("Microsoft.ManagedIdentity/identities/read",),
}
