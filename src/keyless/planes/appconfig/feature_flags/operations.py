"""The operations on feature flags: list, get, set, delete, their history and their labels."""

from __future__ import annotations

from typing import Any

from keyless.planes.appconfig import access, asked
from keyless.planes.appconfig.answers import name_page
from keyless.planes.appconfig.api_versions import FEATURE_FLAGS, FLAG_LABELS
from keyless.planes.appconfig.conditions import conditions_of
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.feature_flags import answers
from keyless.planes.appconfig.feature_flags.records import AS_FLAGS
from keyless.planes.appconfig.feature_flags.schemas import FlagBody, FlagInput, FlagSet, definition_text
from keyless.planes.appconfig.feature_flags.service import check_flag_name
from keyless.planes.appconfig.key_values.listing import Wanted
from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.schemas import LABEL_SET_TYPE, NameSet
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest, NotFound, PayloadTooLarge, PreconditionFailed
from keyless.wire.operation import operation

_SPEC = "https://learn.microsoft.com/azure/azure-app-configuration/concept-enhanced-feature-flags"
_FLAGS = "ff"


@operation(
    id="AppConfiguration.GetFeatureFlags",
    route="GET|HEAD /ff",
    api_versions=FEATURE_FLAGS,
    query_params=("name", "label"),
    access=access.on_store(access.FEATURE_FLAGS_READ),
    response=FlagSet,
    errors=(InvalidRequest, PreconditionFailed),
    spec=_SPEC,
)
async def list_feature_flags(call: Authorized[None], configuration: Configuration) -> Reply:
    """List the feature flags that match the filters, a page at a time."""
    place = asked.place_asked(call, 2)
    flags = configuration.feature_flags
    return answers.page(call, await flags.page(asked.store_asked(call), _wanted(call), place))


@operation(
    id="AppConfiguration.GetFeatureFlag",
    route="GET|HEAD /ff/{name*}",
    api_versions=FEATURE_FLAGS,
    query_params=("label",),
    access=access.on_store(access.FEATURE_FLAGS_READ),
    response=FlagBody,
    errors=(InvalidRequest, NotFound, PreconditionFailed),
    spec=_SPEC,
)
async def get_feature_flag(call: Authorized[None], configuration: Configuration) -> Reply:
    """Return one feature flag; no label means the one without a label."""
    name = _named(call)
    record = await configuration.feature_flags.get(asked.store_asked(call), name, asked.moment_asked(call))
    if not Wanted(tags=asked.tags_asked(call)).holds(record):
        raise NotFound(f"the feature flag `{name.key[:256]}` does not have these tags")
    return answers.read(call, record)


@operation(
    id="AppConfiguration.PutFeatureFlag",
    route="PUT /ff/{name*}",
    api_versions=FEATURE_FLAGS,
    query_params=("label",),
    access=access.on_store(access.FEATURE_FLAGS_WRITE),
    body=FlagInput,
    response=FlagBody,
    errors=(InvalidRequest, PayloadTooLarge, PreconditionFailed),
    spec=_SPEC,
)
async def set_feature_flag(call: Authorized[FlagInput], configuration: Configuration) -> Reply:
    """Create a feature flag or replace what it says."""
    given = call.body
    content = Content(definition_text(given), None, given.tags or {}, given.description)
    conditions = conditions_of(call.request.headers)
    record = await configuration.feature_flags.set(
        asked.store_asked(call), _named(call), content, call.now, conditions
    )
    return answers.written(call, record)


@operation(
    id="AppConfiguration.DeleteFeatureFlag",
    route="DELETE /ff/{name*}",
    api_versions=FEATURE_FLAGS,
    query_params=("label",),
    access=access.on_store(access.FEATURE_FLAGS_DELETE),
    response=FlagBody,
    errors=(InvalidRequest, PreconditionFailed),
    spec=_SPEC,
)
async def delete_feature_flag(call: Authorized[None], configuration: Configuration) -> Reply:
    """Delete a feature flag and return what it was; 204 where there was none."""
    conditions = conditions_of(call.request.headers)
    record = await configuration.feature_flags.delete(
        asked.store_asked(call), _named(call), call.now, conditions
    )
    return Reply(status=204) if record is None else answers.written(call, record)


@operation(
    id="AppConfiguration.GetFeatureFlagRevisions",
    route="GET|HEAD /ff-revisions",
    api_versions=FEATURE_FLAGS,
    query_params=("name", "label"),
    access=access.on_store(access.FEATURE_FLAGS_READ),
    response=FlagSet,
    errors=(InvalidRequest, PreconditionFailed),
    spec=_SPEC,
)
async def list_feature_flag_revisions(call: Authorized[None], configuration: Configuration) -> Reply:
    """List what the feature flags that match the filters were, the newest first, a page at a time."""
    place = asked.place_asked(call, 3)
    flags = configuration.feature_flags
    return answers.page(call, await flags.revisions(asked.store_asked(call), _wanted(call), call.now, place))


@operation(
    id="AppConfiguration.GetFeatureFlagLabels",
    route="GET|HEAD /labels?resourceType",
    api_versions=FLAG_LABELS,
    query_params=("name", "resourcetype"),
    access=access.on_store(access.FEATURE_FLAGS_READ),
    response=NameSet,
    errors=(InvalidRequest,),
    spec=_SPEC,
)
async def list_feature_flag_labels(call: Authorized[None], configuration: Configuration) -> Reply:
    """List the labels that feature flags have, each once, a page at a time."""
    if call.params.get("resourcetype") != _FLAGS:
        raise InvalidRequest(
            f"labels are those of `{_FLAGS}`; leave it out for key-values", field="resourceType"
        )
    labels = asked.filter_in(call.params, "name", told_as="label")
    wanted = Wanted(labels=labels, at=asked.moment_asked(call), kept=AS_FLAGS)
    page = await configuration.feature_flags.labels(
        asked.store_asked(call), wanted, asked.place_asked(call, 1)
    )
    return name_page(call, page, LABEL_SET_TYPE)


OPERATIONS = (
    list_feature_flags,
    get_feature_flag,
    set_feature_flag,
    delete_feature_flag,
    list_feature_flag_revisions,
    list_feature_flag_labels,
)


def _wanted(call: Authorized[Any]) -> Wanted:
    return Wanted(
        keys=asked.filter_in(call.params, "name"),
        labels=asked.filter_in(call.params, "label"),
        tags=asked.tags_asked(call),
        at=asked.moment_asked(call),
        kept=AS_FLAGS,
    )


def _named(call: Authorized[Any]) -> Name:
    name = Name(call.params["name"], asked.label_in(call.params))
    check_flag_name(name)
    return name
