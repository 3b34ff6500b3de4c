"""The operations on snapshots: list, get, create, archive and recover, and how far a creation has come."""

from __future__ import annotations

from keyless.planes.appconfig import access, attributes
from keyless.planes.appconfig.api_versions import SNAPSHOTS
from keyless.planes.appconfig.asked import place_asked, resource_asked, store_asked
from keyless.planes.appconfig.conditions import conditions_of
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.errors import AlreadyExists, InvalidState
from keyless.planes.appconfig.snapshots import answers, asked
from keyless.planes.appconfig.snapshots.records import ARCHIVED
from keyless.planes.appconfig.snapshots.schemas import (
    OperationBody,
    SnapshotBody,
    SnapshotInput,
    SnapshotSet,
    SnapshotUpdate,
)
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest, NotFound, PreconditionFailed
from keyless.wire.operation import operation

_SPEC = "https://learn.microsoft.com/azure/azure-app-configuration/rest-api-snapshot"
_PLACE_PARTS = 1


@operation(
    id="AppConfiguration.GetSnapshots",
    route="GET|HEAD /snapshots",
    api_versions=SNAPSHOTS,
    query_params=("name", "status"),
    access=access.on_store(access.SNAPSHOTS_READ),
    response=SnapshotSet,
    errors=(InvalidRequest,),
    spec=f"{_SPEC}#list-snapshots",
)
async def list_snapshots(call: Authorized[None], configuration: Configuration) -> Reply:
    """List the snapshots of a store, a page at a time."""
    place = place_asked(call, _PLACE_PARTS)
    found = await configuration.snapshots.page(store_asked(call), asked.wanted(call), call.now, place)
    return answers.page(call, found)


@operation(
    id="AppConfiguration.GetSnapshot",
    route="GET|HEAD /snapshots/{name*}",
    api_versions=SNAPSHOTS,
    access=access.on_snapshot(access.SNAPSHOTS_READ),
    response=SnapshotBody,
    errors=(NotFound, PreconditionFailed),
    spec=f"{_SPEC}#get-snapshot",
)
async def get_snapshot(call: Authorized[None], configuration: Configuration) -> Reply:
    """Return one snapshot: what it was made of, and what has become of it."""
    return answers.read(
        call, await configuration.snapshots.get(store_asked(call), call.params["name"], call.now)
    )


@operation(
    id="AppConfiguration.CreateSnapshot",
    route="PUT /snapshots/{name*}",
    api_versions=SNAPSHOTS,
    access=access.on_store(
        access.SNAPSHOTS_WRITE, access.KEY_VALUES_READ, listing=attributes.of_new_snapshot
    ),
    body=SnapshotInput,
    response=SnapshotBody,
    errors=(InvalidRequest, AlreadyExists),
    spec=f"{_SPEC}#create-snapshot",
)
async def create_snapshot(call: Authorized[SnapshotInput], configuration: Configuration) -> Reply:
    """Create a snapshot of the key-values that match its filters."""
    made = await configuration.snapshots.create(resource_asked(call), asked.new_asked(call), call.now)
    return answers.created(call, made)


@operation(
    id="AppConfiguration.UpdateSnapshot",
    route="PATCH /snapshots/{name*}",
    api_versions=SNAPSHOTS,
    access=access.on_snapshot(access.SNAPSHOTS_ARCHIVE),
    body=SnapshotUpdate,
    response=SnapshotBody,
    errors=(InvalidRequest, NotFound, InvalidState, PreconditionFailed),
    spec=f"{_SPEC}#archive-patch",
)
async def update_snapshot(call: Authorized[SnapshotUpdate], configuration: Configuration) -> Reply:
    """Archive a snapshot, or recover it."""
    snapshots = configuration.snapshots
    turn = snapshots.archive if asked.status_asked(call) == ARCHIVED else snapshots.recover
    conditions = conditions_of(call.request.headers)
    return answers.written(call, await turn(store_asked(call), call.params["name"], call.now, conditions))


@operation(
    id="AppConfiguration.GetOperationDetails",
    route="GET /operations",
    api_versions=SNAPSHOTS,
    query_params=("snapshot",),
    access=access.on_snapshot(access.SNAPSHOTS_READ),
    response=OperationBody,
    errors=(InvalidRequest, NotFound),
    spec=f"{_SPEC}#polling-snapshot-creation",
)
async def get_operation_details(call: Authorized[None], configuration: Configuration) -> Reply:
    """Return how far the creation of a snapshot has come."""
    name = asked.snapshot_asked(call)
    return answers.operation(call, await configuration.snapshots.get(store_asked(call), name, call.now))


OPERATIONS = (list_snapshots, get_snapshot, create_snapshot, update_snapshot, get_operation_details)
