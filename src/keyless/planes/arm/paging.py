"""Pages of a list: how many items, and the link to the next.

Rules:
- without `$top` a page has as many items as the list says (1,000, if it says nothing);
- `$top` asks for at most that many on a page, as ARM's lists do: the next link leads to the others;
- the link is absolute, keeps the query, and carries in `$skiptoken` the key of the last item that was shown,
  bound to the list's path and filter: with another list's token nothing is listed;
- the last page has no link, or an empty one at api-versions whose documents demand it.

Source: https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/common-api-details.md#pagination
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest

T = TypeVar("T")

MOST_ITEMS = 1000
_ALWAYS_LINKED = frozenset({"2015-11-01"})


class Page(msgspec.Struct, Generic[T], frozen=True, rename="camel", omit_defaults=True):
    """Some items of a list, as the wire has them, and the link to the others."""

    value: Sequence[T]
    next_link: str | None = None


class _Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What a skip token says: of which list, and behind which key."""

    path: str
    filter: str
    after: str


def page(
    call: Authorized[Any],
    items: Iterable[T],
    key: Callable[[T], str],
    *,
    size: int = MOST_ITEMS,
    most: int = MOST_ITEMS,
) -> Page[T]:
    """The page of a list that a call asks for; ``key`` orders the items and tells them apart.

    Raises:
        InvalidRequest: `$top` is no number from 1 on, or `$skiptoken` none of this list.
    """
    size = min(top_of(call) or size, most)
    after = _after(call)
    behind = sorted((one for one in items if after is None or key(one) > after), key=key)
    if len(behind) <= size:
        return Page(behind, "" if call.api_version in _ALWAYS_LINKED else None)
    return Page(behind[:size], _link(call, key(behind[size - 1])))


def top_of(call: Authorized[Any]) -> int | None:
    """How many items `$top` asks for; none where it does not.

    Raises:
        InvalidRequest: it is no number from 1 on.
    """
    asked = call.request.query.get("$top")
    if asked is None or not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 8 and int(asked) > 0):
        raise InvalidRequest(
            f"`$top` is `{asked[:20]}`: it must be a number from 1 on", field="$top", code="InvalidTopValue"
        )
    return int(asked)


def _list_of(call: Authorized[Any]) -> tuple[str, str]:
    return call.request.path.casefold().rstrip("/"), call.request.query.get("$filter") or ""


def _link(call: Authorized[Any], after: str) -> str:
    path, filtered = _list_of(call)
    token = base64.urlsafe_b64encode(msgspec.json.encode(_Place(path, filtered, after))).rstrip(b"=").decode()
    query = call.request.query
    kept = [(name, query.get(name)) for name in ("$filter", "$top", "$expand", "$select")]
    pairs = [("api-version", call.api_version), *kept, ("$skiptoken", token)]
    text = urlencode([(name, value) for name, value in pairs if value is not None], quote_via=quote, safe="$")
    return f"https://{call.request.host}{quote(call.request.path)}?{text}"


def _after(call: Authorized[Any]) -> str | None:
    token = call.request.query.get("$skiptoken")
    if token is None or not token:
        return None
    try:
        plain = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        place = msgspec.json.decode(plain, type=_Place)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise _foreign_token() from error
    if (place.path, place.filter) != _list_of(call):
        raise _foreign_token()
    return place.after


def _foreign_token() -> InvalidRequest:
    return InvalidRequest(
        "the `$skiptoken` is not one of this list: follow the `nextLink` of a page as it is",
        field="$skiptoken",
        code="InvalidSkipToken",
    )
