"""The names by which an exported file refers to things: their own, made different where two have the same."""

from __future__ import annotations

from keyless.estate.resolve.resources import Resources
from keyless.model.derived_ids import DEFAULT_LOCATION
from keyless.model.estate import Estate
from keyless.model.identities import ComputeResource
from keyless.model.resource_id import ResourceId, group_scope
from keyless.model.resources import ResourceGroup


def labelled(estate: Estate) -> Resources:
    """Everything in the estate's groups, under the names by which the reader will find it."""
    resources = Resources(estate.tenant)
    for above in estate.management_groups:
        resources.management_groups.add(above, above.name)
    for group in estate.groups:
        resources.groups.add(group, ResourceId.parse(group.resource_id).name)
    for identity in estate.identities:
        group_name = _group_name(identity.resource_id, DEFAULT_LOCATION, resources)
        names = identity.name, f"{group_name}/{identity.name}", identity.resource_id
        resources.identities.add(identity, *names)
    for compute in estate.compute:
        group_name = _group_name(compute.resource_id, compute.location, resources)
        label = _free_label(compute, group_name, resources)
        resources.compute.add(compute, label, f"{group_name}/{label}", compute.resource_id)
    for vault in estate.vaults:
        _group_name(vault.resource_id, vault.location, resources)
        resources.vaults.add(vault, vault.name)
    for store in estate.stores:
        _group_name(store.resource_id, store.location, resources)
        resources.stores.add(store, store.name)
    return resources


def group_of(resource_id: str, resources: Resources) -> ResourceGroup | None:
    """The resource group that a resource lies in."""
    return resources.groups.get(ResourceId.parse(resource_id).resource_group or "")


def compute_name(compute: ComputeResource) -> str:
    """The name of a compute resource: for a nested one its parents' too, as in ``orders-web/staging``."""
    resource_id = ResourceId.parse(compute.resource_id)
    depth = (resource_id.resource_type or "").count("/")
    return "/".join(resource_id.segments[-2 * depth + 1 :: 2])


def _group_name(resource_id: str, location: str, resources: Resources) -> str:
    """The name of a resource's group, which is added where the estate does not list it."""
    name = ResourceId.parse(resource_id).resource_group or ""
    group = resources.groups.get(name)
    if group is None:
        group = ResourceGroup(group_scope(resources.tenant.subscription_id, name).text, location)
        resources.groups.add(group, name)
    return resources.groups.label(group)


def _free_label(compute: ComputeResource, group_name: str, resources: Resources) -> str:
    """A compute resource's name, or one with a number, where a resource of another type has it."""
    label = name = compute_name(compute)
    number = 1
    while resources.compute.has(f"{group_name}/{label}"):
        number += 1
        label = f"{name}-{number}"
    return label
