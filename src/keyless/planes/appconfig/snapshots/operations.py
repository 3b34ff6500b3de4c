"""The operations on snapshots: declared, so that what they require is known, and not here yet."""

from __future__ import annotations

from typing import NoReturn

from keyless.planes.appconfig import access
from keyless.planes.appconfig.api_versions import SNAPSHOTS
from keyless.planes.appconfig.configuration import Configuration
from keyless.wire.call import Authorized
from keyless.wire.errors import NotImplementedHere
from keyless.wire.operation import operation

_SPEC = "https://learn.microsoft.com/azure/azure-app-configuration/rest-api-snapshot"


@operation(
    id="AppConfiguration.GetSnapshots",
    route="GET|HEAD /snapshots",
    api_versions=SNAPSHOTS,
    access=access.on_store(access.SNAPSHOTS_READ),
    errors=(NotImplementedHere,),
    spec=f"{_SPEC}#list-snapshots",
)
async def list_snapshots(call: Authorized[None], configuration: Configuration) -> object:
    """List the snapshots of a store."""
    _refuse()


@operation(
    id="AppConfiguration.GetSnapshot",
    route="GET|HEAD /snapshots/{name*}",
    api_versions=SNAPSHOTS,
    access=access.on_store(access.SNAPSHOTS_READ),
    errors=(NotImplementedHere,),
    spec=f"{_SPEC}#get-snapshot",
)
async def get_snapshot(call: Authorized[None], configuration: Configuration) -> object:
    """Return one snapshot."""
    _refuse()


@operation(
    id="AppConfiguration.CreateSnapshot",
    route="PUT /snapshots/{name*}",
    api_versions=SNAPSHOTS,
    access=access.on_store(access.SNAPSHOTS_WRITE, access.KEY_VALUES_READ),
    errors=(NotImplementedHere,),
    spec=f"{_SPEC}#create-snapshot",
)
async def create_snapshot(call: Authorized[None], configuration: Configuration) -> object:
    """Create a snapshot of the key-values that match its filters."""
    _refuse()


@operation(
    id="AppConfiguration.UpdateSnapshot",
    route="PATCH /snapshots/{name*}",
    api_versions=SNAPSHOTS,
    access=access.on_store(access.SNAPSHOTS_ARCHIVE),
    errors=(NotImplementedHere,),
    spec=f"{_SPEC}#archive-recover-snapshot",
)
async def update_snapshot(call: Authorized[None], configuration: Configuration) -> object:
    """Archive a snapshot, or recover it."""
    _refuse()


@operation(
    id="AppConfiguration.GetOperationDetails",
    route="GET /operations",
    api_versions=SNAPSHOTS,
    access=access.on_store(access.SNAPSHOTS_READ),
    errors=(NotImplementedHere,),
    spec=f"{_SPEC}#create-snapshot",
)
async def get_operation_details(call: Authorized[None], configuration: Configuration) -> object:
    """Return how far the creation of a snapshot has come."""
    _refuse()


def _refuse() -> NoReturn:
    raise NotImplementedHere("snapshots are not here yet: read the key-values themselves, by key and label")


OPERATIONS = (list_snapshots, get_snapshot, create_snapshot, update_snapshot, get_operation_details)
