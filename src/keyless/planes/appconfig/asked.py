"""What a request asks for beyond its path: filters, fields, a point in time, a place to go on from.

Every problem is told in the words of `https://azconfig.io/errors/invalid-argument`, by the parameter's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.api_versions import has
from keyless.planes.appconfig.filters import (
    NO_LABEL,
    FilterError,
    TagFilter,
    TextFilter,
    parse_filter,
    parse_tag_filter,
)
from keyless.planes.appconfig.key_values.listing import Wanted
from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.rules import check_name
from keyless.planes.appconfig.moments import NotAMoment, parse_moment
from keyless.planes.appconfig.paging import NotAToken, decode_token
from keyless.planes.appconfig.schemas import Fields
from keyless.store.ports import Key
from keyless.wire.call import Authorized
from keyless.wire.errors import Bug, InvalidRequest

_MOST_TAGS = 5


def resource_asked(call: Authorized[Any]) -> ConfigurationStore:
    """The configuration store that a call is to."""
    if not isinstance(call.resource, ConfigurationStore):
        raise Bug("an App Configuration operation was called on something else than a store")
    return call.resource


def store_asked(call: Authorized[Any]) -> str:
    """The name of the configuration store that a call is to."""
    return resource_asked(call).name


def name_in(params: Mapping[str, str]) -> Name:
    """The key and label that an operation's parameters name, for its scope as for its handler.

    Raises:
        InvalidRequest: no key-value can be called that.
    """
    name = Name(params["key"], label_in(params))
    check_name(name)
    return name


def filter_in(params: Mapping[str, str], parameter: str, told_as: str | None = None) -> TextFilter:
    """The filter that a list's parameter is; a problem with it is told under another name, if one is given.

    Raises:
        InvalidRequest: it is no filter.
    """
    try:
        return parse_filter(params.get(parameter))
    except FilterError as error:
        raise filter_problem(told_as or parameter, error) from error


def wanted(call: Authorized[Any]) -> Wanted:
    """The key-values that a list call asks for.

    Raises:
        InvalidRequest: a filter is not one, or the time cannot be read.
    """
    tags = tags_asked(call) if has("key_values?tags", call.api_version) else ()
    return Wanted(
        keys=filter_in(call.params, "key"),
        labels=filter_in(call.params, "label"),
        tags=tags,
        at=moment_asked(call),
    )


def keys_wanted(call: Authorized[Any]) -> Wanted:
    """The keys that a call asks for; a problem with `name` is told as one with `key`, as Azure does."""
    return Wanted(keys=filter_in(call.params, "name", told_as="key"), at=moment_asked(call))


def labels_wanted(call: Authorized[Any]) -> Wanted:
    """The labels that a call asks for; a problem with `name` is told as one with `label`, as Azure does."""
    return Wanted(labels=filter_in(call.params, "name", told_as="label"), at=moment_asked(call))


def one_tags_asked(call: Authorized[Any]) -> tuple[TagFilter, ...]:
    """The tags that a single key-value must have to be found."""
    return tags_asked(call) if has("key_value?tags", call.api_version) else ()


def tags_asked(call: Authorized[Any]) -> tuple[TagFilter, ...]:
    """The tag filters of a call; all of them must hold.

    Raises:
        InvalidRequest: one is not a filter, or there are more than five.
    """
    given = call.request.query.all("tags")
    if not given:
        return ()
    texts = [text for text in given if text.strip()]
    if len(texts) > _MOST_TAGS:
        raise InvalidRequest(f"Too many tags. Maximum supported is {_MOST_TAGS}", field="tags")
    try:
        return tuple(parse_tag_filter(text) for text in texts)
    except FilterError as error:
        raise filter_problem("tags", error) from error


def moment_asked(call: Authorized[Any]) -> float | None:
    """The point in time that is asked about, in epoch seconds; none where it is now.

    Raises:
        InvalidRequest: `Accept-Datetime` is not a time.
    """
    text = call.request.headers.get("accept-datetime")
    if text is None:
        return None
    try:
        return parse_moment(text)
    except NotAMoment as error:
        raise InvalidRequest(
            f"`{text[:64]}` is not a time: write it as `Sat, 12 May 2018 02:10:00 GMT`",
            field="Accept-Datetime",
        ) from error


def fields_asked(call: Authorized[Any]) -> Fields | None:
    """The fields selected by `$select`; none where all are. Unknown ones are passed over, as Azure does."""
    selected = call.request.query.all("$select")
    if not selected:
        return None
    names = {name.strip().lower() for text in selected for name in text.split(",")}
    names.discard("")
    return None if not names or "*" in names else frozenset(names)


def place_asked(call: Authorized[Any], parts: int) -> Key | None:
    """The place behind which the page begins, of so many parts; none at the beginning.

    Raises:
        InvalidRequest: `after` was not given out by such a list.
    """
    token = call.request.query.get("after")
    if not token:
        return None
    try:
        return decode_token(token, parts)
    except NotAToken as error:
        raise InvalidRequest(
            "the continuation token is not one of this list: follow the `@nextLink` of a page as it is",
            field="after",
        ) from error


def label_in(params: Mapping[str, str]) -> str | None:
    """The label that the parameter names; none where it is absent, empty or NUL."""
    text = params.get("label")
    return None if not text or text == NO_LABEL else text


def filter_problem(parameter: str, error: FilterError) -> InvalidRequest:
    """What is wrong with a filter, as it is told."""
    return InvalidRequest(f"{parameter}({error.position}): {error.reason}", field=parameter)
