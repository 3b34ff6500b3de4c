"""What a subscription holds, of whatever type: found for lists and tags, and deleted with its group.

Rules:
- vaults, stores and identities are their own providers' to make and change; here they are only looked at, and
  deleted as these do it: a vault or store can be recovered, an identity can not;
- a resource with an identity has two records: what runs (`COMPUTE`), what was written of it (`RESOURCES`).

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/delete-resource-group
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.management import GenericResource
from keyless.model.resource_id import ResourceId
from keyless.model.resources import (
    STORE_TYPE,
    USER_ASSIGNED_IDENTITY_TYPE,
    VAULT_TYPE,
    ConfigurationStore,
    Vault,
)
from keyless.store.collections import COMPUTE, GROUPS, IDENTITIES, RESOURCES, STORES, VAULTS
from keyless.store.ports import Reader

Record = Vault | ConfigurationStore | ManagedIdentity | ComputeResource | GenericResource


@dataclass(frozen=True, slots=True)
class Held:
    """A resource: where it is, its tags, and what else is shown of it in a list (`kind`, `sku`, …).

    ``record`` is what the store has of it; the times are epoch seconds, 0 where they are not known.
    """

    resource: ResourceId
    location: str
    tags: Mapping[str, str]
    record: Record
    more: Mapping[str, Any] = field(default_factory=dict)
    created_on: int = 0
    updated_on: int = 0


async def held_within(reader: Reader, scope: ResourceId) -> list[Held]:
    """Every resource at a scope or below it, by id."""
    written = {key[0]: one for key, one in await reader.scan(RESOURCES)}
    places = await _places(reader)
    compute = [_running(one, written.pop(key[0], None)) for key, one in await reader.scan(COMPUTE)]
    found = [
        *(_vault(one) for _, one in await reader.scan(VAULTS)),
        *(_store(one) for _, one in await reader.scan(STORES)),
        *(_identity(one, places) for _, one in await reader.scan(IDENTITIES)),
        *compute,
        *(_written(one) for one in written.values()),
    ]
    return sorted(_inside(found, scope), key=lambda one: one.resource.text.casefold())


async def held_at(reader: Reader, resource: ResourceId) -> Held | None:
    """The resource of an id, or none."""
    key = (resource.text.casefold(),)
    if resource.is_type(VAULT_TYPE):
        vault = await reader.get(VAULTS, (resource.name.casefold(),))
        return _if_it_is(resource, _vault(vault) if vault else None)
    if resource.is_type(STORE_TYPE):
        store = await reader.get(STORES, (resource.name.casefold(),))
        return _if_it_is(resource, _store(store) if store else None)
    if resource.is_type(USER_ASSIGNED_IDENTITY_TYPE):
        identity = await reader.get(IDENTITIES, key)
        return _identity(identity, await _places(reader)) if identity else None
    compute, written = await reader.get(COMPUTE, key), await reader.get(RESOURCES, key)
    if compute is not None:
        return _running(compute, written)
    return _written(written) if written else None


def _if_it_is(resource: ResourceId, found: Held | None) -> Held | None:
    """What is found by name, if it is of this group: names of vaults and stores are the whole cloud's."""
    return found if found is not None and found.resource == resource else None


async def _places(reader: Reader) -> dict[str, str]:
    """Where each resource group is, by its case-folded id."""
    return {key[0]: group.location for key, group in await reader.scan(GROUPS)}


def _inside(found: Iterable[Held], scope: ResourceId) -> Iterable[Held]:
    return (one for one in found if scope.contains(one.resource))


def _vault(one: Vault) -> Held:
    place = ResourceId.parse(one.resource_id)
    return Held(place, one.location, one.tags, one, {}, one.created_on, one.updated_on)


def _store(one: ConfigurationStore) -> Held:
    place, more = ResourceId.parse(one.resource_id), {"sku": {"name": one.sku}}
    return Held(place, one.location, one.tags, one, more, one.created_on)


def _identity(one: ManagedIdentity, places: Mapping[str, str]) -> Held:
    place = ResourceId.parse(one.resource_id)
    location = one.location or places.get(ResourceId(place.segments[:4]).text.casefold(), "")
    return Held(place, location, dict(one.tags), one)


def _running(one: ComputeResource, written: GenericResource | None) -> Held:
    place = ResourceId.parse(one.resource_id)
    if written is None:
        return Held(place, one.location, one.tags, one, one.body)
    return Held(place, one.location, one.tags, one, written.body, written.created_on, written.updated_on)


def _written(one: GenericResource) -> Held:
    place = ResourceId.parse(one.resource_id)
    return Held(place, one.location, one.tags, one, one.body, one.created_on, one.updated_on)
