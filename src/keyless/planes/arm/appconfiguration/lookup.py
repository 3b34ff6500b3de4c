"""Finding the store that a route names, and saying so in ARM's words where it is not there."""

from __future__ import annotations

from collections.abc import Mapping

from keyless.model.resources import ConfigurationStore
from keyless.planes.arm.appconfiguration.access import of_store
from keyless.planes.arm.errors import ResourceNotFound
from keyless.planes.arm.places import group_of
from keyless.planes.arm.service import Arm
from keyless.store.collections import STORES
from keyless.store.ports import Reader


async def store_named(
    arm: Arm, params: Mapping[str, str], reader: Reader | None = None
) -> ConfigurationStore:
    """The store that the route names.

    Raises:
        SubscriptionNotFound, ResourceGroupNotFound, ResourceNotFound: it is not there, or its place is not.
    """
    found = await store_there(reader or arm.store, params)
    if found is None:
        await group_of(arm, params, reader)
        raise ResourceNotFound(of_store(None, params))
    return found


async def store_there(reader: Reader, params: Mapping[str, str]) -> ConfigurationStore | None:
    """The store that the route names, or none; one of that name in another group is not it."""
    found = await reader.get(STORES, (params["store_name"].casefold(),))
    lies_here = found is not None and found.resource_id.casefold() == of_store(None, params).text.casefold()
    return found if lies_here else None
