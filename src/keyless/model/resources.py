"""The resources that a plane serves, as the store keeps them."""

from __future__ import annotations

import msgspec

VAULT_TYPE = "Microsoft.KeyVault/vaults"
STORE_TYPE = "Microsoft.AppConfiguration/configurationStores"
USER_ASSIGNED_IDENTITY_TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities"


class Tenant(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The one tenant and subscription of an estate; ``tenant_id`` and ``subscription_id`` are GUIDs."""

    tenant_id: str
    name: str
    subscription_id: str
    subscription_name: str


class ResourceGroup(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A resource group."""

    resource_id: str
    location: str


class Vault(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A key vault. ``learned`` marks one that came into being when an app first named it."""

    resource_id: str
    name: str
    location: str
    soft_delete_retention_days: int = 90
    purge_protection: bool = False
    learned: bool = False


class ConfigurationStore(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """An App Configuration store. ``learned`` as for a vault."""

    resource_id: str
    name: str
    location: str
    learned: bool = False
