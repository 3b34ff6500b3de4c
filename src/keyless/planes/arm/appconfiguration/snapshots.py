"""The operations on snapshots as resources of a store, which templates make.

Rules:
- whoever makes or reads one this way needs the management plane's action for it; see `reached` for the rest;
- a template is deployed again and again: who asks for a snapshot that is there as it is gets it; as another
  one it is refused, because a snapshot is not changed.

Source: https://learn.microsoft.com/rest/api/appconfiguration/snapshots
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, structs

from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE, snapshot_scope
from keyless.planes.arm.appconfiguration.access import STORE, of_store
from keyless.planes.arm.appconfiguration.api_versions import SNAPSHOTS
from keyless.planes.arm.appconfiguration.bodies import CREATING, FAILED, SUCCEEDED
from keyless.planes.arm.appconfiguration.polling import polled
from keyless.planes.arm.appconfiguration.reached import reached
from keyless.planes.arm.appconfiguration.schemas import (
    SnapshotBody,
    SnapshotFilter,
    SnapshotInput,
    SnapshotProperties,
    SnapshotPropertiesInput,
)
from keyless.planes.arm.contents import AskedSnapshot, KeptSnapshot
from keyless.planes.arm.long_running import OPERATIONS_DONE, Done, keep
from keyless.planes.arm.moments import moment
from keyless.planes.arm.scopes import needs
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

_TYPE = f"{STORE_TYPE}/snapshots"
_READ, _WRITE, _READ_KEY_VALUES = f"{_TYPE}/read", f"{_TYPE}/write", f"{STORE_TYPE}/keyValues/read"
_ROUTE = f"{STORE}/snapshots/{{snapshot_name}}"
_SPEC = "https://learn.microsoft.com/rest/api/appconfiguration/snapshots/"
_COMPOSITIONS = {"key": "Key", "key_label": "Key_Label"}
_TOO_MUCH = "The key-values that the filters choose are more than a snapshot may hold: choose fewer."


def of_snapshot(site: object, params: Mapping[str, str]) -> ResourceId:
    """The scope of the snapshot that the route names."""
    return snapshot_scope(of_store(site, params), params["snapshot_name"])


@operation(
    id="ConfigurationStores.GetSnapshot",
    route=f"GET {_ROUTE}",
    api_versions=SNAPSHOTS,
    access=needs(_READ, of_snapshot),
    response=SnapshotBody,
    errors=(NotFound, Conflict),
    spec=_SPEC + "get",
)
async def get_snapshot(call: Authorized[None], arm: Arm) -> SnapshotBody:
    """Return a snapshot of a store."""
    store = await reached(call, arm, (_READ, of_snapshot(None, call.params)))
    return _body(call, await arm.stores.snapshot(store.name, call.params["snapshot_name"], call.now))


@operation(
    id="ConfigurationStores.CreateSnapshot",
    route=f"PUT {_ROUTE}",
    api_versions=SNAPSHOTS,
    access=needs(_WRITE, of_snapshot),
    body=SnapshotInput,
    response=SnapshotBody,
    errors=(InvalidRequest, NotFound, Conflict),
    spec=_SPEC + "create",
)
async def create_snapshot(call: Authorized[SnapshotInput], arm: Arm) -> SnapshotBody | Reply:
    """Create a snapshot of a store; one that is there as it is asked for is given as it is."""
    at = of_store(None, call.params)
    store = await reached(call, arm, (_WRITE, at), (_READ_KEY_VALUES, at))
    asked, name = _asked(call.body), call.params["snapshot_name"]
    found, made = await arm.stores.make_snapshot(store, name, asked, call.now)
    if not made:
        return _body(call, found)
    done = await _kept(call, arm, found)
    return polled(call, done, store, status=201, body=_body(call, found, first=True))


OPERATIONS: tuple[Operation, ...] = (get_snapshot, create_snapshot)


def _asked(given: SnapshotInput) -> AskedSnapshot:
    properties = given.properties or SnapshotPropertiesInput()
    return AskedSnapshot(
        filters=tuple((one.key, one.label or None) for one in properties.filters or ()),
        composition=(properties.composition_type or "key").casefold(),
        retention_s=properties.retention_period,
        tags=properties.tags or {},
    )


async def _kept(call: Authorized[Any], arm: Arm, found: KeptSnapshot) -> Done:
    scope = of_snapshot(None, call.params)
    async with arm.store.transaction() as transaction:
        done = await keep(transaction, call, arm, scope=scope, read_action=_READ, result=_body(call, found))
        if found.failure:
            done = structs.replace(done, error_code=found.failure, error_message=_TOO_MUCH)
            await transaction.put(OPERATIONS_DONE, (done.id,), done)
    return done


def _body(call: Authorized[Any], found: KeptSnapshot, *, first: bool = False) -> SnapshotBody:
    """A snapshot; the ``first`` answer says that it is being made, as Azure's does."""
    state = FAILED if found.failure else SUCCEEDED
    properties = SnapshotProperties(
        provisioning_state=CREATING if first else state,
        status="Provisioning" if first else found.status.capitalize(),
        filters=[SnapshotFilter(one.key, one.label or UNSET) for one in found.filters],
        composition_type=_COMPOSITIONS[found.composition],
        created=moment(found.created_at),
        expires=UNSET if first or found.expires_at is None else moment(found.expires_at),
        retention_period=found.retention_s,
        size=found.size_bytes,
        items_count=found.items_count,
        tags={name: value or "" for name, value in found.tags.items()},
        etag=found.etag,
    )
    return SnapshotBody(of_snapshot(None, call.params).text, found.name, _TYPE, properties)
