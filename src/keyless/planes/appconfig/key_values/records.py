"""Key-values and their revisions, as the store keeps them.

Rules:
- key-values lie under (store, key, label), so that a scan gives them in the order of keys, then of labels,
  one without a label first;
- revisions lie under (store, key, label, place), the newest first;
- both are sealed: settings often hold what should have been a secret.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from keyless.store.ports import Collection, Key

_LAST = 2**63 - 1
_WRITES_A_SECOND = 2**20
BEHIND_ALL_REVISIONS = "~"  # sorts behind every place of a revision, which is written in digits


class KeyValue(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """One key-value. ``modified_at`` is epoch seconds; ``label`` none where it has none."""

    key: str
    value: str | None
    etag: str
    modified_at: int
    label: str | None = None
    content_type: str | None = None
    tags: dict[str, str | None] = {}
    description: str | None = None
    locked: bool = False

    def __repr__(self) -> str:
        """Its name: the value may be a secret."""
        return f"KeyValue({self.key!r}, label={self.label!r}, …)"


class Revision(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What a key-value became, and when (epoch seconds); ``became`` is none where it was deleted."""

    at: int
    became: KeyValue | None = None


KEY_VALUES = Collection("key-values", KeyValue, sealed=True)
"""By (store, key, label)."""
REVISIONS = Collection("key-value-revisions", Revision, sealed=True)
"""By (store, key, label, place)."""


class Kept(NamedTuple):
    """Where the store keeps one kind of what is kept so: as it is, and as it became."""

    current: Collection[KeyValue]
    revisions: Collection[Revision]


AS_KEY_VALUES = Kept(KEY_VALUES, REVISIONS)


class Name(NamedTuple):
    """What a key-value is known by within its store."""

    key: str
    label: str | None = None


def store_key(store_name: str) -> Key:
    """What the records of one configuration store lie under."""
    return (store_name.casefold(),)


def key_value_key(store_name: str, name: Name) -> Key:
    """Where a key-value lies. No label and an empty one are the same."""
    return (*store_key(store_name), name.key, name.label or "")


def name_of(record_key: Key) -> Name:
    """The name of the key-value that a record (its own, or a revision) is of."""
    return Name(record_key[1], record_key[2] or None)


def revision_place(at: int, newest: str | None) -> str:
    """The place of a new revision: before ``newest``, and before all that are older than ``at``."""
    order = at * _WRITES_A_SECOND
    if newest is not None:
        order = max(order, _LAST - int(newest) + 1)
    return _place(order)


def places_before(at: int) -> str:
    """A place in front of every revision made before ``at``, and behind every one made since."""
    return _place(at * _WRITES_A_SECOND)


def _place(order: int) -> str:
    return f"{_LAST - order:019d}"
