"""Configuration stores as the wire shows them: only what the api-version asked for has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from keyless.lifecycle.store_tiers import REVISION_RETENTION, keeps_deleted, revision_retention_s
from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.model.resources import STORE_TYPE, ConfigurationStore, DeletedStore
from keyless.planes.arm.appconfiguration.api_versions import shows
from keyless.planes.arm.appconfiguration.schemas import (
    DeletedProperties,
    DeletedStoreBody,
    Sku,
    StoreBody,
)
from keyless.planes.arm.moments import moment

DELETED_TYPE = "Microsoft.AppConfiguration/deletedConfigurationStores"
_PROVIDER = ("providers", "Microsoft.AppConfiguration")
SUCCEEDED, CREATING, FAILED = "Succeeded", "Creating", "Failed"


def endpoint(store: ConfigurationStore) -> str:
    """Where a store's key-values are."""
    return f"https://{store.name.lower()}.azconfig.io"


def store_body(
    store: ConfigurationStore, identity: dict[str, Any] | None, api_version: str, state: str = SUCCEEDED
) -> StoreBody:
    """A store, with the identities that it has, as an api-version shows it."""
    shown = {name: value for name, value in _properties(store, state) if shows(api_version, name)}
    return StoreBody(
        id=store.resource_id,
        name=store.name,
        type=STORE_TYPE,
        location=store.location,
        sku=Sku(store.sku),
        tags=store.tags,
        properties=shown,
        identity=UNSET if identity is None else identity,
        system_data=store.body.get("systemData", UNSET),
    )


def _properties(store: ConfigurationStore, state: str) -> Iterator[tuple[str, Any]]:
    yield "provisioningState", state
    if store.created_on:
        yield "creationDate", moment(store.created_on)
    yield "endpoint", endpoint(store)
    yield "disableLocalAuth", store.disable_local_auth
    yield "softDeleteRetentionInDays", store.soft_delete_retention_days if keeps_deleted(store.sku) else 0
    yield "enablePurgeProtection", store.purge_protection
    yield REVISION_RETENTION, revision_retention_s(store)
    yield "privateEndpointConnections", []
    for name, value in store.body.items():
        if name not in {"systemData", REVISION_RETENTION}:
            yield name, value


def deleted_body(deleted: DeletedStore) -> DeletedStoreBody:
    """A deleted store; its id lies in the subscription, beside its region's others."""
    store = deleted.store
    subscription = ResourceId.parse(store.resource_id).subscription_id or ""
    properties = DeletedProperties(
        configuration_store_id=store.resource_id,
        location=store.location,
        tags=store.tags,
        deletion_date=moment(deleted.deleted_at),
        scheduled_purge_date=moment(deleted.purge_at),
        purge_protection_enabled=store.purge_protection,
    )
    resource_id = deleted_id(subscription, store.location, store.name)
    return DeletedStoreBody(resource_id.text, store.name, DELETED_TYPE, properties)


def deleted_id(subscription: str, location: str, name: str) -> ResourceId:
    """The id of a deleted store."""
    names = ("locations", location, "deletedConfigurationStores", name)
    return ResourceId((*subscription_scope(subscription).segments, *_PROVIDER, *names))
