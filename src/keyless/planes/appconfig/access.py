"""What the operations require: the data actions, and the scopes that they are decided on.

What is called by more characters than anything can be is decided at the store: there is none such, and its
name is nothing to keep as evidence.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authorization-azure-ad#actions
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, key_value_scope, snapshot_scope
from keyless.planes.appconfig import attributes
from keyless.planes.appconfig.asked import name_in
from keyless.planes.appconfig.key_values.rules import MAX_CHARACTERS, is_too_long
from keyless.wire.operation import AttributesOf, Requires

_STORE = "Microsoft.AppConfiguration/configurationStores"
KEY_VALUES_READ = f"{_STORE}/keyValues/read"
KEY_VALUES_WRITE = f"{_STORE}/keyValues/write"
KEY_VALUES_DELETE = f"{_STORE}/keyValues/delete"
FEATURE_FLAGS_READ = f"{_STORE}/featureFlags/read"
FEATURE_FLAGS_WRITE = f"{_STORE}/featureFlags/write"
FEATURE_FLAGS_DELETE = f"{_STORE}/featureFlags/delete"
SNAPSHOTS_READ = f"{_STORE}/snapshots/read"
SNAPSHOTS_WRITE = f"{_STORE}/snapshots/write"
SNAPSHOTS_ARCHIVE = f"{_STORE}/snapshots/archive/action"


def store_scope(store: ConfigurationStore, params: Mapping[str, str]) -> ResourceId:
    """The configuration store itself."""
    return ResourceId.parse(store.resource_id)


def one_scope(store: ConfigurationStore, params: Mapping[str, str]) -> ResourceId:
    """The key-value that the path and the `label` parameter name; refused where there can be none such."""
    name = name_in(params)
    within = store_scope(store, params)
    return within if is_too_long(name) else key_value_scope(within, name.key, name.label)


def one_snapshot_scope(store: ConfigurationStore, params: Mapping[str, str]) -> ResourceId:
    """The snapshot that the path, or else the `snapshot` parameter, names; the store where neither does."""
    name = params.get("name") or params.get("snapshot") or ""
    within = store_scope(store, params)
    return snapshot_scope(within, name) if 0 < len(name) <= MAX_CHARACTERS else within


def on_store(*actions: str, listing: AttributesOf | None = None) -> Requires:
    """Every one of the actions, on the store; ``listing`` says of a list what its filters mean."""
    return Requires(actions, store_scope, attributes=listing)


def on_one(*actions: str) -> Requires:
    """Every one of the actions, on the key-value."""
    return Requires(actions, one_scope, attributes=attributes.of_one)


def on_snapshot(*actions: str) -> Requires:
    """Every one of the actions, on the snapshot; of the key-values in it conditions are told nothing."""
    return Requires(actions, one_snapshot_scope)
