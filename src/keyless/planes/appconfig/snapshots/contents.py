"""The operation that lists the key-values in a snapshot.

Rules:
- of a snapshot that is not there, or has failed, the list is empty;
- what is in it was chosen when it was made: a request that filters by key, label or tag as well is refused.

Sources: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-snapshot#list-snapshot-key-values;
Azure/azure-rest-api-specs (the parameter `snapshot` of `GetKeyValues`)
"""

from __future__ import annotations

from keyless.planes.appconfig import access, answers
from keyless.planes.appconfig.api_versions import SNAPSHOTS
from keyless.planes.appconfig.asked import place_asked, store_asked
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.schemas import KeyValueSet
from keyless.planes.appconfig.selections import SELECTS
from keyless.planes.appconfig.snapshots import asked
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest, PreconditionFailed
from keyless.wire.operation import operation

_FILTERS = ("key", "label", "tags")


@operation(
    id="AppConfiguration.GetSnapshotKeyValues",
    route="GET|HEAD /kv?snapshot",
    api_versions=SNAPSHOTS,
    query_params=("snapshot",),
    access=access.on_snapshot(access.SNAPSHOTS_READ),
    response=KeyValueSet,
    errors=(InvalidRequest, PreconditionFailed),
    spec="https://learn.microsoft.com/azure/azure-app-configuration/rest-api-snapshot#list-snapshot-key-values",
    selects=SELECTS,
)
async def list_snapshot_key_values(call: Authorized[None], configuration: Configuration) -> Reply:
    """List the key-values in a snapshot, a page at a time."""
    name, number = asked.snapshot_asked(call), asked.page_asked(place_asked(call, 1))
    _refuse_filters(call)
    page = await configuration.snapshots.contents(store_asked(call), name, number, call.now)
    return answers.key_value_page(call, page, answers.page_state(call, page))


def _refuse_filters(call: Authorized[None]) -> None:
    for parameter in _FILTERS:
        if call.request.query.get(parameter):
            raise InvalidRequest(
                "what is in a snapshot was chosen when it was made: ask for all of it", field=parameter
            )


OPERATIONS = (list_snapshot_key_values,)
