"""The bodies of configuration stores, their keys and key-values, as the management plane's wire has them.

Source: Azure/azure-rest-api-specs, specification/appconfiguration/resource-manager/Microsoft.AppConfiguration
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from keyless.planes.arm.host_identity import AskedIdentity


class Sku(Struct, frozen=True):
    """A pricing tier."""

    name: str


class DataPlaneProxy(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """How the management plane reaches a store's key-values."""

    authentication_mode: str | None = None
    private_link_delegation: str | None = None


class PropertiesInput(Struct, frozen=True, rename="camel"):
    """What may be said of a store; what only the service says (endpoint, state) is not looked at."""

    create_mode: str | None = None
    disable_local_auth: bool | None = None
    soft_delete_retention_in_days: int | None = None
    enable_purge_protection: bool | None = None
    public_network_access: str | None = None
    data_plane_proxy: DataPlaneProxy | None = None
    default_key_value_revision_retention_period_in_seconds: int | None = None
    encryption: dict[str, Any] | None = None
    telemetry: dict[str, Any] | None = None
    azure_front_door: dict[str, Any] | None = None


class StoreInput(Struct, frozen=True):
    """A store to create or to change; what is left out stays."""

    location: str | None = None
    sku: Sku | None = None
    tags: dict[str, str] | None = None
    identity: AskedIdentity | None = None
    properties: PropertiesInput | None = None


class StoreBody(Struct, frozen=True, rename="camel"):
    """A configuration store."""

    id: str
    name: str
    type: str
    location: str
    sku: Sku
    tags: dict[str, str]
    properties: dict[str, Any]
    identity: dict[str, Any] | UnsetType = UNSET
    system_data: dict[str, str] | UnsetType = UNSET


class StoreList(Struct, frozen=True):
    """Configuration stores."""

    value: list[StoreBody]


class ApiKeyBody(Struct, frozen=True, rename="camel"):
    """An access key, with its secret."""

    id: str
    name: str
    value: str
    connection_string: str
    read_only: bool
    last_modified: str | UnsetType = UNSET

    def __repr__(self) -> str:
        return f"ApiKeyBody(id={self.id!r}, …)"


class ApiKeyList(Struct, frozen=True):
    """Access keys."""

    value: list[ApiKeyBody]


class KeyInput(Struct, frozen=True):
    """Which access key is meant."""

    id: str


class DeletedProperties(Struct, frozen=True, rename="camel"):
    """What a deleted store was, and until when it can come back."""

    configuration_store_id: str
    location: str
    tags: dict[str, str]
    deletion_date: str
    scheduled_purge_date: str
    purge_protection_enabled: bool


class DeletedStoreBody(Struct, frozen=True):
    """A deleted configuration store."""

    id: str
    name: str
    type: str
    properties: DeletedProperties


class DeletedStoreList(Struct, frozen=True):
    """Deleted configuration stores."""

    value: list[DeletedStoreBody]


class NameInput(Struct, frozen=True):
    """A name to look at, and what is to be called so."""

    name: str
    type: str


class NameAvailability(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Whether a store may be called so, and if not, why."""

    name_available: bool
    message: str
    reason: str | None = None


class KeyValuePropertiesInput(Struct, frozen=True, rename="camel"):
    """What a key-value is to hold."""

    value: str | None = None
    content_type: str | None = None
    tags: dict[str, str] | None = None


class KeyValueInput(Struct, frozen=True):
    """A key-value to write."""

    properties: KeyValuePropertiesInput | None = None


class KeyValueProperties(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A key-value's content and state."""

    key: str
    e_tag: str
    last_modified: str
    locked: bool
    tags: dict[str, str]
    value: str | None = None
    label: str | None = None
    content_type: str | None = None


class KeyValueBody(Struct, frozen=True):
    """A key-value as a resource."""

    id: str
    name: str
    type: str
    properties: KeyValueProperties


class ReplicaInput(Struct, frozen=True):
    """A replica to create."""

    location: str | None = None


class ReplicaProperties(Struct, frozen=True, rename="camel"):
    """Where a replica is reached, and how far it is."""

    endpoint: str
    provisioning_state: str


class ReplicaBody(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A replica."""

    id: str
    name: str
    type: str
    location: str
    properties: ReplicaProperties
    system_data: dict[str, str] = {}


class ReplicaList(Struct, frozen=True):
    """Replicas."""

    value: list[ReplicaBody]


class SnapshotFilter(Struct, frozen=True):
    """Which key-values a snapshot is made of; no label means none."""

    key: str
    label: str | UnsetType | None = UNSET


class SnapshotPropertiesInput(Struct, frozen=True, rename="camel"):
    """What a snapshot is made of, and how long it stays once it is archived."""

    filters: list[SnapshotFilter] | None = None
    composition_type: str | None = None
    retention_period: int | None = None
    tags: dict[str, str] | None = None


class SnapshotInput(Struct, frozen=True):
    """A snapshot to create."""

    properties: SnapshotPropertiesInput | None = None


class SnapshotProperties(Struct, frozen=True, rename="camel"):
    """A snapshot, and how far it is."""

    provisioning_state: str
    status: str
    filters: list[SnapshotFilter]
    composition_type: str
    created: str
    retention_period: int
    size: int
    items_count: int
    tags: dict[str, str]
    etag: str
    expires: str | UnsetType = UNSET


class SnapshotBody(Struct, frozen=True):
    """A snapshot as a resource."""

    id: str
    name: str
    type: str
    properties: SnapshotProperties


class Nothing(Struct, frozen=True):
    """A list with nothing in it."""

    value: list[Any] = []
