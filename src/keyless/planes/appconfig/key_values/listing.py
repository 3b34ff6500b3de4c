"""Lists of key-values, keys, labels and revisions, as they are now or were at a time.

Rules:
- key-values come in the order of their keys, then of their labels (by UTF-8, one without a label first);
- revisions come in that order too, and of each key-value the newest first; deletions are not listed;
- at a point in time a key-value is what its newest revision up to then made of it;
- a revision that has expired is not listed any more, unless it is what the key-value still is.

Only what a key filter can match is read: by prefix, or key by key. A list that reads many lets other requests
go on in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from keyless.planes.appconfig.filters import EVERYTHING, TagFilter, TextFilter
from keyless.planes.appconfig.key_values.records import (
    AS_KEY_VALUES,
    BEHIND_ALL_REVISIONS,
    Kept,
    KeyValue,
    Name,
    Revision,
    name_of,
    store_key,
)
from keyless.planes.appconfig.paging import ITEMS_PER_PAGE, Page
from keyless.store.ports import Collection, Key, Reader

T = TypeVar("T")
_LARGEST_BATCH = 1024
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which key-values are meant: every filter must match. ``at`` is epoch seconds; none means now.

    ``kept`` is where they are kept: what is kept as key-values are is listed as they are.
    """

    keys: TextFilter = EVERYTHING
    labels: TextFilter = EVERYTHING
    tags: tuple[TagFilter, ...] = ()
    at: float | None = None
    kept: Kept = AS_KEY_VALUES

    def names(self, name: Name) -> bool:
        """Whether the filters of keys and labels match."""
        return self.labels.matches(name.label) and self.keys.matches(name.key)

    def holds(self, record: KeyValue) -> bool:
        """Whether the tag filters match."""
        return all(record.tags.get(tag.name, _ABSENT) == tag.value for tag in self.tags)

    def means(self, record: KeyValue) -> bool:
        """Whether every filter matches."""
        return (
            self.keys.matches(record.key)
            and self.labels.matches(record.label)
            and (not self.tags or self.holds(record))
        )


async def page_of_key_values(
    reader: Reader, store_name: str, wanted: Wanted, after: Key | None
) -> Page[KeyValue]:
    """A page of key-values; places are (key, label)."""
    items: list[KeyValue] = []
    async for found in every_key_value(reader, store_name, wanted, after):
        items += found
        if len(items) >= ITEMS_PER_PAGE:
            page = items[:ITEMS_PER_PAGE]
            return Page(page, (page[-1].key, page[-1].label or ""))
    return Page(items)


async def page_of_keys(
    reader: Reader, store_name: str, wanted: Wanted, after: Key | None
) -> Page[str | None]:
    """A page of keys, each once; places are (key,)."""
    last = after[0] if after else None
    items: list[str | None] = []
    async for found in every_key_value(reader, store_name, wanted, (last, "") if last is not None else None):
        for record in found:
            if record.key != last:
                last = record.key
                items.append(last)
                if len(items) == ITEMS_PER_PAGE:
                    return Page(items, (last,))
    return Page(items)


async def page_of_labels(
    reader: Reader, store_name: str, wanted: Wanted, after: Key | None
) -> Page[str | None]:
    """A page of labels, each once, no label first; places are (label,)."""
    found: set[str] = set()
    async for records in every_key_value(reader, store_name, wanted, None):
        found.update(record.label or "" for record in records)
    rest = sorted(label for label in found if after is None or label > after[0])
    page = rest[:ITEMS_PER_PAGE]
    return Page([label or None for label in page], (page[-1],) if len(page) == ITEMS_PER_PAGE else None)


