"""What a configuration store can have beside it and has not here: private endpoints.

Their lists are empty, because there are none; whoever wants to make one is told that it is not here yet.

Source: https://learn.microsoft.com/rest/api/appconfiguration
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NoReturn

from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE
from keyless.planes.arm.appconfiguration.access import STORE, of_store
from keyless.planes.arm.appconfiguration.api_versions import STORES
from keyless.planes.arm.appconfiguration.lookup import store_named
from keyless.planes.arm.appconfiguration.schemas import Nothing
from keyless.planes.arm.errors import ResourceNotFound
from keyless.planes.arm.scopes import needs, of_resource
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import NotFound, NotImplementedHere
from keyless.wire.operation import ApiVersions, Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/appconfiguration/"
_CONNECTIONS, _LINKS = "privateEndpointConnections", "privateLinkResources"


async def list_none(call: Authorized[None], arm: Arm) -> Nothing:
    """List what a store has none of here."""
    await store_named(arm, call.params)
    return Nothing()


async def get_none(call: Authorized[None], arm: Arm) -> NoReturn:
    """Say of something beside a store that it is not there."""
    await store_named(arm, call.params)
    raise ResourceNotFound(ResourceId.parse(call.request.path))


async def delete_none(call: Authorized[None], arm: Arm) -> Reply:
    """Delete something beside a store, which is not there."""
    await store_named(arm, call.params)
    return Reply(status=204)


async def refuse(call: Authorized[None], arm: Arm) -> NoReturn:
    """Say of something beside a store that it is not here yet."""
    raise NotImplementedHere("Keyless keeps no private endpoints of a store yet")


Handler = Callable[[Authorized[None], Arm], Awaitable[object]]


def _lists(id: str, segment: str, versions: ApiVersions, page: str) -> Operation:  # noqa: A002
    return operation(
        id=id,
        route=f"GET {STORE}/{segment}",
        api_versions=versions,
        access=needs(f"{STORE_TYPE}/{segment}/read", of_store),
        response=Nothing,
        errors=(NotFound,),
        spec=_SPEC + page,
    )(list_none)


def _one(method: str, id: str, segment: str, versions: ApiVersions, page: str) -> Operation:  # noqa: A002
    """An operation on one thing beside a store."""
    handlers: dict[str, Handler] = {"GET": get_none, "DELETE": delete_none, "PUT": refuse}
    handler = handlers[method]
    verbs = {"GET": "read", "DELETE": "delete", "PUT": "write"}
    resource_type = f"{STORE_TYPE}/{segment}"
    return operation(
        id=id,
        route=f"{method} {STORE}/{segment}/{{name}}",
        api_versions=versions,
        access=needs(f"{resource_type}/{verbs[method]}", of_resource(resource_type, "store_name", "name")),
        errors=(NotImplementedHere,) if handler is refuse else (NotFound,),
        spec=_SPEC + page,
    )(handler)


OPERATIONS: tuple[Operation, ...] = (
    _lists(
        "ConfigurationStores.ListPrivateEndpointConnections",
        _CONNECTIONS,
        STORES,
        "private-endpoint-connections/list-by-configuration-store",
    ),
    _one(
        "GET",
        "ConfigurationStores.GetPrivateEndpointConnection",
        _CONNECTIONS,
        STORES,
        "private-endpoint-connections/get",
    ),
    _one(
        "PUT",
        "ConfigurationStores.PutPrivateEndpointConnection",
        _CONNECTIONS,
        STORES,
        "private-endpoint-connections/create-or-update",
    ),
    _one(
        "DELETE",
        "ConfigurationStores.DeletePrivateEndpointConnection",
        _CONNECTIONS,
        STORES,
        "private-endpoint-connections/delete",
    ),
    _lists(
        "ConfigurationStores.ListPrivateLinkResources",
        _LINKS,
        STORES,
        "private-link-resources/list-by-configuration-store",
    ),
    _one("GET", "ConfigurationStores.GetPrivateLinkResource", _LINKS, STORES, "private-link-resources/get"),
)
