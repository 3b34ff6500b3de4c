"""Vaults as the wire shows them: only what the api-version asked for has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.model.resources import VAULT_TYPE, DeletedVault, Vault
from keyless.planes.arm.keyvault.api_versions import knows
from keyless.planes.arm.keyvault.policies import policy_body
from keyless.planes.arm.keyvault.schemas import (
    DeletedProperties,
    DeletedVaultBody,
    PoliciesBody,
    PoliciesProperties,
    VaultBody,
)
from keyless.planes.arm.keyvault.settings import KEPT_AS_WRITTEN
from keyless.planes.arm.moments import moment

DELETED_TYPE = "Microsoft.KeyVault/deletedVaults"
SYSTEM_DATA = "systemData"
"""What a vault's ``body`` keeps who made it under."""


def vault_uri(vault: Vault) -> str:
    """Where a vault's secrets are."""
    return f"https://{vault.name.lower()}.vault.azure.net/"


def vault_body(vault: Vault, tenant_id: str, api_version: str) -> VaultBody:
    """A vault as an api-version shows it."""
    shown = {name: value for name, value in _properties(vault, tenant_id) if knows(api_version, name)}
    system_data = vault.body.get(SYSTEM_DATA, UNSET) if knows(api_version, SYSTEM_DATA) else UNSET
    return VaultBody(
        vault.resource_id, vault.name, VAULT_TYPE, vault.location, vault.tags, shown, system_data
    )


def policies_body(vault: Vault) -> PoliciesBody:
    """A vault's access policies as the answer to a change of them."""
    entries = [policy_body(one) for one in vault.access_policies]
    return PoliciesBody(
        f"{vault.resource_id}/accessPolicies/",
        f"{VAULT_TYPE}/accessPolicies",
        vault.location,
        PoliciesProperties(entries),
    )


def deleted_body(deleted: DeletedVault) -> DeletedVaultBody:
    """A deleted vault; its id lies in the subscription, beside its region's others."""
    vault = deleted.vault
    properties = DeletedProperties(
        vault_id=vault.resource_id,
        location=vault.location,
        tags=vault.tags,
        deletion_date=moment(deleted.deleted_at),
        scheduled_purge_date=moment(deleted.purge_at),
        purge_protection_enabled=True if vault.purge_protection else UNSET,
    )
    return DeletedVaultBody(deleted_id(vault).text, vault.name, DELETED_TYPE, properties)


def deleted_id(vault: Vault) -> ResourceId:
    """The id that a vault has while it is deleted."""
    subscription = ResourceId.parse(vault.resource_id).subscription_id or ""
    place = ("providers", "Microsoft.KeyVault", "locations", vault.location, "deletedVaults", vault.name)
    return ResourceId((*subscription_scope(subscription).segments, *place))


def _properties(vault: Vault, tenant_id: str) -> Iterator[tuple[str, Any]]:
    yield "sku", {"family": "A", "name": vault.sku}
    yield "tenantId", tenant_id
    yield "accessPolicies", [policy_body(one) for one in vault.access_policies]
    for name in KEPT_AS_WRITTEN:
        if name in vault.body:
            yield name, vault.body[name]
    yield "enableSoftDelete", True
    yield "softDeleteRetentionInDays", vault.soft_delete_retention_days
    yield "enableRbacAuthorization", vault.enable_rbac_authorization
    if vault.purge_protection:
        yield "enablePurgeProtection", True
    yield "vaultUri", vault_uri(vault)
    yield "provisioningState", "Succeeded"
