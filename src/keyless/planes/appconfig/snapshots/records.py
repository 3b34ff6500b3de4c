"""Snapshots and what is in them, as the store keeps them.

Rules:
- a snapshot lies under (store, name); names compare with case;
- the key-values in it lie under (store, name, page), a page of them to a record, as they are given out. They
  are copies: nothing that becomes of the key-values reaches them;
- both are sealed, as the key-values themselves are.
"""

from __future__ import annotations

import msgspec

from keyless.planes.appconfig.key_values.records import KeyValue, store_key
from keyless.store.ports import Collection, Key

READY, ARCHIVED, FAILED, PROVISIONING = "ready", "archived", "failed", "provisioning"
STATUSES = (PROVISIONING, READY, ARCHIVED, FAILED)
KEY, KEY_LABEL = "key", "key_label"

_DIGITS = 6


class Filter(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which key-values a snapshot is made of, in the words that it was asked for in; no label means none."""

    key: str
    label: str | None = None
    tags: tuple[str, ...] = ()


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """One snapshot. Times are epoch seconds; ``expires_at`` is none while it stays.

    ``failure`` is the code of what stood in its way, where it failed.
    """

    name: str
    filters: tuple[Filter, ...]
    etag: str
    status: str
    created_at: int
    modified_at: int
    retention_s: int
    composition: str = KEY
    tags: dict[str, str | None] = {}
    description: str | None = None
    size_bytes: int = 0
    items_count: int = 0
    expires_at: int | None = None
    failure: str = ""

    def there(self, now: int) -> bool:
        """Whether it has not expired."""
        return self.expires_at is None or now < self.expires_at


class SnapshotPage(msgspec.Struct, frozen=True):
    """Some of the key-values of a snapshot, as they were when it was made."""

    items: tuple[KeyValue, ...]


SNAPSHOTS = Collection("snapshots", Snapshot, sealed=True)
"""By (store, name)."""
SNAPSHOT_PAGES = Collection("snapshot-pages", SnapshotPage, sealed=True)
"""By (store, name, page)."""


def snapshot_key(store_name: str, name: str) -> Key:
    """Where a snapshot lies, and its pages below."""
    return (*store_key(store_name), name)


def page_key(store_name: str, name: str, number: int) -> Key:
    """Where a page of a snapshot lies; the first is number 0."""
    return (*snapshot_key(store_name, name), f"{number:0{_DIGITS}d}")
