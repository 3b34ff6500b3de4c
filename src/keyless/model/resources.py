"""The resources that a plane serves, as the store keeps them."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from keyless.model.access_policies import AccessPolicy
from keyless.model.identities import ManagedIdentity
from keyless.model.resource_id import ResourceId

VAULT_TYPE = "Microsoft.KeyVault/vaults"
STORE_TYPE = "Microsoft.AppConfiguration/configurationStores"
VAULT_SUFFIX = ".vault.azure.net"
STORE_SUFFIX = ".azconfig.io"
USER_ASSIGNED_IDENTITY_TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities"


class Tenant(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The one tenant and subscription of an estate; ``tenant_id`` and ``subscription_id`` are GUIDs."""

    tenant_id: str
    name: str
    subscription_id: str
    subscription_name: str

    @property
    def domain(self) -> str:
        """The domain that the names of its users end in: its own, or one under `onmicrosoft.com`."""
        name = self.name.casefold()
        if "." in name:
            return name
        return f"{re.sub(r'[^a-z0-9-]+', '', name) or 'tenant'}.onmicrosoft.com"


class ResourceGroup(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A resource group."""

    resource_id: str
    location: str
    tags: dict[str, str] = {}
    managed_by: str | None = None


class Vault(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A key vault. ``learned`` marks one that came into being when an app first named it.

    ``access_policies`` count only without ``enable_rbac_authorization``; ``body`` holds what the management
    API was given beyond that (network rules, flags of deployment), as it was written.
    """

    resource_id: str
    name: str
    location: str
    soft_delete_retention_days: int = 90
    purge_protection: bool = False
    learned: bool = False
    enable_rbac_authorization: bool = True
    access_policies: tuple[AccessPolicy, ...] = ()
    sku: str = "standard"
    tags: dict[str, str] = {}
    created_on: int = 0
    updated_on: int = 0
    body: dict[str, Any] = {}


class DeletedVault(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A vault that can still come back, with what it holds; both times are epoch seconds."""

    vault: Vault
    deleted_at: int
    purge_at: int


class Replica(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A replica of a configuration store; ``system_data`` says who made it by the management API."""

    name: str
    location: str
    system_data: dict[str, str] = {}


class ConfigurationStore(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """An App Configuration store. ``learned`` and ``body`` as for a vault.

    With ``disable_local_auth`` it takes no access keys; its identities are as those of a compute resource.
    Of one that a file declares ``sku`` is empty where the file does not say.
    """

    resource_id: str
    name: str
    location: str
    learned: bool = False
    disable_local_auth: bool = False
    sku: str = "standard"
    tags: dict[str, str] = {}
    soft_delete_retention_days: int = 7
    purge_protection: bool = False
    system_assigned: ManagedIdentity | None = None
    user_assigned: tuple[str, ...] = ()
    created_on: int = 0
    body: dict[str, Any] = {}
    replicas: tuple[Replica, ...] = ()


class DeletedStore(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A configuration store that can still come back; both times are epoch seconds."""

    store: ConfigurationStore
    deleted_at: int
    purge_at: int


def secret_scope(vault_id: ResourceId, name: str) -> ResourceId:
    """The scope of one secret, all its versions included: ``{vault}/secrets/{name}``."""
    return vault_object_scope(vault_id, "secrets", name)


def vault_object_scope(vault_id: ResourceId, objects: str, name: str) -> ResourceId:
    """The scope of one object of a vault; ``objects`` is `secrets`, `keys` or `certificates`."""
    return vault_id.child(objects, name)


def key_value_scope(store_id: ResourceId, key: str, label: str | None) -> ResourceId:
    """The scope of one key-value: ``{store}/keyValues/{key}``, with ``${label}`` where it has one.

    A ``$`` or ``~`` of the key or label itself is written ``~24`` or ``~7E``, so that no two key-values
    share a scope; ``key_and_label`` is the way back.
    """
    name = _plain(key) if label is None else f"{_plain(key)}${_plain(label)}"
    return store_id.child("keyValues", name)


def key_and_label(scope: ResourceId) -> tuple[str, str | None]:
    """The key and label that ``key_value_scope`` made a scope of."""
    key, _, label = scope.name.partition("$")
    return _original(key), _original(label) if "$" in scope.name else None


def snapshot_scope(store_id: ResourceId, name: str) -> ResourceId:
    """The scope of one snapshot: ``{store}/snapshots/{name}``."""
    return store_id.child("snapshots", name)


def _plain(text: str) -> str:
    return text.replace("~", "~7E").replace("$", "~24")


def _original(text: str) -> str:
    return text.replace("~24", "$").replace("~7E", "~")
