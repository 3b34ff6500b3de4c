"""Answers: bodies with their media types, etags, dates and links.

Rules:
- of several links the next page's comes first, and it is the only one on answers without a body: the Python
  client takes the first link there for the next page, whatever its relation;
- `Memento-Datetime` and the link to the original are sent where a past time was asked about.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-headers#response-headers
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from msgspec import UNSET

from keyless.planes.appconfig.api_versions import has
from keyless.planes.appconfig.asked import fields_asked, moment_asked
from keyless.planes.appconfig.conditions import Verdict, conditions_of
from keyless.planes.appconfig.etags import page_etag, quoted
from keyless.planes.appconfig.key_values.page_states import PageState
from keyless.planes.appconfig.key_values.records import KeyValue
from keyless.planes.appconfig.moments import http_date
from keyless.planes.appconfig.paging import Page, next_link
from keyless.planes.appconfig.schemas import (
    KEY_VALUE_SET_TYPE,
    KEY_VALUE_TYPE,
    KeyValueSet,
    NameSet,
    key_value_body,
    name_body,
)
from keyless.store.ports import Key
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import PreconditionFailed

HeaderList = tuple[tuple[str, str], ...]


def written(call: Authorized[Any], record: KeyValue) -> Reply:
    """A key-value as a write left it, or took it away."""
    return Reply(
        key_value_body(record, call.api_version), headers=state_of(record), content_type=KEY_VALUE_TYPE
    )


def read(call: Authorized[Any], record: KeyValue) -> Reply:
    """A key-value, if the conditions of the request let it be sent.

    Raises:
        PreconditionFailed: an `If-Match` does not hold.
    """
    if verdict_on(call, record.etag) is Verdict.NOT_MODIFIED:
        return Reply(status=304, headers=state_of(record))
    return Reply(
        key_value_body(record, call.api_version, fields_asked(call)),
        headers=(*state_of(record), *memento(call, None)),
        content_type=KEY_VALUE_TYPE,
    )


def page_state(call: Authorized[Any], page: Page[KeyValue]) -> PageState | None:
    """The state of a page of key-values; none at an api-version at which pages have none."""
    if not has("key_values.etag", call.api_version):
        return None
    return PageState(page_etag(record.etag for record in page.items), link_behind(call, page.after))


def is_unchanged(call: Authorized[Any], etag: str) -> bool:
    """Whether the conditions of a request say that a page with this etag need not be sent.

    Raises:
        PreconditionFailed: an `If-Match` does not hold.
    """
    return verdict_on(call, etag, of_page=True) is Verdict.NOT_MODIFIED


def unchanged_page(call: Authorized[Any], state: PageState) -> Reply:
    """What a caller is told who has a page already."""
    return Reply(status=304, headers=(("etag", quoted(state.etag)), *next_header(state.link)))


def key_value_page(call: Authorized[Any], page: Page[KeyValue], state: PageState | None) -> Reply:
    """A page of key-values, if the conditions of the request let it be sent.

    Raises:
        PreconditionFailed: an `If-Match` does not hold.
    """
    if state is None:
        return _key_value_set(call, page, None)
    if is_unchanged(call, state.etag):
        return unchanged_page(call, state)
    return _key_value_set(call, page, state.etag)


def name_page(call: Authorized[Any], page: Page[str | None], content_type: str) -> Reply:
    """A page of keys or labels."""
    fields, link = fields_asked(call), link_behind(call, page.after)
    return Reply(
        NameSet([name_body(name, fields) for name in page.items], link or UNSET),
        headers=memento(call, link),
        content_type=content_type,
    )


def _key_value_set(call: Authorized[Any], page: Page[KeyValue], etag: str | None) -> Reply:
    fields, link = fields_asked(call), link_behind(call, page.after)
    items = [key_value_body(record, call.api_version, fields) for record in page.items]
    tagged: HeaderList = (("etag", quoted(etag)),) if etag else ()
    return Reply(
        KeyValueSet(etag or UNSET, items, link or UNSET),
        headers=(*tagged, *memento(call, link)),
        content_type=KEY_VALUE_SET_TYPE,
    )


def verdict_on(call: Authorized[Any], etag: str, *, of_page: bool = False) -> Verdict:
    """What the conditions of a read come to, on the state with this tag.

    Raises:
        PreconditionFailed: an `If-Match` does not hold.
    """
    verdict = conditions_of(call.request.headers, of_page=of_page).verdict(etag)
    if verdict is Verdict.FAILED:
        raise PreconditionFailed("what was asked for is not in the state that the request is conditional on")
    return verdict


def state_of(record: KeyValue) -> HeaderList:
    """The headers of the state that a record is in."""
    return ("etag", quoted(record.etag)), ("last-modified", http_date(record.modified_at))


def link_behind(call: Authorized[Any], after: Key | None) -> str | None:
    """The link to the page behind a place, where there may be one."""
    return None if after is None else next_link(call.request.path, call.request.query_string, after)


def next_header(link: str | None) -> HeaderList:
    """The header of a link to the next page."""
    return (("link", f'<{link}>; rel="next"'),) if link else ()


def memento(call: Authorized[Any], link: str | None) -> HeaderList:
    """The headers of an answer about a past time, and the link to the next page if there is one."""
    at = moment_asked(call)
    if at is None or at > call.now:
        return next_header(link)
    dated = ("memento-datetime", http_date(at))
    if call.request.method == "HEAD":
        return (dated, *next_header(link))
    original = f'<{quote(call.request.path)}?{call.request.query_string}>; rel="original"'
    links = f'<{link}>; rel="next", {original}' if link else original
    return dated, ("link", links)
