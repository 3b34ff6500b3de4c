"""Transactions and revisions: all or nothing, seen when committed, never stale after `refresh`."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from keyless.store.ports import Collection, Store

Notes = Collection[Any]


class Broken(Exception):
    """Goes wrong in the middle of a transaction."""


async def put(store: Store, collection: Notes, key: str, record: Any) -> None:
    async with store.transaction() as transaction:
        await transaction.put(collection, (key,), record)


async def test_an_error_takes_back_everything(store: Store, notes: Notes, secrets: Notes, note: Any) -> None:
    await put(store, notes, "a", note("before"))
    revision = store.revision(notes)

    async def write_and_break() -> None:
        async with store.transaction() as transaction:
            await transaction.put(notes, ("a",), note("after"))
            await transaction.put(secrets, ("b",), note("after"))
            await transaction.delete(notes, ("a",))
            raise Broken

    with pytest.raises(Broken):
        await write_and_break()
    store.refresh()
    assert await store.get(notes, ("a",)) == note("before")
    assert await store.get(secrets, ("b",)) is None
    assert store.revision(notes) == revision


async def test_a_store_goes_on_after_an_error(store: Store, notes: Notes, note: Any) -> None:
    with pytest.raises(Broken):
        async with store.transaction():
            raise Broken
    await put(store, notes, "a", note("1"))
    assert await store.get(notes, ("a",)) == note("1")


async def test_a_cancelled_transaction_takes_back_everything(store: Store, notes: Notes, note: Any) -> None:
    reached, never = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with store.transaction() as transaction:
            await transaction.put(notes, ("a",), note("1"))
            reached.set()
            await never.wait()

    task = asyncio.create_task(write())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await put(store, notes, "b", note("2"))
    assert [key for key, _ in await store.scan(notes)] == [("b",)]


async def test_what_is_not_committed_is_seen_by_nobody_else(
    store: Store, other: Store, notes: Notes, note: Any
) -> None:
    await put(store, notes, "a", note("1"))
    other.refresh()
    async with store.transaction() as transaction:
        await transaction.put(notes, ("a",), note("2"))
        await transaction.put(notes, ("b",), note("2"))
        for reader in (store, other):
            reader.refresh()
            assert await reader.get(notes, ("a",)) == note("1")
            assert await reader.get(notes, ("b",)) is None
            assert [key for key, _ in await reader.scan(notes)] == [("a",)]
        assert await transaction.get(notes, ("a",)) == note("2")


async def test_ones_own_commit_is_seen_at_once(store: Store, notes: Notes, note: Any) -> None:
    assert await store.get(notes, ("a",)) is None
    await put(store, notes, "a", note("1"))
    assert await store.get(notes, ("a",)) == note("1")
    await put(store, notes, "a", note("2"))
    assert await store.get(notes, ("a",)) == note("2")


@pytest.mark.parametrize("sealed", [False, True])
async def test_another_objects_commit_is_seen_after_refresh(
    store: Store, other: Store, notes: Notes, secrets: Notes, note: Any, sealed: bool
) -> None:
    collection = secrets if sealed else notes
    for number in range(3):
        await put(store, collection, "a", note(str(number)))
        other.refresh()
        assert await other.get(collection, ("a",)) == note(str(number))
        assert await other.get(collection, ("b",)) is None
    await put(store, collection, "b", note("now"))
    other.refresh()
    assert await other.get(collection, ("b",)) == note("now")
    async with store.transaction() as transaction:
        await transaction.delete(collection, ("a",))
    other.refresh()
    assert await other.get(collection, ("a",)) is None


async def test_what_is_remembered_is_never_stale_after_refresh(
    store: Store, other: Store, notes: Notes, note: Any
) -> None:
    """Reads of every age stand between the writes, so that memories of every age could be wrong."""
    stores = (store, other)
    truth: dict[str, Any] = {}
    for step in range(60):
        writer, reader = stores[step % 2], stores[step // 2 % 2]
        key = "abc"[step % 3]
        if step % 5 == 4:
            async with writer.transaction() as transaction:
                await transaction.delete(notes, (key,))
            truth.pop(key, None)
        else:
            truth[key] = note(str(step))
            await put(writer, notes, key, truth[key])
        await stores[step % 2].get(notes, ("abc"[step // 3 % 3],))
        reader.refresh()
        for known in "abc":
            assert await reader.get(notes, (known,)) == truth.get(known)


async def test_refresh_moves_with_every_commit_and_not_without(
    store: Store, other: Store, notes: Notes, note: Any
) -> None:
    for observer in (store, other):
        before = observer.refresh()
        assert observer.refresh() == before
        await put(store, notes, "a", note("1"))
        assert observer.refresh() != before
        before = observer.refresh()
        await put(other, notes, "a", note("2"))
        assert observer.refresh() != before


async def test_a_revision_rises_with_a_commit_that_touched_its_collection_alone(
    store: Store, other: Store, notes: Notes, secrets: Notes, note: Any
) -> None:
    other.refresh()
    assert other.revision(notes) == 0
    for number in (1, 2, 3):
        untouched = other.revision(secrets)
        await put(store, notes, "a", note(str(number)))
        assert other.revision(notes) == number - 1
        other.refresh()
        assert other.revision(notes) == store.revision(notes) == number
        assert other.revision(secrets) == untouched


async def test_a_delete_raises_the_revision_too(store: Store, notes: Notes, note: Any) -> None:
    await put(store, notes, "a", note("1"))
    before = store.revision(notes)
    async with store.transaction() as transaction:
        await transaction.delete(notes, ("a",))
    assert store.revision(notes) > before


async def test_a_transaction_that_writes_nothing_raises_no_revision(store: Store, notes: Notes) -> None:
    before = store.revision(notes)
    async with store.transaction() as transaction:
        assert await transaction.get(notes, ("a",)) is None
    store.refresh()
    assert store.revision(notes) == before


async def test_writers_in_one_process_take_turns(store: Store, notes: Notes, note: Any) -> None:
    async def count() -> None:
        async with store.transaction() as transaction:
            found = await transaction.get(notes, ("n",))
            await asyncio.sleep(0)
            await transaction.put(notes, ("n",), note(str(int(found.text) + 1 if found else 1)))

    await asyncio.gather(*(count() for _ in range(20)))
    assert await store.get(notes, ("n",)) == note("20")


async def test_what_was_committed_is_there_when_the_store_is_opened_again(
    open_store: Any, notes: Notes, secrets: Notes, note: Any
) -> None:
    first = open_store()
    await put(first, notes, "a", note("1"))
    await put(first, secrets, "a", note("2"))
    first.close()
    again = open_store()
    assert await again.get(notes, ("a",)) == note("1")
    assert await again.get(secrets, ("a",)) == note("2")
    assert again.revision(notes) == 1


async def test_what_was_touched_since_a_revision_is_told_or_not_known(
    store: Store, notes: Notes, secrets: Notes, note: Any
) -> None:
    store.refresh()
    revision = store.revision(notes)
    await put(store, notes, "a", note("1"))
    await put(store, notes, "b", note("1"))
    await put(store, secrets, "c", note("1"))
    async with store.transaction() as transaction:
        await transaction.delete(notes, ("a",))
    store.refresh()
    assert store.changed_since(notes, revision) in (frozenset({("a",), ("b",)}), None)
    assert store.changed_since(notes, store.revision(notes)) in (frozenset(), None)
