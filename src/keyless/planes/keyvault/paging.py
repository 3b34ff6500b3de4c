"""Pages of a list: how many to a page, and the link to the next.

Rules:
- a page has 25 items, or as many as `maxresults` (1 to 25) asks for;
- the link is absolute, names the port, and carries the place to go on from in `$skiptoken`; it is null at
  the end;
- a token goes on only with the list that it was made for; one that does not is refused.

Source: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secrets/get-secrets
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.vaults import vault_url
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest

T = TypeVar("T")

MOST_ITEMS = 25
_KEY = re.compile(r"[0-9a-z-]{1,127}")


class Page(NamedTuple, Generic[T]):
    """Some items of a list; ``after`` is the key of the last where there are more, else none."""

    items: list[T]
    after: str | None


class _Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What a skip token says: of which list, and behind which key."""

    path: str
    after: str


@dataclass(frozen=True, slots=True)
class Paging:
    """What a list call asks for: ``size`` items behind the key ``after``."""

    path: str
    api_version: str
    size: int
    after: str | None
    asked: str | None

    @classmethod
    def of(cls, call: Authorized[Any], path: str) -> Paging:
        """Read a call's query; ``path`` is that of the list, such as ``/secrets``.

        Raises:
            InvalidRequest: `maxresults` is out of range, or `$skiptoken` is none of this list.
        """
        query = call.request.query
        asked, token = query.get("maxresults"), query.get("$skiptoken")
        return cls(
            path, call.api_version, _size(asked), None if token is None else _after(token, path), asked
        )

    def next_link(self, vault: Vault, after: str | None) -> str | None:
        """The link to the page behind a key; none where there is no such page."""
        if after is None:
            return None
        query = f"api-version={self.api_version}&$skiptoken={_token(self.path, after)}"
        link = f"{vault_url(vault.name)}:443{self.path}?{query}"
        return link if self.asked is None else f"{link}&maxresults={self.size}"


def _size(asked: str | None) -> int:
    if asked is None:
        return MOST_ITEMS
    size = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
    if not 1 <= size <= MOST_ITEMS:
        raise InvalidRequest(
            f"the parameter `maxresults` must be between 1 and {MOST_ITEMS}", field="maxresults"
        )
    return size


def _token(path: str, after: str) -> str:
    plain = msgspec.json.encode(_Place(path.casefold(), after))
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def _after(token: str, path: str) -> str:
    try:
        plain = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        place = msgspec.json.decode(plain, type=_Place)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise _foreign_token() from error
    if place.path != path.casefold() or _KEY.fullmatch(place.after) is None:
        raise _foreign_token()
    return place.after


def _foreign_token() -> InvalidRequest:
    return InvalidRequest(
        "the `$skiptoken` is not one of this list: follow the `nextLink` of a page as it is",
        field="$skiptoken",
    )
