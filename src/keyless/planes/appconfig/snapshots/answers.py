"""Answers about snapshots: bodies with their media types, etags, dates and links.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-snapshot
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from msgspec import UNSET

from keyless.planes.appconfig.answers import HeaderList, link_behind, next_header, verdict_on
from keyless.planes.appconfig.asked import fields_asked
from keyless.planes.appconfig.conditions import Verdict
from keyless.planes.appconfig.etags import quoted
from keyless.planes.appconfig.moments import http_date
from keyless.planes.appconfig.paging import Page
from keyless.planes.appconfig.snapshots.records import Snapshot
from keyless.planes.appconfig.snapshots.schemas import (
    OPERATION_TYPE,
    SNAPSHOT_SET_TYPE,
    SNAPSHOT_TYPE,
    SnapshotSet,
    operation_body,
    snapshot_body,
)
from keyless.wire.call import Authorized, Reply


def created(call: Authorized[Any], record: Snapshot) -> Reply:
    """A snapshot that is being made, and where to ask how far that has come."""
    asking = _query(call, record)
    headers = (
        *_state(call, record),
        ("operation-location", f"https://{call.request.host}/operations?{asking}"),
    )
    return Reply(snapshot_body(record, call.api_version), 201, headers, SNAPSHOT_TYPE)


def written(call: Authorized[Any], record: Snapshot) -> Reply:
    """A snapshot as a write left it."""
    body = snapshot_body(record, call.api_version)
    return Reply(body, headers=_state(call, record), content_type=SNAPSHOT_TYPE)


def read(call: Authorized[Any], record: Snapshot) -> Reply:
    """A snapshot, if the conditions of the request let it be sent.

    Raises:
        PreconditionFailed: an `If-Match` does not hold.
    """
    if verdict_on(call, record.etag) is Verdict.NOT_MODIFIED:
        return Reply(status=304, headers=_state(call, record))
    body = snapshot_body(record, call.api_version, fields_asked(call))
    return Reply(body, headers=_state(call, record), content_type=SNAPSHOT_TYPE)


def page(call: Authorized[Any], found: Page[Snapshot]) -> Reply:
    """A page of snapshots."""
    fields, link = fields_asked(call), link_behind(call, found.after)
    items = [snapshot_body(record, call.api_version, fields) for record in found.items]
    return Reply(SnapshotSet(items, link or UNSET), headers=next_header(link), content_type=SNAPSHOT_SET_TYPE)


def operation(call: Authorized[Any], record: Snapshot) -> Reply:
    """How far the making of a snapshot has come."""
    return Reply(operation_body(record), content_type=OPERATION_TYPE)


def _state(call: Authorized[Any], record: Snapshot) -> HeaderList:
    return (
        ("etag", quoted(record.etag)),
        ("last-modified", http_date(record.modified_at)),
        ("link", f'</kv?{_query(call, record)}>; rel="items"'),
    )


def _query(call: Authorized[Any], record: Snapshot) -> str:
    return urlencode({"snapshot": record.name, "api-version": call.api_version}, quote_via=quote, safe="")
