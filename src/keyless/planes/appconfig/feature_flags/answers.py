"""Answers about feature flags: bodies with their media types, etags, dates and links."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from keyless.planes.appconfig.answers import (
    link_behind,
    memento,
    next_header,
    state_of,
    verdict_on,
)
from keyless.planes.appconfig.asked import fields_asked
from keyless.planes.appconfig.conditions import Verdict
from keyless.planes.appconfig.etags import page_etag, quoted
from keyless.planes.appconfig.feature_flags.schemas import FLAG_SET_TYPE, FLAG_TYPE, FlagSet, flag_body
from keyless.planes.appconfig.key_values.records import KeyValue
from keyless.planes.appconfig.paging import Page
from keyless.wire.call import Authorized, Reply


def written(call: Authorized[Any], record: KeyValue) -> Reply:
    """A flag as a write left it, or took it away."""
    return Reply(flag_body(record), headers=state_of(record), content_type=FLAG_TYPE)


def read(call: Authorized[Any], record: KeyValue) -> Reply:
    """A flag, if the conditions of the request let it be sent.

    Raises:
        PreconditionFailed: an `If-Match` does not hold.
    """
    if verdict_on(call, record.etag) is Verdict.NOT_MODIFIED:
        return Reply(status=304, headers=state_of(record))
    return Reply(
        flag_body(record, fields_asked(call)),
        headers=(*state_of(record), *memento(call, None)),
        content_type=FLAG_TYPE,
    )


def page(call: Authorized[Any], found: Page[KeyValue]) -> Reply:
    """A page of flags or their revisions, if the conditions of the request let it be sent.

    Raises:
        PreconditionFailed: an `If-Match` does not hold.
    """
    etag, link = page_etag(record.etag for record in found.items), link_behind(call, found.after)
    tagged = ("etag", quoted(etag))
    if verdict_on(call, etag, of_page=True) is Verdict.NOT_MODIFIED:
        return Reply(status=304, headers=(tagged, *next_header(link)))
    fields = fields_asked(call)
    items = [flag_body(record, fields) for record in found.items]
    return Reply(
        FlagSet(items, etag, link or UNSET),
        headers=(tagged, *memento(call, link)),
        content_type=FLAG_SET_TYPE,
    )
