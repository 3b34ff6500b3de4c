"""The operations on what key-values are called: the keys and the labels in use."""

from __future__ import annotations

from keyless.planes.appconfig import access, answers, asked, attributes
from keyless.planes.appconfig.api_versions import APP_CONFIGURATION
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.schemas import KEY_SET_TYPE, LABEL_SET_TYPE, NameSet
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import operation

_PLACE_PARTS = 1


@operation(
    id="AppConfiguration.GetKeys",
    route="GET|HEAD /keys",
    api_versions=APP_CONFIGURATION,
    query_params=("name",),
    access=access.on_store(access.KEY_VALUES_READ, listing=attributes.of_keys),
    response=NameSet,
    errors=(InvalidRequest,),
    spec="https://learn.microsoft.com/azure/azure-app-configuration/rest-api-keys#list-keys",
)
async def list_keys(call: Authorized[None], configuration: Configuration) -> Reply:
    """List the keys in use, each once, a page at a time."""
    place = asked.place_asked(call, _PLACE_PARTS)
    page = await configuration.key_values.keys(asked.store_asked(call), asked.keys_wanted(call), place)
    return answers.name_page(call, page, KEY_SET_TYPE)


@operation(
    id="AppConfiguration.GetLabels",
    route="GET|HEAD /labels",
    api_versions=APP_CONFIGURATION,
    query_params=("name",),
    access=access.on_store(access.KEY_VALUES_READ, listing=attributes.of_labels),
    response=NameSet,
    errors=(InvalidRequest,),
    spec="https://learn.microsoft.com/azure/azure-app-configuration/rest-api-labels#list-labels",
)
async def list_labels(call: Authorized[None], configuration: Configuration) -> Reply:
    """List the labels in use, each once, a page at a time; no label is one of them, by the name null."""
    place = asked.place_asked(call, _PLACE_PARTS)
    page = await configuration.key_values.labels(asked.store_asked(call), asked.labels_wanted(call), place)
    return answers.name_page(call, page, LABEL_SET_TYPE)


OPERATIONS = (list_keys, list_labels)
