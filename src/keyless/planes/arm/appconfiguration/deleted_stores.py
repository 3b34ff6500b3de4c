"""The operations on deleted stores: list them, read one, purge one.

Source: https://learn.microsoft.com/rest/api/appconfiguration/configuration-stores/list-deleted
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.model.resource_id import ResourceId
from keyless.model.resources import DeletedStore
from keyless.planes.arm.appconfiguration.access import PURGE, READ_DELETED, SUBSCRIPTION
from keyless.planes.arm.appconfiguration.access_keys import drop_keys
from keyless.planes.arm.appconfiguration.api_versions import STORES
from keyless.planes.arm.appconfiguration.bodies import deleted_body, deleted_id
from keyless.planes.arm.appconfiguration.deleted import deleted_store, deleted_stores
from keyless.planes.arm.appconfiguration.polling import polled
from keyless.planes.arm.appconfiguration.schemas import DeletedStoreBody, DeletedStoreList
from keyless.planes.arm.errors import ResourceNotFound
from keyless.planes.arm.long_running import keep
from keyless.planes.arm.places import subscription_of
from keyless.planes.arm.regions import plain
from keyless.planes.arm.scopes import needs, of_subscription
from keyless.planes.arm.service import Arm
from keyless.store.collections import DELETED_STORES
from keyless.store.ports import Reader
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, NotFound
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/appconfiguration/configuration-stores/"
_DELETED = f"{SUBSCRIPTION}/locations/{{location}}/deletedConfigurationStores/{{store_name}}"


@operation(
    id="ConfigurationStores.ListDeleted",
    route=f"GET {SUBSCRIPTION}/deletedConfigurationStores",
    api_versions=STORES,
    access=needs(READ_DELETED, of_subscription),
    response=DeletedStoreList,
    errors=(NotFound,),
    spec=_SPEC + "list-deleted",
)
async def list_deleted(call: Authorized[None], arm: Arm) -> DeletedStoreList:
    """List the deleted stores that can still come back."""
    await subscription_of(arm, call.params)
    found = [one for one in await deleted_stores(arm.store, call.now) if _is_in(one, call.params)]
    return DeletedStoreList([deleted_body(one) for one in found])


@operation(
    id="ConfigurationStores.GetDeleted",
    route=f"GET {_DELETED}",
    api_versions=STORES,
    access=needs(READ_DELETED, of_subscription),
    response=DeletedStoreBody,
    errors=(NotFound,),
    spec=_SPEC + "get-deleted",
)
async def get_deleted(call: Authorized[None], arm: Arm) -> DeletedStoreBody:
    """Return a deleted store that can still come back."""
    return deleted_body(await _named(arm.store, call))


@operation(
    id="ConfigurationStores.PurgeDeleted",
    route=f"POST {_DELETED}/purge",
    api_versions=STORES,
    access=needs(PURGE, of_subscription),
    errors=(NotFound, Conflict),
    spec=_SPEC + "purge-deleted",
)
async def purge_deleted(call: Authorized[None], arm: Arm) -> Reply:
    """Let a deleted store go for good, with all that it held; its name is free again."""
    async with arm.store.transaction() as transaction:
        store = (await _named(transaction, call)).store
        if store.purge_protection:
            message = f"The store '{store.name}' is protected against purging: it goes when its time is over."
            raise Conflict(message, code="PurgeProtectionEnabled")
        await transaction.delete(DELETED_STORES, (store.name.casefold(),))
        await drop_keys(transaction, store)
        await arm.stores.forget(transaction, store.name)
        done = await keep(
            transaction, call, arm, scope=of_subscription(None, call.params), read_action=READ_DELETED
        )
    return polled(call, done, store)


OPERATIONS: tuple[Operation, ...] = (list_deleted, get_deleted, purge_deleted)


async def _named(reader: Reader, call: Authorized[None]) -> DeletedStore:
    name = call.params["store_name"]
    found = await deleted_store(reader, name, call.now)
    if (
        found is None
        or not _is_in(found, call.params)
        or found.store.location != plain(call.params["location"])
    ):
        raise ResourceNotFound(deleted_id(call.params["subscription_id"], call.params["location"], name))
    return found


def _is_in(found: DeletedStore, params: Mapping[str, str]) -> bool:
    return of_subscription(None, params).contains(ResourceId.parse(found.store.resource_id))
