"""How much a store's key-values and feature flags and their history take, and how much its tier lets them.

Rules:
- what counts is the UTF-8 of keys, labels, values, content types, descriptions and tags, of every key-value
  and of every revision that was written down within the time that the store keeps history for;
- sums lie beside them, and change in the transaction of each change: one of what there is, and one for each
  day of the history, so that what expires counts no more without that anybody looks for it. That is seen
  when its day (in UTC) is over;
- a store that has no sums yet is added up at its first change;
- what would go beyond is not written. To delete and unlock is let be, so that somebody can make room; to lock
  is not, or who does both by turns could go beyond as far as they like.

Source: https://learn.microsoft.com/azure/azure-app-configuration/faq
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from keyless.planes.appconfig.key_values.records import Kept, KeyValue, Name, Revision, store_key
from keyless.planes.appconfig.key_values.rules import content_of, size_of
from keyless.store.ports import Collection, Key, Reader, Transaction
from keyless.wire.errors import StorageFull

_DAY_S = 24 * 60 * 60


class Usage(msgspec.Struct, frozen=True):
    """How many bytes a store's records of one kind take, as they are or in a day of their history."""

    bytes: int


USAGE = Collection("key-value-usage", Usage)
"""By (store, what kind of records it is of), and of its history by (store, kind, day since the epoch)."""


class Change(NamedTuple):
    """What a change made of a key-value, what of its history was purged, and since when history is kept."""

    before: KeyValue | None
    revision: Revision
    purged: Sequence[Revision]
    kept_since: int


def size(record: KeyValue | None) -> int:
    """How many bytes a key-value counts; none is a deletion, which counts nothing."""
    return 0 if record is None else size_of(Name(record.key, record.label), content_of(record))


async def used_bytes(reader: Reader, store_name: str, kept_since: int) -> int:
    """How much of a store is used, by a history that is kept since then (epoch seconds)."""
    sums = await reader.scan(USAGE, store_key(store_name))
    return sum(usage.bytes for place, usage in sums if not _is_over(place, kept_since))


async def note(
    transaction: Transaction, store_name: str, kept: Kept, change: Change, most: int | None
) -> None:
    """Keep the sums after a change; ``most`` is none where anything is let be.

    Raises:
        StorageFull: it has grown to more than the most.
    """
    place = (*store_key(store_name), kept.current.name)
    if await transaction.get(USAGE, place) is None:
        await _add_up(transaction, store_name, kept)
        grown = size(change.revision.became)
    else:
        grown = await _add(transaction, place, change)
    if most is None or grown <= 0:
        return
    total = await used_bytes(transaction, store_name, change.kept_since)
    if total > most:
        raise StorageFull(
            f"what store `{store_name}` holds, history included, may take {most:,} bytes in its tier, and "
            f"would take {total:,}: delete some, keep history for a shorter time, or choose a larger `sku`",
            most,
        )


async def _add(transaction: Transaction, place: Key, change: Change) -> int:
    """Add a change to the sums; by how much all of them together have grown."""
    became = size(change.revision.became)
    changes = Counter({place: became - size(change.before)})
    changes[_of_day(place, change.revision)] += became
    for gone in change.purged:
        changes[_of_day(place, gone)] -= size(gone.became)
    for each, grown in changes.items():
        await _change(transaction, each, grown, change.kept_since)
    return changes.total()


async def _change(transaction: Transaction, place: Key, grown: int, kept_since: int) -> None:
    """Change a sum. A day's is there while it is more than nothing, and goes with those before the time."""
    usage = await transaction.get(USAGE, place)
    total = max(grown + (usage.bytes if usage is not None else 0), 0)
    if total or len(place) == 2:
        await transaction.put(USAGE, place, Usage(total))
    elif usage is not None:
        await transaction.delete(USAGE, place)
    if usage is None and grown > 0:  # a new day has begun
        for other, _ in await transaction.scan(USAGE, place[:2]):
            if _is_over(other, kept_since):
                await transaction.delete(USAGE, other)


async def _add_up(transaction: Transaction, store_name: str, kept: Kept) -> None:
    place = (*store_key(store_name), kept.current.name)
    records = await transaction.scan(kept.current, store_key(store_name))
    sums = Counter({place: sum(size(record) for _, record in records)})
    for _, revision in await transaction.scan(kept.revisions, store_key(store_name)):
        sums[_of_day(place, revision)] += size(revision.became)
    for each, total in sums.items():
        await transaction.put(USAGE, each, Usage(total))


def _of_day(place: Key, revision: Revision) -> Key:
    """Where the sum of a revision's day lies."""
    return (*place, str(revision.at // _DAY_S))


def _is_over(place: Key, kept_since: int) -> bool:
    """Whether a sum is of a day of which no history is kept any more."""
    return len(place) > 2 and int(place[2]) < kept_since // _DAY_S
