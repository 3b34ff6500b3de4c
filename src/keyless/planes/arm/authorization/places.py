"""Whether a scope of any kind is there, and its own spelling.

Rules:
- the tenant's root is; a management group is if it was made, and the root group always; a subscription, a
  group and a resource as everywhere on the management plane;
- what lies within a resource (a secret, a key-value) need not be there yet: only the resource must be.
"""

from __future__ import annotations

from keyless.model.management import management_group_scope
from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.planes.arm.errors import ResourceGroupNotFound, ResourceNotFound, SubscriptionNotFound
from keyless.planes.arm.places import find_group
from keyless.planes.arm.service import Arm
from keyless.store.collections import (
    COMPUTE,
    IDENTITIES,
    MANAGEMENT_GROUPS,
    RESOURCES,
    STORES,
    VAULTS,
)
from keyless.store.ports import Reader
from keyless.wire.errors import NotFound

_GROUPS = management_group_scope("").key[:3]
_SUBSCRIPTION, _GROUP, _RESOURCE = 2, 4, 8
"""How many segments the ids of each kind have."""


async def existing_scope(arm: Arm, reader: Reader, scope: ResourceId) -> ResourceId:
    """The scope in its own spelling.

    Raises:
        NotFound: it is not there, or something that it lies in is not.
    """
    if not scope.segments:
        return scope
    if scope.key[: len(_GROUPS)] == _GROUPS and len(scope.key) == len(_GROUPS) + 1:
        return await _management_group(arm, reader, scope)
    if scope.subscription_id is None:
        raise ResourceNotFound(scope)
    return await _in_subscription(arm, reader, scope, scope.subscription_id)


async def _management_group(arm: Arm, reader: Reader, scope: ResourceId) -> ResourceId:
    name = scope.segments[-1]
    found = await reader.get(MANAGEMENT_GROUPS, (name.casefold(),))
    if found is not None:
        return management_group_scope(found.name)
    tenant = await arm.authority.tenant()
    if name.casefold() != tenant.tenant_id.casefold():
        raise NotFound(f"The management group '{name[:90]}' cannot be found.", code="ManagementGroupNotFound")
    return management_group_scope(tenant.tenant_id)


async def _in_subscription(arm: Arm, reader: Reader, scope: ResourceId, subscription_id: str) -> ResourceId:
    tenant = await arm.authority.tenant()
    if subscription_id.casefold() != tenant.subscription_id.casefold():
        raise SubscriptionNotFound(subscription_id)
    own = subscription_scope(tenant.subscription_id)
    if len(scope.segments) == _SUBSCRIPTION:
        return own
    name = scope.resource_group
    if name is None:
        raise ResourceNotFound(scope)
    group = await find_group(reader, tenant.subscription_id, name)
    if group is None:
        raise ResourceGroupNotFound(name)
    if len(scope.segments) == _GROUP:
        return ResourceId.parse(group.resource_id)
    return await _in_group(reader, scope)


async def _in_group(reader: Reader, scope: ResourceId) -> ResourceId:
    resource = ResourceId(scope.segments[:_RESOURCE])
    text = await _resource_text(reader, resource)
    if text is None or len(scope.segments) < _RESOURCE:
        raise ResourceNotFound(scope)
    return ResourceId((*ResourceId.parse(text).segments, *scope.segments[_RESOURCE:]))


async def _resource_text(reader: Reader, resource: ResourceId) -> str | None:
    """The id of a resource in a group as it is spelled; none where there is no such resource."""
    key, named = (resource.text.casefold(),), (resource.name.casefold(),)
    found = (
        await reader.get(COMPUTE, key),
        await reader.get(IDENTITIES, key),
        await reader.get(RESOURCES, key),
        await reader.get(VAULTS, named),
        await reader.get(STORES, named),
    )
    texts = [kept.resource_id for kept in found if kept is not None]
    return next((text for text in texts if text.casefold() == key[0]), None)
