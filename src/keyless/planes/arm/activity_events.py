"""Listing the activity log, as `az monitor activity-log list` and the Insights API do.

Rules:
- a filter is a chain of `and`: the time from which on is demanded; a time to which, a group, a resource, a
  provider, correlation, caller, status, operation or level can be added. Anything else is refused;
- events come newest first, and only those at scopes that the caller may read events of;
- `$select` leaves out all fields but those that it names.

Source: https://learn.microsoft.com/rest/api/monitor/activity-logs/list
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from keyless.model.management import ActivityEvent
from keyless.model.resource_id import ResourceId
from keyless.planes.arm.activity import KEPT_S
from keyless.planes.arm.api_versions import ACTIVITY_LOG as VERSIONS
from keyless.planes.arm.errors import InvalidFilter
from keyless.planes.arm.filters import Comparison, conjuncts, parse_filter
from keyless.planes.arm.moments import moment
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.places import subscription_of
from keyless.planes.arm.scopes import needs, of_subscription, of_tenant
from keyless.planes.arm.service import Arm
from keyless.store.collections import ACTIVITY_LOG
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest, NotFound
from keyless.wire.moments import read_moment
from keyless.wire.operation import Operation, operation

READ = "Microsoft.Insights/eventtypes/values/read"
_VALUES = "/providers/Microsoft.Insights/eventtypes/management/values"
_SPEC = "https://learn.microsoft.com/rest/api/monitor/"
_PAGE = 200
_TICKS_AT_EPOCH = 621_355_968_000_000_000
_TIME = "eventtimestamp"
_LATEST = 10**13

Json = dict[str, Any]
Test = Callable[[ActivityEvent], bool]


@operation(
    id="ActivityLogs.List",
    route=f"GET /subscriptions/{{subscription_id}}{_VALUES}",
    api_versions=VERSIONS,
    access=needs(READ, of_subscription, below=True),
    errors=(InvalidRequest, NotFound),
    spec=_SPEC + "activity-logs/list",
)
async def list_of_subscription(call: Authorized[None], arm: Arm) -> Page[Json]:
    """List what was written in a subscription, newest first."""
    await subscription_of(arm, call.params)
    return await _listed(call, arm, call.params["subscription_id"])


@operation(
    id="TenantActivityLogs.List",
    route=f"GET {_VALUES}",
    api_versions=VERSIONS,
    access=needs(READ, of_tenant),
    errors=(InvalidRequest,),
    spec=_SPEC + "tenant-activity-logs/list",
)
async def list_of_tenant(call: Authorized[None], arm: Arm) -> Page[Json]:
    """List what was written above subscriptions, newest first."""
    return await _listed(call, arm, None)


@operation(
    id="EventCategories.List",
    route="GET /providers/Microsoft.Insights/eventcategories",
    api_versions=VERSIONS,
    access=needs("Microsoft.Insights/eventCategories/read", of_tenant),
    spec=_SPEC + "event-categories/list",
)
async def list_categories(call: Authorized[None], arm: Arm) -> dict[str, list[Json]]:
    """List the categories that events have here."""
    return {"value": [_words("Administrative")]}


async def _listed(call: Authorized[Any], arm: Arm, subscription_id: str | None) -> Page[Json]:
    """The events of a subscription, or of none, that fit the filter and are the caller's to see."""
    since, tests = read_tests(call.request.query.get("$filter") or "")
    since = max(since, call.request.now - KEPT_S)
    first = f"{max(0, int(since) - 1):016d}"
    events = [
        event
        for _, event in await arm.store.scan(ACTIVITY_LOG, after=(first, "~"))
        if event.at >= since
        and _is_of(event, subscription_id)
        and all(test(event) for test in tests)
        and call.may(READ, ResourceId.parse(event.resource_id))
    ]
    found = page(call, events, _newest_first, size=_PAGE, most=_PAGE)
    tenant = await arm.authority.tenant()
    names = {one.strip().casefold() for one in (call.request.query.get("$select") or "").split(",")} - {""}
    return Page([_selected(_shown(one, tenant.tenant_id), names) for one in found.value], found.next_link)


def read_tests(text: str) -> tuple[float, list[Test]]:
    """From when on events are wanted (epoch seconds), and what else must hold of them.

    Raises:
        InvalidFilter: it is not of the form that the log takes.
    """
    since: float | None = None
    tests: list[Test] = []
    for part in conjuncts(parse_filter(text)):
        if not isinstance(part, Comparison):
            raise InvalidFilter(text, 0, "only comparisons joined by `and` are taken")
        if part.field == _TIME:
            at = _time(text, part)
            since = at if part.operator in {"ge", "gt", "eq"} and since is None else since
            tests.append(_in_time(part.operator, at))
        else:
            tests.append(_of_field(text, part))
    if since is None:
        raise InvalidFilter(text, 0, "`eventTimestamp ge '…'` is missing")
    return since, tests


