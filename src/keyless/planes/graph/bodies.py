"""Reading a request's body: which properties there are, and which of them say what.

Rules:
- a property that the object does not have is refused, never passed over;
- `@odata.` annotations say nothing, but for `@odata.bind`, which the operations that take it read.

Source: https://learn.microsoft.com/graph/api/overview
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from keyless.planes.graph.errors import BadRequest

Body = Mapping[str, Any]
T = TypeVar("T")


def check_properties(body: Body, known: Collection[str]) -> None:
    """Refuse what nobody knows.

    Raises:
        BadRequest: a property is not one of those.
    """
    for name in body:
        if name not in known and "@odata." not in name:
            raise BadRequest(f"Invalid property '{name[:60]}'.")


def text(body: Body, name: str, longest: int = 256) -> str:
    """A text that must be there.

    Raises:
        BadRequest: it is missing, empty, too long, or no text.
    """
    value = body.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > longest or "\x00" in value:
        raise BadRequest(f"Invalid value specified for property '{name}' of resource: give a text.")
    return value


def typed(body: Body, name: str, kind: type[T], default: T) -> T:
    """A property of a type; the default where it is missing or null.

    Raises:
        BadRequest: it is of another type.
    """
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadRequest(f"Invalid value specified for property '{name}' of resource.")
    return value


def texts(body: Body, name: str) -> tuple[str, ...]:
    """A list of texts; empty where it is missing.

    Raises:
        BadRequest: it is none.
    """
    values = typed(body, name, list, [])
    if not all(isinstance(one, str) for one in values):
        raise BadRequest(f"Invalid value specified for property '{name}' of resource.")
    return tuple(values)


def referenced(body: Body) -> str:
    """The object id that an `@odata.id` leads to.

    Raises:
        BadRequest: it leads to no object of the directory.
    """
    return object_id_in(text(body, "@odata.id", 1024))


def object_id_in(address: str) -> str:
    """The last part of an address of an object, be it under its kind or under `directoryObjects`.

    Raises:
        BadRequest: there is none.
    """
    head, _, object_id = address.rstrip("/").rpartition("/")
    kinds = ("directoryobjects", "users", "groups", "serviceprincipals")
    if not object_id or not head.casefold().endswith(kinds):
        raise BadRequest("Invalid URL format specified in @odata.id.")
    return object_id
