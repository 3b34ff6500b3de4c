"""The operations on key-values: list, get, set, delete."""

from __future__ import annotations

from keyless.planes.appconfig import access, answers, asked, attributes
from keyless.planes.appconfig.api_versions import APP_CONFIGURATION, has
from keyless.planes.appconfig.conditions import conditions_of
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.errors import KeyLocked
from keyless.planes.appconfig.key_values.listing import Wanted
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.schemas import KeyValueBody, KeyValueInput, KeyValueSet
from keyless.planes.appconfig.selections import SELECTS
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import (
    InvalidRequest,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
)
from keyless.wire.operation import operation

_SPEC = "https://learn.microsoft.com/azure/azure-app-configuration/rest-api-key-value"
_PLACE_PARTS = 2


@operation(
    id="AppConfiguration.GetKeyValues",
    route="GET|HEAD /kv",
    api_versions=APP_CONFIGURATION,
    query_params=("key", "label"),
    access=access.on_store(access.KEY_VALUES_READ, listing=attributes.of_list),
    response=KeyValueSet,
    errors=(InvalidRequest, PreconditionFailed),
    spec=f"{_SPEC}#list-key-values",
    selects=SELECTS,
)
async def list_key_values(call: Authorized[None], configuration: Configuration) -> Reply:
    """List the key-values that match the filters, a page at a time."""
    store_name, query, pages = asked.store_asked(call), call.request.query_string, configuration.pages
    wants_now = call.request.headers.get("accept-datetime") is None
    known = pages.known(store_name, query) if wants_now else None
    if known is not None and answers.is_unchanged(call, known.etag):
        return answers.unchanged_page(call, known)
    revision = configuration.key_values.sequence()
    place = asked.place_asked(call, _PLACE_PARTS)
    page = await configuration.key_values.page(store_name, asked.wanted(call), place)
    state = answers.page_state(call, page)
    if state is not None and wants_now:
        pages.keep(store_name, query, state, revision)
    return answers.key_value_page(call, page, state)


@operation(
    id="AppConfiguration.GetKeyValue",
    route="GET|HEAD /kv/{key*}",
    query_params=("label",),
    api_versions=APP_CONFIGURATION,
    access=access.on_one(access.KEY_VALUES_READ),
    response=KeyValueBody,
    errors=(InvalidRequest, NotFound, PreconditionFailed),
    spec=f"{_SPEC}#get-key-value",
)
async def get_key_value(call: Authorized[None], configuration: Configuration) -> Reply:
    """Return one key-value; no label means the one without a label."""
    name, tags = asked.name_in(call.params), asked.one_tags_asked(call)
    record = await configuration.key_values.get(asked.store_asked(call), name, asked.moment_asked(call))
    if not Wanted(tags=tags).holds(record):
        raise NotFound(f"the key-value `{name.key[:256]}` does not have these tags")
    return answers.read(call, record)


@operation(
    id="AppConfiguration.PutKeyValue",
    route="PUT /kv/{key*}",
    query_params=("label",),
    api_versions=APP_CONFIGURATION,
    access=access.on_one(access.KEY_VALUES_WRITE),
    body=KeyValueInput,
    response=KeyValueBody,
    errors=(InvalidRequest, KeyLocked, PayloadTooLarge, PreconditionFailed),
    spec=f"{_SPEC}#set-key",
)
async def set_key_value(call: Authorized[KeyValueInput], configuration: Configuration) -> Reply:
    """Create a key-value or replace what it holds."""
    given = call.body
    description = given.description if has("key_value.description", call.api_version) else None
    content = Content(given.value, given.content_type, given.tags or {}, description)
    record = await configuration.key_values.set(
        asked.store_asked(call),
        asked.name_in(call.params),
        content,
        call.now,
        conditions_of(call.request.headers),
    )
    return answers.written(call, record)


@operation(
    id="AppConfiguration.DeleteKeyValue",
    route="DELETE /kv/{key*}",
    query_params=("label",),
    api_versions=APP_CONFIGURATION,
    access=access.on_one(access.KEY_VALUES_DELETE),
    response=KeyValueBody,
    errors=(InvalidRequest, KeyLocked, PreconditionFailed),
    spec=f"{_SPEC}#delete",
)
async def delete_key_value(call: Authorized[None], configuration: Configuration) -> Reply:
    """Delete a key-value and return what it was; 204 where there was none."""
    record = await configuration.key_values.delete(
        asked.store_asked(call), asked.name_in(call.params), call.now, conditions_of(call.request.headers)
    )
    return Reply(status=204) if record is None else answers.written(call, record)


OPERATIONS = (list_key_values, get_key_value, set_key_value, delete_key_value)