def _time(text: str, part: Comparison) -> float:
    try:
        return read_moment(str(part.value))
    except ValueError as error:
        raise InvalidFilter(text, part.position, "the time is none") from error


def _in_time(operator: str, at: float) -> Test:
    return {
        "ge": lambda event: event.at >= at,
        "gt": lambda event: event.at > at,
        "le": lambda event: event.at <= at,
        "lt": lambda event: event.at < at,
        "eq": lambda event: event.at == at,
        "ne": lambda event: event.at != at,
    }[operator]


def _of_field(text: str, part: Comparison) -> Test:
    """A test on another field: equal to the value, or to one of several with commas between them."""
    field = _FIELDS.get(part.field)
    if field is None or part.operator != "eq":
        raise InvalidFilter(text, part.position, f"`{part.field} {part.operator}` is not taken here")
    wanted = {one.strip().casefold() for one in str(part.value).split(",")}
    return lambda event: field(event).casefold() in wanted


def _is_of(event: ActivityEvent, subscription_id: str | None) -> bool:
    own = ResourceId.parse(event.resource_id).subscription_id
    return (own or "").casefold() == (subscription_id or "").casefold()


def provider_of(event: ActivityEvent) -> str:
    """The provider whose operation an event is of."""
    return event.operation.partition("/")[0]


def level_of(event: ActivityEvent) -> str:
    """How grave an event is."""
    return "Error" if event.status == "Failed" else "Informational"


_FIELDS: dict[str, Callable[[ActivityEvent], str]] = {
    "correlationid": lambda event: event.correlation_id,
    "caller": lambda event: event.caller,
    "status": lambda event: event.status,
    "operationname": lambda event: event.operation,
    "operations": lambda event: event.operation,
    "resourceuri": lambda event: event.resource_id,
    "resourceid": lambda event: event.resource_id,
    "resourcetype": lambda event: ResourceId.parse(event.resource_id).resource_type or "",
    "resourcegroupname": lambda event: ResourceId.parse(event.resource_id).resource_group or "",
    "resourceprovider": provider_of,
    "levels": level_of,
    "level": level_of,
    "category": lambda event: "Administrative",
    "eventchannels": lambda event: "Admin",
}


def _newest_first(event: ActivityEvent) -> str:
    return f"{_LATEST - int(event.at * 1000):014d}-{event.event_id}"


def _selected(shown: Json, names: set[str]) -> Json:
    return {name: value for name, value in shown.items() if not names or name.casefold() in names}


def _words(value: str, localized: str | None = None) -> Json:
    return {"value": value, "localizedValue": localized or value}


def _shown(event: ActivityEvent, tenant_id: str) -> Json:
    """An event in the form of the wire."""
    place = ResourceId.parse(event.resource_id)
    ticks = _TICKS_AT_EPOCH + int(event.at * 10_000_000)
    phrase = HTTPStatus(event.sub_status).phrase
    shown: Json = {
        "id": f"{event.resource_id.rstrip('/')}/events/{event.event_id}/ticks/{ticks}",
        "eventDataId": event.event_id,
        "correlationId": event.correlation_id,
        "operationId": event.correlation_id,
        "eventName": _words("EndRequest", "End request"),
        "category": _words("Administrative"),
        "level": level_of(event),
        "caller": event.caller,
        "claims": event.claims,
        "authorization": {"action": event.operation, "scope": event.authorization_scope or event.resource_id},
        "httpRequest": dict(_http(event)),
        "operationName": _words(event.operation),
        "resourceProviderName": _words(provider_of(event)),
        "resourceId": event.resource_id,
        "status": _words(event.status),
        "subStatus": _words(phrase.replace(" ", ""), f"{phrase} (HTTP Status Code: {event.sub_status})"),
        "eventTimestamp": moment(event.at),
        "submissionTimestamp": moment(event.at),
        "properties": dict(event.properties),
        "tenantId": tenant_id,
    }
    if event.role_assignment_id:
        shown["properties"]["roleAssignmentId"] = event.role_assignment_id
    return shown | dict(_where(place))


def _where(place: ResourceId) -> Iterator[tuple[str, Any]]:
    if place.subscription_id:
        yield "subscriptionId", place.subscription_id
    if place.resource_group:
        yield "resourceGroupName", place.resource_group
    if place.resource_type:
        yield "resourceType", _words(place.resource_type)


def _http(event: ActivityEvent) -> Iterator[tuple[str, str]]:
    yield "method", event.method
    yield "uri", f"https://management.azure.com{quote(event.resource_id)}"
    if event.client_request_id:
        yield "clientRequestId", event.client_request_id


OPERATIONS: tuple[Operation, ...] = (list_of_subscription, list_of_tenant, list_categories)
