"""Pages of a list: how many to a page, where the next begins, and the link to it.

Rules:
- a page holds 100 items; a full one has a next, even where that turns out to be empty;
- the link is the request's own path and query, with `after` set; it is relative to the store;
- a token names the place behind which the next page begins. One that cannot be read is refused: taking it for
  no token would begin the list anew, without end.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-key-value#pagination
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from keyless.store.ports import Key

T = TypeVar("T")

ITEMS_PER_PAGE = 100
_AFTER = "after"


class NotAToken(ValueError):
    """A text that was never given out as a continuation token."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list; ``after`` is the place of the last where there may be more, else none."""

    items: Sequence[T]
    after: Key | None = None


def encode_token(place: Key) -> str:
    """A place as a continuation token, of characters that need no escaping in a URL."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def decode_token(token: str, parts: int) -> Key:
    """The place in a list whose places have so many parts.

    Raises:
        NotAToken: it is none of such a list.
    """
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        place = msgspec.json.decode(raw, type=tuple[str, ...])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise NotAToken(token) from error
    if len(place) != parts:
        raise NotAToken(token)
    return place


def next_link(path: str, query_string: str, place: Key) -> str:
    """The link to the page behind a place; ``path`` is decoded, ``query_string`` as it was sent."""
    asked = parse_qsl(query_string, keep_blank_values=True)
    kept = [(name, value) for name, value in asked if name.lower() != _AFTER]
    query = urlencode([*kept, (_AFTER, encode_token(place))], quote_via=quote)
    return f"{quote(path)}?{query}"
