"""Which key-values a snapshot is made of.

Rules:
- every filter chooses on its own, and a filter without a label those that have none;
- composed by `key`, a snapshot has a key once: of several filters that choose it the last one's counts;
- composed by `key_label`, it has everything that a filter chooses, once;
- they come in the order of their keys, then of their labels.

Source: https://learn.microsoft.com/azure/azure-app-configuration/howto-create-snapshots#create-a-snapshot
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from keyless.planes.appconfig.filters import NO_LABEL, parse_filter, parse_tag_filter
from keyless.planes.appconfig.key_values.listing import Wanted, every_key_value
from keyless.planes.appconfig.key_values.records import KeyValue
from keyless.planes.appconfig.key_values.storage import size
from keyless.planes.appconfig.snapshots.records import KEY, Filter
from keyless.store.ports import Reader


class TooLarge(Exception):
    """What the filters choose is more than a snapshot can hold."""


def wanted(chosen: Filter) -> Wanted:
    """The key-values that a filter chooses.

    Raises:
        FilterError: it is no filter.
    """
    return Wanted(
        keys=parse_filter(chosen.key),
        labels=parse_filter(chosen.label or NO_LABEL),
        tags=tuple(parse_tag_filter(tag) for tag in chosen.tags),
    )


async def composed(
    reader: Reader, store_name: str, filters: Sequence[Filter], composition: str, max_bytes: int
) -> tuple[list[KeyValue], int]:
    """The key-values that the filters choose as they are now, and how many bytes they have.

    Raises:
        TooLarge: they have more bytes than they may.
    """
    chosen: dict[tuple[str, str], KeyValue] = {}
    total = 0
    async for record in _chosen(reader, store_name, reversed(filters)):
        place = (record.key, "" if composition == KEY else record.label or "")
        if place in chosen:
            continue
        chosen[place] = record
        total += size(record)
        if total > max_bytes:
            raise TooLarge
    return [chosen[place] for place in sorted(chosen, key=_utf8)], total


async def _chosen(reader: Reader, store_name: str, filters: Iterable[Filter]) -> AsyncIterator[KeyValue]:
    for one in filters:
        async for found in every_key_value(reader, store_name, wanted(one)):
            for record in found:
                yield record


def _utf8(place: tuple[str, str]) -> tuple[bytes, bytes]:
    key, label = place
    return key.encode(), label.encode()
