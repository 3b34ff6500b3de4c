"""One thing that a source tells of, in the shape of Azure's management API, read field by field.

Rules:
- a field is looked for at the top and then under `properties`, without regard to case: the Azure CLI flattens
  what the API nests, and Resource Graph writes some names in lower case;
- only named fields are ever read: sources hold passwords and keys, and no reader asks for one;
- messages name the field and never its value.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from keyless.model.guids import guid_key
from keyless.model.resource_id import InvalidResourceId, ResourceId


class CannotRead(Exception):
    """Something of a source that could not be made out; the message says what, without any value."""


class File(NamedTuple):
    """A file to read: what to call it in messages, and what is in it."""

    name: str
    content: bytes


class Unread(NamedTuple):
    """What of a file was not taken in, and why; ``at`` says where in it."""

    file: str
    at: str
    why: str


class Rank(enum.IntEnum):
    """How much a source is to be believed where several tell of the same thing; the lowest first."""

    LISTED = 0
    """What Azure itself said."""
    STATE = 1
    """What Terraform remembers."""
    TEMPLATE = 2
    """What somebody meant to deploy."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """In place of a value that a template does not tell; ``why`` says what it hangs on."""

    why: str


@dataclass(frozen=True, slots=True)
class IdOf:
    """In place of an id that only a deployment knows: `principalId` or `clientId` of a resource."""

    resource_id: str
    which: str = "principalId"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of one file; ``at`` says where in it."""

    body: Mapping[str, Any]
    file: str
    at: str
    rank: Rank = Rank.LISTED

    def get(self, name: str) -> Any:  # noqa: ANN401  # JSON is anything
        """The value of a field; none where it is missing or null.

        Raises:
            CannotRead: a template does not tell it.
        """
        found = _member(self.body, name)
        if found is None:
            found = _member(_member(self.body, "properties"), name)
        if isinstance(found, Undecided):
            raise CannotRead(f"`{name}` {found.why}")
        return found

    def text(self, name: str, default: str = "") -> str:
        """A field that is a text; the default where it is missing."""
        found = self.get(name)
        if found is None:
            return default
        if not isinstance(found, str) or not found.isprintable():
            raise CannotRead(f"`{name}` is not a text")
        return found

    def prose(self, name: str) -> str:
        """A field that is a text of several lines, perhaps."""
        found = self.get(name)
        if found is not None and not isinstance(found, str):
            raise CannotRead(f"`{name}` is not a text")
        return found or ""

    def needed(self, name: str) -> str:
        """A field that must be there."""
        found = self.text(name)
        if not found:
            raise CannotRead(f"it has no `{name}`")
        return found

    def guid(self, name: str) -> str:
        """A field that must be a GUID, in lower case."""
        return as_guid(self.needed(name), name)

    def flag(self, name: str, default: bool) -> bool:
        """A field that is true or false; the default where it is missing."""
        found = self.get(name)
        if found is None:
            return default
        if not isinstance(found, bool):
            raise CannotRead(f"`{name}` is neither true nor false")
        return found

    def number(self, name: str, default: int) -> int:
        """A field that is a whole number; the default where it is missing."""
        found = self.get(name)
        if found is None:
            return default
        if not isinstance(found, int | float) or isinstance(found, bool):
            raise CannotRead(f"`{name}` is not a number")
        return int(found)

    def texts(self, name: str) -> tuple[str, ...]:
        """A field that is a list of texts."""
        found = self.get(name)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise CannotRead(f"`{name}` is not a list of texts")
        return tuple(found)

    def parts(self, name: str) -> Iterator[Entry]:
        """A field that is a list of objects (or one object), each to be read as an entry."""
        found = self.get(name) or []
        listed = [found] if isinstance(found, dict) else found
        if not isinstance(listed, list):
            raise CannotRead(f"`{name}` is not a list")
        for number, one in enumerate(listed):
            if not isinstance(one, dict):
                raise CannotRead(f"`{name}[{number}]` is not an object")
            yield Entry(one, self.file, f"{self.at}.{name}[{number}]", self.rank)

    def part(self, name: str) -> Entry:
        """A field that is an object; an empty one where it is missing."""
        found = self.get(name)
        if found is not None and not isinstance(found, dict):
            raise CannotRead(f"`{name}` is not an object")
        return Entry(found or {}, self.file, f"{self.at}.{name}", self.rank)

    def resource_id(self, name: str = "id") -> ResourceId:
        """A field that must be a resource id, or a scope."""
        return as_resource_id(self.needed(name), name)

    def tags(self) -> dict[str, str]:
        """The tags, but for hidden ones: tools leave keys and connection strings in those."""
        found = self.get("tags")
        if not isinstance(found, dict):
            return {}
        return {
            name: value
            for name, value in found.items()
            if isinstance(value, str) and not name.casefold().startswith("hidden-")
        }

    def below(self, other: Entry) -> Entry:
        """This entry, with what it does not tell taken from another that is believed less."""
        properties = _filled(_member(self.body, "properties") or {}, _member(other.body, "properties") or {})
        body = _filled(self.body, other.body)
        return Entry(
            {**body, "properties": properties} if properties else body, self.file, self.at, self.rank
        )


def as_guid(text: str, name: str) -> str:
    """A text that must be a GUID, in lower case."""
    try:
        return guid_key(str(uuid.UUID(text))) if len(text) == 36 else _no_guid(name)
    except ValueError:
        return _no_guid(name)


def as_resource_id(text: str, name: str) -> ResourceId:
    """A text that must be a resource id."""
    try:
        return ResourceId.parse(text)
    except InvalidResourceId as error:
        raise CannotRead(f"`{name}` is not a resource id") from error


def _no_guid(name: str) -> str:
    raise CannotRead(f"`{name}` is not a GUID")


def _member(body: object, name: str) -> Any:  # noqa: ANN401  # JSON is anything
    if not isinstance(body, Mapping):
        return None
    found = body.get(name)
    if found is not None:
        return found
    wanted = name.casefold()
    return next(
        (value for key, value in body.items() if value is not None and str(key).casefold() == wanted), None
    )


def _filled(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    said = {key.casefold() for key, value in first.items() if value is not None}
    return {
        **{key: value for key, value in second.items() if key.casefold() not in said},
        **{key: value for key, value in first.items() if value is not None},
    }
