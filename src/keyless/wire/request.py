"""An HTTP request as handlers see it, whatever server received it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import parse_qsl

import msgspec

from keyless.wire.errors import InvalidRequest

_MAX_PARAMETERS = 100
LONGEST_REMEMBERED = 2048
"""How many characters of a request line anything is remembered by: longer ones are understood each time."""


class Headers(Protocol):
    """Request headers by lower-case name."""

    def get(self, name: str, default: str | None = None) -> str | None:
        """One header's value; of several, the first."""
        ...

    def get_all(self, name: str) -> Sequence[str]:
        """Every value of a header that is there several times."""
        ...


class Connection(Protocol):
    """The connection that a request came over: both ends as `address:port`."""

    @property
    def client(self) -> str:
        """The far end."""
        ...

    @property
    def server(self) -> str:
        """Our end."""
        ...


class Query:
    """Query parameters: names and values percent-decoded, names compared without case.

    Clients encode the names too (`api%2Dversion`), and change their casing (`$Select`).

    Raises:
        InvalidRequest: there are too many of them.
    """

    __slots__ = ("_values", "raw")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._values: dict[str, list[str]] = {}
        try:
            pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
        except ValueError as error:
            raise InvalidRequest(f"the query has more than {_MAX_PARAMETERS} parameters") from error
        for name, value in pairs:
            self._values.setdefault(name.lower(), []).append(value)

    def get(self, name: str) -> str | None:
        """The first value of a (lower-case) name; none where it is absent."""
        values = self._values.get(name)
        return values[0] if values else None

    def all(self, name: str) -> list[str]:
        """Every value of a (lower-case) name."""
        return self._values.get(name, [])


class Request(msgspec.Struct, eq=False):
    """One request. ``path`` is percent-decoded, as the server gives it; ``now`` is epoch seconds.

    ``connection`` is none where no server received it; ``known_query`` is the query, if it was parsed before.
    """

    method: str
    host: str
    path: str
    query_string: str
    headers: Headers
    now: float
    request_id: str
    body: bytes = b""
    body_is_read: bool = False
    connection: Connection | None = None
    known_query: Query | None = None

    def __repr__(self) -> str:
        return f"Request({self.method} {self.request_id})"  # a path, a header or a body may hold a secret

    @property
    def query(self) -> Query:
        """The parsed query."""
        if self.known_query is None:
            self.known_query = Query(self.query_string)
        return self.known_query


class HeaderMap:
    """Headers from a mapping, for requests that no server received (tests, the estate's own writes)."""

    def __init__(
        self, values: Mapping[str, str], repeated: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._values = {name.lower(): value for name, value in values.items()}
        self._more = {name.lower(): tuple(more) for name, more in (repeated or {}).items()}

    def get(self, name: str, default: str | None = None) -> str | None:
        """One header's value."""
        return self._values.get(name, default)

    def get_all(self, name: str) -> Sequence[str]:
        """A header's value, and those that are beside it."""
        found = self._values.get(name)
        return () if found is None else (found, *self._more.get(name, ()))
