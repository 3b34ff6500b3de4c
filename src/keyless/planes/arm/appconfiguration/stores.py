"""The operations on configuration stores: create, read, change, delete, list.

Rules:
- a name that a store has, or one that was deleted and can still come back, is refused;
- `createMode` `Recover` brings a deleted store back, as it was, to where it was;
- what can come back keeps its key-values and its access keys, but neither replicas nor an identity of its
  own; what cannot leaves nothing;
- the roles that were given on a store go with it.

Source: https://learn.microsoft.com/rest/api/appconfiguration/configuration-stores
"""

from __future__ import annotations

from typing import Any

from msgspec import convert, structs, to_builtins

from keyless.lifecycle.identities import live_identities, settle_identities
from keyless.lifecycle.scopes import drop_assignments_within
from keyless.lifecycle.store_tiers import FREE, keeps_deleted
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, DeletedStore
from keyless.planes.arm.appconfiguration import naming
from keyless.planes.arm.appconfiguration.access import DELETE, READ, STORE, SUBSCRIPTION, WRITE, of_store
from keyless.planes.arm.appconfiguration.access_keys import drop_keys, settle_keys
from keyless.planes.arm.appconfiguration.api_versions import STORES as VERSIONS
from keyless.planes.arm.appconfiguration.bodies import CREATING, SUCCEEDED, store_body
from keyless.planes.arm.appconfiguration.deleted import DAY_S, deleted_store
from keyless.planes.arm.appconfiguration.identities import as_asked, shown
from keyless.planes.arm.appconfiguration.lookup import store_named, store_there
from keyless.planes.arm.appconfiguration.polling import polled
from keyless.planes.arm.appconfiguration.schemas import StoreBody, StoreInput, StoreList
from keyless.planes.arm.appconfiguration.settings import changed, made
from keyless.planes.arm.errors import InvalidContent, InvalidName, ResourceElsewhere, ResourceNotFound
from keyless.planes.arm.long_running import Done, keep
from keyless.planes.arm.places import group_of, subscription_of, within
from keyless.planes.arm.regions import plain
from keyless.planes.arm.scopes import GROUP, needs, of_group, of_subscription
from keyless.planes.arm.service import Arm
from keyless.planes.arm.system_data import SystemData, written_by
from keyless.store.collections import DELETED_STORES, STORES
from keyless.store.ports import Reader, Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/appconfiguration/configuration-stores/"
_RECOVER = "recover"


@operation(
    id="ConfigurationStores.Create",
    route=f"PUT {STORE}",
    api_versions=VERSIONS,
    access=needs(WRITE, of_store),
    body=StoreInput,
    response=StoreBody,
    errors=(InvalidRequest, Conflict, NotFound),
    spec=_SPEC + "create",
)
async def create_store(call: Authorized[StoreInput], arm: Arm) -> StoreBody | Reply:
    """Create a configuration store, recover a deleted one, or change one that is there."""
    async with arm.store.transaction() as transaction:
        group = await group_of(arm, call.params, transaction)
        there = await store_there(transaction, call.params)
        if there is not None:
            return await _shown(transaction, call, await _change(transaction, call, there, arm), arm)
        if _mode(call.body) == _RECOVER:
            store = await _recovered(transaction, call)
        else:
            store = await _created(transaction, call, arm, within(group, of_store(None, call.params)))
        done = await _kept(transaction, call, arm, store)
        body = await _shown(transaction, call, store, arm, CREATING)
    return polled(call, done, store, status=201, body=body)


