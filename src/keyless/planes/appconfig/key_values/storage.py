"""How much a store's key-values and feature flags and their history take, and how much its tier lets them.

Rules:
- what counts is the UTF-8 of keys, labels, values, content types, descriptions and tags, of every key-value
  and every revision that is kept, expired or not;
- a sum of each kind lies beside them, and changes in the transaction of each change; it is added up once, at
  the first change of a store that has none yet;
- what would go beyond is not written. To delete, lock and unlock is let be, so that somebody can make room.

Source: https://learn.microsoft.com/azure/azure-app-configuration/faq
"""

from __future__ import annotations

import msgspec

from keyless.planes.appconfig.key_values.records import Kept, KeyValue, store_key
from keyless.store.ports import Collection, Reader, Transaction
from keyless.wire.errors import StorageFull


class Usage(msgspec.Struct, frozen=True):
    """How many bytes a store's records of one kind take, with their history."""

    bytes: int


USAGE = Collection("key-value-usage", Usage)
"""By (store, what kind of records it is of)."""


def size(record: KeyValue | None) -> int:
    """How many bytes a key-value counts; none is a deletion, which counts nothing."""
    if record is None:
        return 0
    tags = (text for tag in record.tags.items() for text in tag)
    texts = (record.key, record.label, record.value, record.content_type, record.description, *tags)
    return sum(len(text.encode()) for text in texts if text is not None)


async def used_bytes(reader: Reader, store_name: str) -> int:
    """How much of a store is used."""
    return sum(usage.bytes for _, usage in await reader.scan(USAGE, store_key(store_name)))


async def note(transaction: Transaction, store_name: str, kept: Kept, grown: int, most: int | None) -> None:
    """Keep the sum after a change by which it has grown; ``most`` is none where anything is let be.

    Raises:
        StorageFull: it has grown to more than the most.
    """
    place = (*store_key(store_name), kept.current.name)
    usage = await transaction.get(USAGE, place)
    own = await _added_up(transaction, store_name, kept) if usage is None else usage.bytes + grown
    await transaction.put(USAGE, place, Usage(max(own, 0)))
    if most is None or grown <= 0:
        return
    total = await used_bytes(transaction, store_name)
    if total > most:
        raise StorageFull(
            f"what store `{store_name}` holds, history included, may take {most:,} bytes in its tier, and "
            f"would take {total:,}: delete some, keep history for a shorter time, or choose a larger `sku`",
            most,
        )


async def _added_up(reader: Reader, store_name: str, kept: Kept) -> int:
    records = await reader.scan(kept.current, store_key(store_name))
    revisions = await reader.scan(kept.revisions, store_key(store_name))
    now = sum(size(record) for _, record in records)
    return now + sum(size(revision.became) for _, revision in revisions)
