"""Which fields of a template's resources are evaluated: those that say something of access, and no others."""

from __future__ import annotations

from collections.abc import Mapping

ASSIGNMENT = "microsoft.authorization/roleassignments"
PROPERTIES: Mapping[str, tuple[str, ...]] = {
    ASSIGNMENT: (
        "roleDefinitionId",
        "principalId",
        "principalType",
        "condition",
        "conditionVersion",
        "description",
    ),
    "microsoft.authorization/roledefinitions": (
        "roleName",
        "type",
        "description",
        "assignableScopes",
        "permissions",
    ),
    "microsoft.keyvault/vaults": (
        "enableRbacAuthorization",
        "enablePurgeProtection",
        "softDeleteRetentionInDays",
        "accessPolicies",
        "sku",
        "tenantId",
    ),
    "microsoft.keyvault/vaults/accesspolicies": ("accessPolicies",),
    "microsoft.appconfiguration/configurationstores": (
        "disableLocalAuth",
        "enablePurgeProtection",
        "softDeleteRetentionInDays",
    ),
    "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials": (
        "issuer",
        "subject",
        "audiences",
    ),
    "microsoft.documentdb/databaseaccounts/sqlroleassignments": (
        "principalId",
        "roleDefinitionId",
        "scope",
    ),
    "microsoft.management/managementgroups": ("displayName", "details"),
}
MUST = ("identity",)
MAY = ("location", "tags", "kind", "sku")
"""What is of use where it can be told, and no loss where not."""