@operation(
    id="ConfigurationStores.Get",
    route=f"GET {STORE}",
    api_versions=VERSIONS,
    access=needs(READ, of_store),
    response=StoreBody,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_store(call: Authorized[None], arm: Arm) -> StoreBody:
    """Return a configuration store."""
    return await _shown(arm.store, call, await store_named(arm, call.params), arm)


@operation(
    id="ConfigurationStores.Update",
    route=f"PATCH {STORE}",
    api_versions=VERSIONS,
    access=needs(WRITE, of_store),
    body=StoreInput,
    response=StoreBody,
    errors=(InvalidRequest, NotFound),
    spec=_SPEC + "update",
)
async def update_store(call: Authorized[StoreInput], arm: Arm) -> StoreBody:
    """Change a configuration store."""
    async with arm.store.transaction() as transaction:
        there = await store_named(arm, call.params, transaction)
        return await _shown(transaction, call, await _change(transaction, call, there, arm), arm)


@operation(
    id="ConfigurationStores.Delete",
    route=f"DELETE {STORE}",
    api_versions=VERSIONS,
    access=needs(DELETE, of_store),
    spec=_SPEC + "delete",
)
async def delete_store(call: Authorized[None], arm: Arm) -> Reply:
    """Delete a configuration store; one of a tier that keeps deleted stores can be recovered."""
    async with arm.store.transaction() as transaction:
        store = await store_there(transaction, call.params)
        if store is None:
            return Reply(status=204)
        before = await live_identities(transaction)
        await delete_in(transaction, store, arm, call.now)
        await settle_identities(transaction, before, call.machine_time)
        done = await _kept(transaction, call, arm, store)
    return polled(call, done, store)


@operation(
    id="ConfigurationStores.List",
    route=f"GET {SUBSCRIPTION}/configurationStores",
    api_versions=VERSIONS,
    access=needs(READ, of_subscription, below=True),
    response=StoreList,
    errors=(NotFound,),
    spec=_SPEC + "list",
)
async def list_stores(call: Authorized[None], arm: Arm) -> StoreList:
    """List the configuration stores of the subscription that the caller may read."""
    await subscription_of(arm, call.params)
    return await _listed(call, arm, of_subscription(None, call.params))


@operation(
    id="ConfigurationStores.ListByResourceGroup",
    route=f"GET {GROUP}/providers/Microsoft.AppConfiguration/configurationStores",
    api_versions=VERSIONS,
    access=needs(READ, of_group, below=True),
    response=StoreList,
    errors=(NotFound,),
    spec=_SPEC + "list-by-resource-group",
)
async def list_stores_of_group(call: Authorized[None], arm: Arm) -> StoreList:
    """List the configuration stores of a resource group that the caller may read."""
    await group_of(arm, call.params)
    return await _listed(call, arm, of_group(None, call.params))


OPERATIONS: tuple[Operation, ...] = (
    create_store,
    get_store,
    update_store,
    delete_store,
    list_stores,
    list_stores_of_group,
)


async def _listed(call: Authorized[None], arm: Arm, within: ResourceId) -> StoreList:
    found = [store for _, store in await arm.store.scan(STORES)]
    scopes = [(store, ResourceId.parse(store.resource_id)) for store in found]
    listed = [store for store, scope in scopes if within.contains(scope) and call.may(READ, scope)]
    return StoreList([await _shown(arm.store, call, store, arm) for store in listed])


async def _shown(
    reader: Reader, call: Authorized[Any], store: ConfigurationStore, arm: Arm, state: str = SUCCEEDED
) -> StoreBody:
    return store_body(store, await shown(reader, arm, store), call.api_version, state)


async def _kept(transaction: Transaction, call: Authorized[Any], arm: Arm, store: ConfigurationStore) -> Done:
    scope = ResourceId.parse(store.resource_id)
    return await keep(transaction, call, arm, scope=scope, read_action=READ)


async def _created(
    transaction: Transaction, call: Authorized[StoreInput], arm: Arm, resource: ResourceId
) -> ConfigurationStore:
    name = call.params["store_name"]
    available = await naming.availability(transaction, name, call.now)
    if available.reason == "Invalid":
        raise InvalidName("configuration store", name, naming.RULE)
    if not available.name_available:
        raise Conflict(available.message, code="NameUnavailable")
    store = _signed(call, made(resource.text, name, call.body, call.now))
    await _check_free(transaction, store)
    store = await as_asked(transaction, call, store)
    await arm.stores.forget(transaction, name)  # of one whose time to come back is over
    await transaction.delete(DELETED_STORES, (name.casefold(),))
    await settle_keys(transaction, None, store, arm.entropy, call.now)
    await transaction.put(STORES, (name.casefold(),), store)
    return store


async def _recovered(transaction: Transaction, call: Authorized[StoreInput]) -> ConfigurationStore:
    name, wanted = call.params["store_name"], of_store(None, call.params)
    found = await deleted_store(transaction, name, call.now)
    if found is None or ResourceId.parse(found.store.resource_id) != wanted:
        raise ResourceNotFound(wanted)
    _check_place(call.body, found.store)
    await transaction.delete(DELETED_STORES, (name.casefold(),))
    await transaction.put(STORES, (name.casefold(),), found.store)
    return found.store


async def _change(
    transaction: Transaction, call: Authorized[StoreInput], there: ConfigurationStore, arm: Arm
) -> ConfigurationStore:
    _check_place(call.body, there)
    store = _signed(call, structs.replace(changed(there, call.body), learned=False))
    store = await as_asked(transaction, call, store)
    before = await live_identities(transaction)
    await settle_keys(transaction, there, store, arm.entropy, call.now)
    await transaction.put(STORES, (there.name.casefold(),), store)
    await settle_identities(transaction, before, call.machine_time)
    return store


async def delete_in(transaction: Transaction, store: ConfigurationStore, arm: Arm, now: int) -> None:
    """Delete a store as a part of something larger."""
    place_of = (store.name.casefold(),)
    await transaction.delete(STORES, place_of)
    await drop_assignments_within(transaction, ResourceId.parse(store.resource_id))
    if keeps_deleted(store.sku):
        gone_at = now + store.soft_delete_retention_days * DAY_S
        await transaction.put(
            DELETED_STORES,
            place_of,
            DeletedStore(structs.replace(store, system_assigned=None, replicas=()), now, gone_at),
        )
    else:
        await drop_keys(transaction, store)
        await arm.stores.forget(transaction, store.name)


async def _check_free(transaction: Transaction, store: ConfigurationStore) -> None:
    """A subscription has one free store in a region."""
    others = [other for _, other in await transaction.scan(STORES)]
    if store.sku == FREE and any(one.sku == FREE and one.location == store.location for one in others):
        message = f"The subscription has a free store in '{store.location}' already: choose another sku."
        raise Conflict(message, code="SkuQuotaExceeded")


def _check_place(given: StoreInput, store: ConfigurationStore) -> None:
    """A store stays where it was made."""
    if given.location and plain(given.location) != store.location:
        raise ResourceElsewhere(store.name, store.location, given.location)


def _signed(call: Authorized[StoreInput], store: ConfigurationStore) -> ConfigurationStore:
    """The store with who has written it now, and who had before."""
    before = convert(store.body.get("systemData", {}), SystemData)
    written = written_by(call.principal, call.now, before)
    return structs.replace(store, body={**store.body, "systemData": to_builtins(written)})


def _mode(given: StoreInput) -> str:
    mode = (given.properties.create_mode if given.properties else None) or "Default"
    if mode.casefold() not in {"default", _RECOVER}:
        raise InvalidContent("'createMode' must be Default or Recover.", field="createMode")
    return mode.casefold()
