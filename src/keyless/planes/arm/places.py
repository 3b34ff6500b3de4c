"""Whether the subscription and the resource group that a route names are there, and their own spelling.

Rules:
- an estate has one tenant with one subscription: any other is not found;
- names compare without case; what is answered has the spelling that they were made with.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from keyless.model.resource_id import InvalidResourceId, ResourceId, group_scope
from keyless.model.resources import ResourceGroup, Tenant
from keyless.planes.arm.errors import InvalidName, ResourceGroupNotFound, SubscriptionNotFound
from keyless.planes.arm.service import Arm
from keyless.store.collections import GROUPS
from keyless.store.ports import Reader

_GROUP_NAME = re.compile(r"[-\w._()]{1,90}")


async def subscription_of(arm: Arm, params: Mapping[str, str]) -> Tenant:
    """The tenant, whose subscription the route names.

    Raises:
        SubscriptionNotFound: it names another.
    """
    tenant = await arm.authority.tenant()
    wanted = params["subscription_id"]
    if wanted.casefold() != tenant.subscription_id.casefold():
        raise SubscriptionNotFound(wanted)
    return tenant


async def group_of(arm: Arm, params: Mapping[str, str], reader: Reader | None = None) -> ResourceGroup:
    """The resource group that the route names.

    Raises:
        SubscriptionNotFound: its subscription is another's.
        ResourceGroupNotFound: the subscription has none of that name.
    """
    tenant = await subscription_of(arm, params)
    group = await find_group(reader or arm.store, tenant.subscription_id, params["resource_group"])
    if group is None:
        raise ResourceGroupNotFound(params["resource_group"])
    return group


async def find_group(reader: Reader, subscription_id: str, name: str) -> ResourceGroup | None:
    """A resource group by its name in any casing; none where there is no such group."""
    return await reader.get(GROUPS, (group_scope(subscription_id, name).text.casefold(),))


async def group_named_in(arm: Arm, resource: ResourceId, reader: Reader | None = None) -> ResourceGroup:
    """The resource group that a resource's id names.

    Raises:
        SubscriptionNotFound: its subscription is another's.
        ResourceGroupNotFound: the subscription has none of that name.
    """
    params = {
        "subscription_id": resource.subscription_id or "",
        "resource_group": resource.resource_group or "",
    }
    return await group_of(arm, params, reader)


def within(place: ResourceGroup, resource: ResourceId) -> ResourceId:
    """The id of a resource with its group's own spelling in place of the caller's."""
    return ResourceId((*ResourceId.parse(place.resource_id).segments, *resource.segments[4:]))


def is_at(path: str, scope: ResourceId) -> bool:
    """Whether a request's path is the id of just this scope, and of nothing below it."""
    try:
        return ResourceId.parse(path) == scope
    except InvalidResourceId:
        return False


def check_group_name(name: str) -> None:
    """Refuse a name that no resource group can have.

    Raises:
        InvalidName: it is too long, has another character, or ends with a period.
    """
    if _GROUP_NAME.fullmatch(name) is None or name.endswith("."):
        rule = "use 1 to 90 letters, digits, `_`, `-`, `.`, `(` and `)`, and no period at the end"
        raise InvalidName("resource group", name, rule, code="InvalidResourceGroupName")
