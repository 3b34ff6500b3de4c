"""Where a role holds: a resource by name, one object in it, a group, the subscription, a group above it, or
any resource id.
"""

from __future__ import annotations

from typing import Protocol

from keyless.estate.declared.scopes import (
    ComputeScope,
    GroupScope,
    IdentityScope,
    ManagementGroupScope,
    ResourceIdScope,
    ScopeEntry,
    StoreScope,
    SubscriptionScope,
    VaultScope,
)
from keyless.estate.reading import Located, Reading, Rejected
from keyless.estate.resolve.resources import Resources
from keyless.model.management import management_group_scope
from keyless.model.resource_id import InvalidResourceId, ResourceId, subscription_scope
from keyless.model.resources import key_value_scope, snapshot_scope, vault_object_scope


def find_scope(entry: ScopeEntry, resources: Resources, reading: Reading) -> ResourceId:
    """The resource id of a scope.

    Raises:
        Rejected: it names nothing, or is not a resource id; reported.
    """
    if isinstance(entry, VaultScope):
        return _vault_scope(entry, resources, reading)
    if isinstance(entry, StoreScope):
        return _store_scope(entry, resources, reading)
    if isinstance(entry, SubscriptionScope):
        return subscription_scope(resources.tenant.subscription_id)
    if isinstance(entry, ResourceIdScope):
        return _resource_id(entry.id, reading)
    if isinstance(entry, ManagementGroupScope):
        return _management_group(entry.management_group, resources, reading)
    return _named(entry, resources, reading)


def _named(entry: ScopeEntry, resources: Resources, reading: Reading) -> ResourceId:
    if isinstance(entry, GroupScope):
        group = resources.groups.find(entry.resource_group, reading)
        return _known(group)
    if isinstance(entry, ComputeScope):
        compute = resources.compute.find(entry.compute, reading)
        return _known(compute)
    if isinstance(entry, IdentityScope):
        identity = resources.identities.find(entry.identity, reading)
        return _known(identity)
    raise TypeError(f"nothing is known of a {type(entry).__name__}")


def _management_group(name: Located[str], resources: Resources, reading: Reading) -> ResourceId:
    if name.value.casefold() == resources.tenant.tenant_id:
        return management_group_scope(name.value)
    group = resources.management_groups.find(name, reading)
    if group is None:
        raise Rejected
    return management_group_scope(group.name)


def _vault_scope(entry: VaultScope, resources: Resources, reading: Reading) -> ResourceId:
    vault = resources.vaults.find(entry.vault, reading)
    scope = _known(vault)
    named = [
        vault_object_scope(scope, f"{noun}s", name)
        for noun, name in (("secret", entry.secret), ("key", entry.key), ("certificate", entry.certificate))
        if name is not None
    ]
    if len(named) > 1:
        raise reading.reject(
            entry.at, "`secret`, `key` and `certificate` exclude each other in a scope", "keep one of them"
        )
    return named[0] if named else scope


def _store_scope(entry: StoreScope, resources: Resources, reading: Reading) -> ResourceId:
    store = resources.stores.find(entry.store, reading)
    if entry.label is not None and entry.key is None:
        raise reading.reject(
            entry.label.at, "a `label` without its `key`", "add `key:`, or take the label out"
        )
    if entry.snapshot is not None and entry.key is not None:
        raise reading.reject(
            entry.snapshot.at, "`key` and `snapshot` exclude each other in a scope", "keep one of them"
        )
    scope = _known(store)
    if entry.snapshot is not None:
        return snapshot_scope(scope, entry.snapshot.value)
    label = entry.label.value if entry.label is not None else None
    return scope if entry.key is None else key_value_scope(scope, entry.key, label)


class _Resource(Protocol):
    @property
    def resource_id(self) -> str: ...


def _known(resource: _Resource | None) -> ResourceId:
    if resource is None:
        raise Rejected
    return ResourceId.parse(resource.resource_id)


def _resource_id(text: Located[str], reading: Reading) -> ResourceId:
    try:
        return ResourceId.parse(text.value)
    except InvalidResourceId as error:
        hint = "write a full resource id, or `{vault: …}`, `{store: …}`, `{resourceGroup: …}`"
        raise reading.reject(text.at, str(error), hint) from None
