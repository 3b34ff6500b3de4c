"""What each operation of this part of the management plane takes."""

_NAMESPACE = "Microsoft.Authorization"

EXPECTED: dict[str, tuple[str, ...]] = {
    "RoleDefinitions.List": (f"{_NAMESPACE}/roleDefinitions/read",),
    "RoleDefinitions.Get": (f"{_NAMESPACE}/roleDefinitions/read",),
    "RoleDefinitions.CreateOrUpdate": (f"{_NAMESPACE}/roleDefinitions/write",),
    "RoleDefinitions.Delete": (f"{_NAMESPACE}/roleDefinitions/delete",),
    "RoleAssignments.ListForScope": (f"{_NAMESPACE}/roleAssignments/read",),
    "RoleAssignments.Get": (f"{_NAMESPACE}/roleAssignments/read",),
    "RoleAssignments.Create": (f"{_NAMESPACE}/roleAssignments/write",),
    "RoleAssignments.Delete": (f"{_NAMESPACE}/roleAssignments/delete",),
    "DenyAssignments.ListForScope": (f"{_NAMESPACE}/denyAssignments/read",),
    "DenyAssignments.Get": (f"{_NAMESPACE}/denyAssignments/read",),
    "Permissions.List": (f"{_NAMESPACE}/permissions/read",),
    "ClassicAdministrators.List": (f"{_NAMESPACE}/classicAdministrators/read",),
    "ProviderOperationsMetadata.List": (f"{_NAMESPACE}/providerOperations/read",),
    "ProviderOperationsMetadata.Get": (f"{_NAMESPACE}/providerOperations/read",),
}
