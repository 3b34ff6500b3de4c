"""The shapes of credentials as data: what a value must look like to be one, and what it opens.

Rules:
- a shape is a fact about form (names in a connection string, a mark at a fixed place in a key, a parameter
  in a link): nothing here is a pattern that could run away on a long value;
- what a shape tells travels without the value: an id, the services, and at most the host that is named.

Source: https://github.com/microsoft/security-utilities (the marks of identifiable keys); the forms of
connection strings are those that https://learn.microsoft.com documents for each service.
"""

from __future__ import annotations

import enum
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data


class Holds(enum.StrEnum):
    """What a value is, as far as its shape says."""

    CREDENTIAL = "credential"
    CONFIGURATION = "configuration"
    REFERENCE = "reference"
    """It only says where a secret lies."""
    UNKNOWN = "unknown"


class ValueShape(msgspec.Struct, frozen=True, rename="camel"):
    """What a value looks like, without the value.

    ``services`` are keys of the catalog's services that it opens; ``host`` is the host that it names, empty
    where it names none of a known service; ``why_kept`` says why no identity can take its place.
    """

    id: str
    holds: Holds
    services: tuple[str, ...] = ()
    host: str = ""
    why_kept: str = ""


UNKNOWN = ValueShape("unknown", Holds.UNKNOWN)


class _Shape(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    id: str
    services: tuple[str, ...]
    holds: Holds = Holds.CREDENTIAL
    suffixes: tuple[str, ...] = ()
    takes_identity: bool = True
    why: str = ""

    def of(self, host: str = "") -> ValueShape:
        """What is known of a value of this shape."""
        return ValueShape(self.id, self.holds, self.services, host, "" if self.takes_identity else self.why)

    def host_fits(self, host: str) -> bool:
        """Whether a lower-case host is of this shape's service."""
        return any(host.endswith(suffix) and host != suffix for suffix in self.suffixes)


class PairsShape(_Shape, frozen=True, rename="camel", kw_only=True):
    """A connection string: it has all the names that are needed, and its host fits if one is asked for."""

    needs: tuple[str, ...]
    host_keys: tuple[str, ...] = ()


class MarkShape(_Shape, frozen=True, rename="camel", kw_only=True):
    """A key of a fixed length with a mark at a fixed place."""

    length: int
    at: int
    mark: str


class UriShape(_Shape, frozen=True, rename="camel", kw_only=True):
    """An address with a password in it."""

    schemes: tuple[str, ...]


class LinkShape(_Shape, frozen=True, rename="camel", kw_only=True):
    """A web address with a key or a signature among its parameters."""

    parameter: str


class ShapesFile(msgspec.Struct, frozen=True):
    """All shapes, in the order in which they are tried."""

    pairs: tuple[PairsShape, ...]
    marks: tuple[MarkShape, ...]
    uris: tuple[UriShape, ...]
    links: tuple[LinkShape, ...]


@lru_cache(maxsize=1)
def shapes() -> ShapesFile:
    """The catalog's shapes of credentials."""
    return msgspec.json.decode(read_data("credential_shapes.json"), type=ShapesFile)
