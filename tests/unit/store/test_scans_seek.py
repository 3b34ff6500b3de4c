"""A page costs what is in it, wherever in a list it lies."""

from __future__ import annotations

import msgspec

from keyless.store.ports import Collection
from keyless.store.sqlite.store import SqliteStore


class Note(msgspec.Struct, frozen=True):
    """Something to store."""

    text: str


NOTES = Collection("scanned-notes", Note)
COUNT = 3000


async def test_a_scan_begins_where_it_is_asked_to_and_passes_over_nothing(store: SqliteStore) -> None:
    async with store.transaction() as transaction:
        for number in range(COUNT):
            await transaction.put(NOTES, ("list", f"{number:05}"), Note("x"))
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    async def cost(after: int) -> int:
        nonlocal steps
        steps = 0
        page = await store.scan(NOTES, ("list",), after=("list", f"{after:05}"), limit=10)
        assert [key[1] for key, _ in page] == [f"{number:05}" for number in range(after + 1, after + 11)]
        return steps

    store._reader.set_progress_handler(step, 10)
    at_first, at_last = await cost(0), await cost(COUNT - 20)
    assert at_last <= at_first + 5
