"""The operations on the replicas of a store: create, read, delete, list.

Rules:
- only stores of the tiers standard and premium have replicas, each in a region of its own;
- a replica is not changed: whoever asks for one that is there, where it is, gets it as it is;
- an endpoint's name is one in the cloud: no replica is made where a store or another replica has it.

Source: https://learn.microsoft.com/rest/api/appconfiguration/replicas
"""

from __future__ import annotations

from typing import Any

from msgspec import structs, to_builtins

from keyless.model import replicas as rules
from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_SUFFIX, STORE_TYPE, ConfigurationStore, Replica
from keyless.planes.arm.appconfiguration import naming
from keyless.planes.arm.appconfiguration.access import STORE, of_store
from keyless.planes.arm.appconfiguration.api_versions import REPLICAS as VERSIONS
from keyless.planes.arm.appconfiguration.bodies import CREATING, SUCCEEDED
from keyless.planes.arm.appconfiguration.lookup import store_named, store_there
from keyless.planes.arm.appconfiguration.polling import polled
from keyless.planes.arm.appconfiguration.schemas import (
    ReplicaBody,
    ReplicaInput,
    ReplicaList,
    ReplicaProperties,
)
from keyless.planes.arm.errors import InvalidContent, InvalidName, ResourceElsewhere, ResourceNotFound
from keyless.planes.arm.long_running import Done, keep
from keyless.planes.arm.regions import plain
from keyless.planes.arm.scopes import needs, of_resource
from keyless.planes.arm.service import Arm
from keyless.planes.arm.system_data import written_by
from keyless.store.collections import STORES
from keyless.store.ports import Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/appconfiguration/replicas/"
_TYPE = f"{STORE_TYPE}/replicas"
_REPLICA = f"{STORE}/replicas/{{replica_name}}"
_NAME_RULE = "use 1 to 50 letters and digits, and at most 62 together with the store's name"
of_replica = of_resource(_TYPE, "store_name", "replica_name")


@operation(
    id="ConfigurationStores.ListReplicas",
    route=f"GET {STORE}/replicas",
    api_versions=VERSIONS,
    access=needs(f"{_TYPE}/read", of_store),
    response=ReplicaList,
    errors=(NotFound,),
    spec=_SPEC + "list-by-configuration-store",
)
async def list_replicas(call: Authorized[None], arm: Arm) -> ReplicaList:
    """List the replicas of a configuration store."""
    store = await store_named(arm, call.params)
    return ReplicaList([_body(store, replica) for replica in store.replicas])


@operation(
    id="ConfigurationStores.GetReplica",
    route=f"GET {_REPLICA}",
    api_versions=VERSIONS,
    access=needs(f"{_TYPE}/read", of_replica),
    response=ReplicaBody,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_replica(call: Authorized[None], arm: Arm) -> ReplicaBody:
    """Return a replica of a configuration store."""
    store = await store_named(arm, call.params)
    found = _named(store, call.params["replica_name"])
    if found is None:
        raise ResourceNotFound(of_replica(None, call.params))
    return _body(store, found)


@operation(
    id="ConfigurationStores.CreateReplica",
    route=f"PUT {_REPLICA}",
    api_versions=VERSIONS,
    access=needs(f"{_TYPE}/write", of_replica),
    body=ReplicaInput,
    response=ReplicaBody,
    errors=(InvalidRequest, Conflict, NotFound),
    spec=_SPEC + "create",
)
async def create_replica(call: Authorized[ReplicaInput], arm: Arm) -> ReplicaBody | Reply:
    """Create a replica of a configuration store, with what the store holds at once."""
    async with arm.store.transaction() as transaction:
        store = await store_named(arm, call.params, transaction)
        there = _named(store, call.params["replica_name"])
        if there is not None:
            return _as_it_is(store, there, call.body)
        made = await _made(transaction, call, store)
        await _put(transaction, store, (*store.replicas, made))
        done = await _kept(transaction, call, arm, _body(store, made))
    return polled(call, done, store, status=201, body=_body(store, made, CREATING))


@operation(
    id="ConfigurationStores.DeleteReplica",
    route=f"DELETE {_REPLICA}",
    api_versions=VERSIONS,
    access=needs(f"{_TYPE}/delete", of_replica),
    spec=_SPEC + "delete",
)
async def delete_replica(call: Authorized[None], arm: Arm) -> Reply:
    """Delete a replica of a configuration store; what the store holds stays."""
    async with arm.store.transaction() as transaction:
        store = await store_there(transaction, call.params)
        gone = None if store is None else _named(store, call.params["replica_name"])
        if store is None or gone is None:
            return Reply(status=204)
        await _put(transaction, store, tuple(one for one in store.replicas if one is not gone))
        done = await _kept(transaction, call, arm)
    return polled(call, done, store)


OPERATIONS: tuple[Operation, ...] = (list_replicas, get_replica, create_replica, delete_replica)


def _named(store: ConfigurationStore, name: str) -> Replica | None:
    return next((one for one in store.replicas if one.name.casefold() == name.casefold()), None)


def _as_it_is(store: ConfigurationStore, there: Replica, given: ReplicaInput) -> ReplicaBody:
    if given.location and plain(given.location) != there.location:
        raise ResourceElsewhere(there.name, there.location, given.location)
    return _body(store, there)


async def _made(
    transaction: Transaction, call: Authorized[ReplicaInput], store: ConfigurationStore
) -> Replica:
    name, location = call.params["replica_name"], plain(call.body.location or "")
    if not rules.is_replica_name(store.name, name):
        raise InvalidName("replica", name, _NAME_RULE)
    if not location:
        message = "The location property is required for this definition."
        raise InvalidContent(message, field="location", code="LocationRequired")
    if store.sku not in rules.TIERS:
        raise Conflict(f"A store of the '{store.sku}' tier has no replicas: choose another sku.")
    if location in {store.location, *(one.location for one in store.replicas)}:
        raise Conflict(f"The store '{store.name}' is in '{location}' already: choose another location.")
    if await naming.is_taken(transaction, rules.endpoint_name(store.name, name), call.now):
        raise Conflict(naming.TAKEN, code="NameUnavailable")
    return Replica(name, location, to_builtins(written_by(call.principal, call.now)))


async def _put(transaction: Transaction, store: ConfigurationStore, replicas: tuple[Replica, ...]) -> None:
    changed = structs.replace(store, replicas=replicas)
    await transaction.put(STORES, (store.name.casefold(),), changed)


async def _kept(transaction: Transaction, call: Authorized[Any], arm: Arm, result: object = None) -> Done:
    scope = of_replica(None, call.params)
    return await keep(transaction, call, arm, scope=scope, read_action=f"{_TYPE}/read", result=result)


def _body(store: ConfigurationStore, replica: Replica, state: str = SUCCEEDED) -> ReplicaBody:
    host = rules.endpoint_name(store.name, replica.name) + STORE_SUFFIX
    return ReplicaBody(
        ResourceId.parse(store.resource_id).child("replicas", replica.name).text,
        replica.name,
        _TYPE,
        replica.location,
        ReplicaProperties(f"https://{host}", state),
        replica.system_data,
    )