async def page_of_revisions(
    reader: Reader, store_name: str, wanted: Wanted, after: Key | None, expired_before: int
) -> Page[KeyValue]:
    """A page of revisions; places are (key, label, place). ``expired_before`` is epoch seconds."""
    items: list[KeyValue] = []
    previous = name_of((store_name, *after)) if after else None
    async for place, revision in _revisions(reader, store_name, wanted, after):
        newest, previous = name_of(place) != previous, name_of(place)
        record = revision.became
        if record is None or (revision.at < expired_before and not newest) or not wanted.holds(record):
            continue
        items.append(record)
        if len(items) == ITEMS_PER_PAGE:
            return Page(items, place[1:])
    return Page(items)


async def key_value_at(
    reader: Reader, store_name: str, name: Name, at: float, kept: Kept = AS_KEY_VALUES
) -> KeyValue | None:
    """What a key-value was at a time (epoch seconds); none where there was none."""
    prefix = (*store_key(store_name), name.key, name.label or "")
    async for _, revision in walk(reader, kept.revisions, prefix):
        if revision.at <= at:
            return revision.became
    return None


async def every_key_value(
    reader: Reader, store_name: str, wanted: Wanted, after: Key | None = None
) -> AsyncIterator[list[KeyValue]]:
    """Every key-value that is wanted, behind the place (key, label), some at a time."""
    if wanted.at is not None:
        async for record in _as_of(reader, store_name, wanted, after):
            if wanted.holds(record):
                yield [record]
        return
    for stretch in _stretches(store_name, wanted.keys, after):
        async for batch in _batches(reader, wanted.kept.current, *stretch):
            yield [record for _, record in batch if wanted.means(record)]


async def _as_of(
    reader: Reader, store_name: str, wanted: Wanted, after: Key | None
) -> AsyncIterator[KeyValue]:
    """What the newest revision of each key-value, up to the point in time, made of it."""
    settled: Name | None = None
    behind = (*after, BEHIND_ALL_REVISIONS) if after else None
    async for place, revision in _revisions(reader, store_name, wanted, behind):
        name = name_of(place)
        if name != settled and revision.became is not None:
            yield revision.became
        settled = name


async def _revisions(
    reader: Reader, store_name: str, wanted: Wanted, after: Key | None
) -> AsyncIterator[tuple[Key, Revision]]:
    """The revisions of what is wanted, tags aside, up to its point in time."""
    for stretch in _stretches(store_name, wanted.keys, after):
        async for place, revision in walk(reader, wanted.kept.revisions, *stretch):
            if wanted.names(name_of(place)) and (wanted.at is None or revision.at <= wanted.at):
                yield place, revision


def _stretches(store_name: str, keys: TextFilter, after: Key | None) -> Iterator[tuple[Key, str, Key | None]]:
    """The stretches of a collection that a key filter can match: prefix, beginning, and behind what."""
    store = store_key(store_name)
    behind = (*store, *after) if after else None
    if keys.values is None:
        yield store, keys.prefix, behind
        return
    for key in sorted(key for key in keys.values if key is not None):
        if after is None or key > after[0]:
            yield (*store, key), "", None
        elif key == after[0]:
            yield (*store, key), "", behind


async def walk(
    reader: Reader,
    collection: Collection[T],
    prefix: Key,
    starting: str = "",
    after: Key | None = None,
) -> AsyncIterator[tuple[Key, T]]:
    """Every record of a stretch."""
    async for batch in _batches(reader, collection, prefix, starting, after):
        for found in batch:
            yield found


async def _batches(
    reader: Reader,
    collection: Collection[T],
    prefix: Key,
    starting: str = "",
    after: Key | None = None,
) -> AsyncIterator[Sequence[tuple[Key, T]]]:
    """The records of a stretch in batches: a page at first, more where few of them are wanted."""
    limit = ITEMS_PER_PAGE
    while True:
        batch = await reader.scan(collection, prefix, starting=starting, after=after, limit=limit)
        yield batch
        if len(batch) < limit:
            return
        await asyncio.sleep(0)
        after = batch[-1][0]
        limit = min(2 * limit, _LARGEST_BATCH)
