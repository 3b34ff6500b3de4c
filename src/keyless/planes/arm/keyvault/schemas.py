"""The bodies of vaults, deleted vaults and access policies, as the management plane's wire has them.

Source: Azure/azure-rest-api-specs, specification/keyvault/resource-manager/Microsoft.KeyVault
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType


class Sku(Struct, frozen=True):
    """A pricing tier."""

    name: str
    family: str = "A"


class PermissionsBody(Struct, frozen=True):
    """Permissions by kind of object."""

    keys: list[str] | None = None
    secrets: list[str] | None = None
    certificates: list[str] | None = None
    storage: list[str] | None = None


class PolicyBody(Struct, frozen=True, rename="camel"):
    """One entry of a vault's access policies."""

    tenant_id: str
    object_id: str
    permissions: PermissionsBody
    application_id: str | None = None


class PropertiesInput(Struct, frozen=True, rename="camel"):
    """What may be said of a vault; what only the service says (its address, its state) is not looked at."""

    tenant_id: str | None = None
    sku: Sku | None = None
    access_policies: list[PolicyBody] | None = None
    enable_rbac_authorization: bool | None = None
    enable_soft_delete: bool | None = None
    soft_delete_retention_in_days: int | None = None
    enable_purge_protection: bool | None = None
    create_mode: str | None = None
    enabled_for_deployment: bool | None = None
    enabled_for_disk_encryption: bool | None = None
    enabled_for_template_deployment: bool | None = None
    network_acls: dict[str, Any] | None = None
    public_network_access: str | None = None
    token_binding_parameters: dict[str, Any] | None = None


class VaultInput(Struct, frozen=True):
    """A vault to create or to change; what is left out of a change stays."""

    location: str | None = None
    tags: dict[str, str] | None = None
    properties: PropertiesInput | None = None


class VaultBody(Struct, frozen=True, rename="camel"):
    """A vault."""

    id: str
    name: str
    type: str
    location: str
    tags: dict[str, str]
    properties: dict[str, Any]
    system_data: dict[str, str] | UnsetType = UNSET


class PoliciesInputProperties(Struct, frozen=True, rename="camel"):
    """Entries to add, to replace or to remove."""

    access_policies: list[PolicyBody]


class PoliciesInput(Struct, frozen=True):
    """A change of a vault's access policies."""

    properties: PoliciesInputProperties


class PoliciesProperties(Struct, frozen=True, rename="camel"):
    """The entries that there are now."""

    access_policies: list[dict[str, Any]]


class PoliciesBody(Struct, frozen=True):
    """A vault's access policies after a change."""

    id: str
    type: str
    location: str
    properties: PoliciesProperties


class DeletedProperties(Struct, frozen=True, rename="camel"):
    """What a deleted vault was, and until when it can come back."""

    vault_id: str
    location: str
    tags: dict[str, str]
    deletion_date: str
    scheduled_purge_date: str
    purge_protection_enabled: bool | UnsetType = UNSET


class DeletedVaultBody(Struct, frozen=True):
    """A deleted vault."""

    id: str
    name: str
    type: str
    properties: DeletedProperties


class NameInput(Struct, frozen=True):
    """A name to look at, and what is to be called so."""

    name: str
    type: str = "Microsoft.KeyVault/vaults"


class NameAvailability(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Whether a vault may be called so, and if not, why."""

    name_available: bool
    reason: str | None = None
    message: str | None = None
