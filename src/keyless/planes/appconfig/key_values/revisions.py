"""The operation on the history of key-values."""

from __future__ import annotations

from keyless.planes.appconfig import access, answers, asked, attributes
from keyless.planes.appconfig.api_versions import APP_CONFIGURATION
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.schemas import KeyValueSet
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest, PreconditionFailed
from keyless.wire.operation import operation

_PLACE_PARTS = 3


@operation(
    id="AppConfiguration.GetRevisions",
    route="GET|HEAD /revisions",
    api_versions=APP_CONFIGURATION,
    query_params=("key", "label"),
    access=access.on_store(access.KEY_VALUES_READ, listing=attributes.of_list),
    response=KeyValueSet,
    errors=(InvalidRequest, PreconditionFailed),
    spec="https://learn.microsoft.com/azure/azure-app-configuration/rest-api-revisions#list-revisions",
)
async def list_revisions(call: Authorized[None], configuration: Configuration) -> Reply:
    """List what the key-values that match the filters have been, a page at a time."""
    place = asked.place_asked(call, _PLACE_PARTS)
    page = await configuration.key_values.revisions(
        asked.store_asked(call), asked.wanted(call), call.now, place
    )
    return answers.key_value_page(call, page, answers.page_state(call, page))


OPERATIONS = (list_revisions,)
