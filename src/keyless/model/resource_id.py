"""Azure resource ids, and what it means for one to lie within another.

Rules:
- a resource id is a path of segments; comparison is by whole segments and ignores case, so `.../app` does
  not contain `.../app-prod`;
- the root scope `/` contains everything;
- the text keeps the casing that it was made with; equality and hashing do not look at it.

Source: https://learn.microsoft.com/azure/role-based-access-control/scope-overview#scope-format
"""

from __future__ import annotations

import re
import sys
from urllib.parse import quote, unquote

_PROVIDER = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)+")


class InvalidResourceId(ValueError):
    """A text that is not an Azure resource id; the message says what is wrong with it."""


class ResourceId:
    """An absolute Azure resource id (or scope), immutable and hashable.

    ``text`` is the id as written, ``key`` the lower-case segments by which ids compare.
    """

    __slots__ = ("_segments", "key", "text")

    def __init__(self, segments: tuple[str, ...]) -> None:
        self._segments = segments
        self.text = "/" + "/".join(segments)
        self.key = tuple(segment.lower() for segment in segments)

    @classmethod
    def parse(cls, text: str) -> ResourceId:
        """Read an id such as ``/subscriptions/…/resourceGroups/…``; a trailing slash is ignored.

        Raises:
            InvalidResourceId: it is not absolute, or has an empty or incomplete segment.
        """
        if not text.startswith("/"):
            raise InvalidResourceId(f"`{text}` is not a resource id: it must begin with `/`")
        if "//" in text:
            raise InvalidResourceId(f"`{text}` is not a resource id: it has an empty segment")
        segments = tuple(text.strip("/").split("/")) if text != "/" else ()
        if any("\n" in segment or "\x00" in segment for segment in segments):
            raise InvalidResourceId(f"`{text!r}` is not a resource id: it has a control character")
        _check_shape(text, segments)
        return cls(segments)

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments as written."""
        return self._segments

    def interned(self) -> ResourceId:
        """The same id, with its segments kept once among all that are interned: for those that live long."""
        same = ResourceId.__new__(ResourceId)
        same._segments = tuple(map(sys.intern, self._segments))  # noqa: SLF001  # of its own kind
        same.key = tuple(map(sys.intern, self.key))
        same.text = self.text
        return same

    def contains(self, other: ResourceId) -> bool:
        """Whether ``other`` is this scope or lies below it, comparing whole segments without case."""
        return other.key[: len(self.key)] == self.key

    def child(self, *segments: str) -> ResourceId:
        """The id below this one; each segment is percent-encoded where it would not be one segment."""
        return ResourceId(self._segments + tuple(quote(s, safe="-._~$@:!,;=+ ") for s in segments))

    @property
    def parent(self) -> ResourceId:
        """What this id lies in directly: the resource that it is part of, else the group or subscription."""
        top_level = self._provider_at() == len(self._segments) - 4
        return ResourceId(self._segments[: -4 if top_level else -2])

    @property
    def name(self) -> str:
        """The last segment, decoded; empty for the root scope."""
        return unquote(self._segments[-1]) if self._segments else ""

    @property
    def subscription_id(self) -> str | None:
        """The subscription's id, where the scope lies within one."""
        return self._after("subscriptions", 0)

    @property
    def resource_group(self) -> str | None:
        """The resource group's name, where the scope lies within one."""
        return self._after("resourcegroups", 2)

    @property
    def resource_type(self) -> str | None:
        """The full type, such as ``Microsoft.KeyVault/vaults/secrets``; none above resource level."""
        at = self._provider_at()
        if at is None:
            return None
        rest = self._segments[at + 1 :]
        return "/".join((rest[0], *rest[1::2]))

    def is_type(self, resource_type: str) -> bool:
        """Whether this is a resource of exactly that type, ignoring case."""
        mine = self.resource_type
        return mine is not None and mine.casefold() == resource_type.casefold()

    def ancestor_of_type(self, resource_type: str) -> ResourceId | None:
        """This id cut off at the named type, e.g. the vault of a secret; none where it is not below one."""
        want = resource_type.casefold().split("/")
        at = self._provider_at()
        if at is None:
            return None
        rest = self.key[at + 1 :]
        if [rest[0], *rest[1 : 2 * len(want) - 1 : 2]] != want or len(rest) < 2 * len(want) - 1:
            return None
        return ResourceId(self._segments[: at + 2 * len(want)])

    def _after(self, keyword: str, index: int) -> str | None:
        if len(self.key) > index + 1 and self.key[index] == keyword:
            return self._segments[index + 1]
        return None

    def _provider_at(self) -> int | None:
        return _last_provider(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ResourceId) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"ResourceId({self.text!r})"


ROOT = ResourceId(())


def _last_provider(key: tuple[str, ...]) -> int | None:
    """Where the last `providers` stands. Words and names alternate, so one at an odd place is a name."""
    return next((at for at in range((len(key) - 2) & ~1, -1, -2) if key[at] == "providers"), None)


def _check_shape(text: str, segments: tuple[str, ...]) -> None:
    lowered = tuple(segment.lower() for segment in segments)
    if lowered[:1] == ("subscriptions",) and len(segments) < 2:
        raise InvalidResourceId(f"`{text}` names no subscription after `/subscriptions/`")
    at = _last_provider(lowered)
    if at is None:
        if len(segments) % 2:
            raise InvalidResourceId(f"`{text}` ends with a type and no name")
        return
    rest = segments[at + 1 :]
    if len(rest) < 3 or len(rest) % 2 == 0:
        raise InvalidResourceId(f"`{text}` must go on with `provider/type/name` after `/providers/`")
    if not _PROVIDER.fullmatch(rest[0]):
        raise InvalidResourceId(
            f"`{rest[0]}` in `{text}` is not a resource provider such as `Microsoft.KeyVault`"
        )


def subscription_scope(subscription_id: str) -> ResourceId:
    """``/subscriptions/{id}``."""
    return ResourceId(("subscriptions", subscription_id))


def group_scope(subscription_id: str, resource_group: str) -> ResourceId:
    """``/subscriptions/{id}/resourceGroups/{name}``."""
    return ResourceId(("subscriptions", subscription_id, "resourceGroups", resource_group))


def resource_scope(group: ResourceId, resource_type: str, *names: str) -> ResourceId:
    """The id of a resource in a group: ``resource_type`` has one more part than the names, the provider."""
    provider, *types = resource_type.split("/")
    pairs = tuple(part for pair in zip(types, names, strict=True) for part in pair)
    return ResourceId((*group.segments, "providers", provider, *pairs))
