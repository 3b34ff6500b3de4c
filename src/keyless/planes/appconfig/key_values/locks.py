"""The operations that make a key-value read-only, and writable again."""

from __future__ import annotations

from keyless.planes.appconfig import access, answers, asked
from keyless.planes.appconfig.api_versions import APP_CONFIGURATION
from keyless.planes.appconfig.conditions import conditions_of
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.schemas import KeyValueBody
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest, NotFound, PreconditionFailed
from keyless.wire.operation import operation

_SPEC = "https://learn.microsoft.com/azure/azure-app-configuration/rest-api-locks"


@operation(
    id="AppConfiguration.PutLock",
    route="PUT /locks/{key*}",
    query_params=("label",),
    api_versions=APP_CONFIGURATION,
    access=access.on_one(access.KEY_VALUES_WRITE),
    response=KeyValueBody,
    errors=(InvalidRequest, NotFound, PreconditionFailed),
    spec=f"{_SPEC}#lock-key-value",
)
async def lock(call: Authorized[None], configuration: Configuration) -> Reply:
    """Make a key-value read-only."""
    return await _set_lock(call, configuration, locked=True)


@operation(
    id="AppConfiguration.DeleteLock",
    route="DELETE /locks/{key*}",
    query_params=("label",),
    api_versions=APP_CONFIGURATION,
    access=access.on_one(access.KEY_VALUES_WRITE),
    response=KeyValueBody,
    errors=(InvalidRequest, NotFound, PreconditionFailed),
    spec=f"{_SPEC}#unlock-key-value",
)
async def unlock(call: Authorized[None], configuration: Configuration) -> Reply:
    """Make a key-value writable again."""
    return await _set_lock(call, configuration, locked=False)


async def _set_lock(call: Authorized[None], configuration: Configuration, *, locked: bool) -> Reply:
    record = await configuration.key_values.lock(
        asked.store_asked(call),
        asked.name_in(call.params),
        call.now,
        conditions_of(call.request.headers),
        locked=locked,
    )
    return answers.written(call, record)


OPERATIONS = (lock, unlock)
