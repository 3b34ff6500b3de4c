"""Records: what is written is read, in the order of the keys, as much of it as was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from keyless.store.ports import Collection, Key, Store

Notes = Collection[Any]


async def put_all(store: Store, collection: Notes, records: dict[Key, Any]) -> None:
    async with store.transaction() as transaction:
        for key, record in records.items():
            await transaction.put(collection, key, record)


async def keys_of(store: Store, collection: Notes, prefix: Key = (), **limits: Any) -> list[Key]:
    return [key for key, _ in await store.scan(collection, prefix, **limits)]


async def test_what_is_not_there_is_none(store: Store, notes: Notes) -> None:
    assert await store.get(notes, ("a",)) is None
    assert list(await store.scan(notes)) == []


@pytest.mark.parametrize("sealed", [False, True])
async def test_a_record_comes_back_as_it_was_written(
    store: Store, notes: Notes, secrets: Notes, note: Any, sealed: bool
) -> None:
    collection = secrets if sealed else notes
    written = note("naïve ☃ \x00\x01", ("x", ""))
    await put_all(store, collection, {("a", "b"): written})
    assert await store.get(collection, ("a", "b")) == written
    assert await store.get(collection, ("a", "b")) == written
    assert list(await store.scan(collection)) == [(("a", "b"), written)]


async def test_writing_again_replaces(store: Store, notes: Notes, note: Any) -> None:
    await put_all(store, notes, {("a",): note("1")})
    await put_all(store, notes, {("a",): note("2")})
    assert list(await store.scan(notes)) == [(("a",), note("2"))]


async def test_a_deleted_record_is_gone_and_may_be_deleted_again(
    store: Store, notes: Notes, note: Any
) -> None:
    await put_all(store, notes, {("a",): note("1"), ("b",): note("2")})
    for _ in range(2):
        async with store.transaction() as transaction:
            await transaction.delete(notes, ("a",))
    assert await store.get(notes, ("a",)) is None
    assert await keys_of(store, notes) == [("b",)]


async def test_collections_are_apart(store: Store, notes: Notes, secrets: Notes, note: Any) -> None:
    await put_all(store, notes, {("a",): note("clear")})
    await put_all(store, secrets, {("a",): note("sealed")})
    assert await store.get(notes, ("a",)) == note("clear")
    assert await store.get(secrets, ("a",)) == note("sealed")
    assert await keys_of(store, notes) == [("a",)]


AWKWARD: tuple[Key, ...] = (
    ("", "b"),
    ("\x00",),
    ("\x00\x00",),
    ("\x00\x01",),
    ("\x01",),
    ("\x01\x00",),
    ("\x02",),
    ("a",),
    ("a", ""),
    ("a", "b"),
    ("a", "b", "c"),
    ("a\x00",),
    ("a\x00", "b"),
    ("a\x01",),
    ("a b",),
    ("a/b",),
    ("ab",),
    ("b",),
    ("é",),
    ("é", "x"),
    ("\uffff",),
    ("𝄞",),
    ("\U0010ffff", "last"),
)


async def test_keys_come_in_the_order_of_their_bytes_part_by_part(
    store: Store, notes: Notes, note: Any
) -> None:
    await put_all(store, notes, {key: note(repr(key)) for key in reversed(AWKWARD)})
    found = await store.scan(notes)
    assert [key for key, _ in found] == sorted(AWKWARD, key=lambda key: tuple(part.encode() for part in key))
    assert all(record == note(repr(key)) for key, record in found)


@pytest.mark.parametrize("key", AWKWARD)
async def test_a_prefix_finds_whole_parts(store: Store, notes: Notes, note: Any, key: Key) -> None:
    await put_all(store, notes, {known: note("x") for known in AWKWARD})
    expected = [k for k in AWKWARD if k[: len(key)] == key]
    assert sorted(await keys_of(store, notes, key)) == sorted(expected)
    assert await store.get(notes, key) == note("x")


async def test_starting_narrows_the_part_after_the_prefix(store: Store, notes: Notes, note: Any) -> None:
    wanted = [("v", "app"), ("v", "app", "1"), ("v", "apple"), ("v", "app\x00")]
    others = [("v", "ap"), ("v", "b"), ("v2", "app"), ("app",), ("v",)]
    await put_all(store, notes, {key: note("x") for key in (*wanted, *others)})
    assert sorted(await keys_of(store, notes, ("v",), starting="app")) == sorted(wanted)
    assert await keys_of(store, notes, ("v",), starting="app\x00") == [("v", "app\x00")]
    assert await keys_of(store, notes, starting="v2") == [("v2", "app")]


async def test_after_leaves_out_everything_up_to_and_including_a_key(
    store: Store, notes: Notes, note: Any
) -> None:
    await put_all(store, notes, {("v", letter): note(letter) for letter in "abcd"})
    assert await keys_of(store, notes, ("v",), after=("v", "b")) == [("v", "c"), ("v", "d")]
    assert await keys_of(store, notes, ("v",), after=("v", "bb")) == [("v", "c"), ("v", "d")]
    assert await keys_of(store, notes, ("v",), after=("v", "d")) == []
    assert await keys_of(store, notes, ("v",), after=("a",)) == await keys_of(store, notes, ("v",))


async def test_after_a_key_come_those_below_it(store: Store, notes: Notes, note: Any) -> None:
    await put_all(store, notes, {("a",): note("1"), ("a", "b"): note("2"), ("b",): note("3")})
    assert await keys_of(store, notes, after=("a",)) == [("a", "b"), ("b",)]


async def test_a_limit_bounds_the_records(store: Store, notes: Notes, note: Any) -> None:
    await put_all(store, notes, {(letter,): note(letter) for letter in "abc"})
    assert await keys_of(store, notes, limit=2) == [("a",), ("b",)]
    assert await keys_of(store, notes, limit=0) == []
    assert await keys_of(store, notes, limit=9) == [("a",), ("b",), ("c",)]


async def test_pages_of_any_size_make_up_the_whole(store: Store, notes: Notes, note: Any) -> None:
    await put_all(store, notes, {key: note("x") for key in AWKWARD})
    whole = await keys_of(store, notes)
    for size in (1, 2, 7):
        paged: list[Key] = []
        while page := await keys_of(store, notes, after=paged[-1] if paged else None, limit=size):
            paged += page
        assert paged == whole


@pytest.mark.parametrize("sealed", [False, True])
async def test_a_large_record_comes_back_whole(
    store: Store, other: Store, notes: Notes, secrets: Notes, note: Any, sealed: bool
) -> None:
    collection = secrets if sealed else notes
    large = note("0123456789abcdef" * 262_144)
    await put_all(store, collection, {("a",): large})
    other.refresh()
    assert await other.get(collection, ("a",)) == large


async def test_a_transaction_scans_what_it_wrote(store: Store, notes: Notes, note: Any) -> None:
    await put_all(store, notes, {("a",): note("1"), ("c",): note("3")})
    async with store.transaction() as transaction:
        await transaction.put(notes, ("b",), note("2"))
        await transaction.delete(notes, ("a",))
        assert [key for key, _ in await transaction.scan(notes, after=("a",), limit=1)] == [("b",)]
        assert await transaction.get(notes, ("a",)) is None
        assert await transaction.get(notes, ("b",)) == note("2")
