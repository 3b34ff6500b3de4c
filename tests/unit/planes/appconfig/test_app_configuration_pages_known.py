"""What is remembered of pages that were shown never hides a change, whoever makes it, and holds no values."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from app_configuration_caller import Caller, make_store

from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.key_values.page_states import PageState, PageStates
from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.store.collections import STORES
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore


async def unchanged(caller: Caller, etag: str, path: str = "/kv") -> bool:
    return (await caller.get(path, headers={"If-None-Match": etag})).status == 304


async def test_a_page_that_was_shown_is_told_unchanged_until_something_in_it_is_written(
    caller: Caller,
) -> None:
    await caller.put("/kv/a", {"value": "1"})
    etag = (await caller.get("/kv")).etag
    assert await unchanged(caller, etag)
    await caller.put("/kv/a", {"value": "2"})
    assert not await unchanged(caller, etag)
    await caller.put("/kv/b", {"value": "2"})
    newer = (await caller.get("/kv")).etag
    await caller.delete("/kv/b")
    assert not await unchanged(caller, newer)


async def test_a_write_of_another_process_is_seen_behind_a_page_that_was_shown(
    caller: Caller, store: SqliteStore, tmp_path: Path, root_key: RootKey, now: int
) -> None:
    await caller.put("/kv/a", {"value": "1"})
    etag = (await caller.get("/kv")).etag
    assert await unchanged(caller, etag)
    with closing(SqliteStore(tmp_path / "store.db", root_key)) as other:
        await KeyValues(other).set(make_store().name, Name("a"), Content("2"), now)
    store.refresh()
    assert not await unchanged(caller, etag)


async def test_a_page_of_one_store_says_nothing_of_anothers(caller: Caller, store: SqliteStore) -> None:
    other = make_store("contoso-other")
    async with store.transaction() as transaction:
        await transaction.put(STORES, (other.name,), other)
    await caller.put("/kv/a", {"value": "1"})
    etag = (await caller.get("/kv")).etag
    assert await unchanged(caller, etag)
    assert not await unchanged(caller.of(other), etag)


async def test_a_question_about_the_past_is_answered_from_the_past(caller: Caller) -> None:
    await caller.put("/kv/a", {"value": "1"})
    etag = (await caller.get("/kv")).etag
    past = {"Accept-Datetime": "Sat, 12 May 2018 02:10:00 GMT", "If-None-Match": etag}
    answer = await caller.get("/kv", headers=past)
    assert (answer.status, answer.keys) == (200, [])
    assert await unchanged(caller, etag)


async def test_an_unchanged_page_still_says_where_the_next_one_is(caller: Caller) -> None:
    for number in range(100):
        await caller.put(f"/kv/{number:03}", {"value": "1"})
    page = await caller.get("/kv", key="0*")
    for _ in range(2):
        answer = await caller.get("/kv", key="0*", headers={"If-None-Match": page.etag})
        assert answer.status == 304
        assert answer.headers["link"] == f'<{page.body["@nextLink"]}>; rel="next"'


async def test_no_value_is_remembered_with_a_page(caller: Caller) -> None:
    await caller.put("/kv/a", {"value": "a planted value"})
    await caller.get("/kv")
    service = caller.plane.service
    assert isinstance(service, Configuration)
    assert "planted" not in repr(vars(service.pages))


def test_only_so_many_pages_are_remembered() -> None:
    states = PageStates(lambda: 1)
    for number in range(10_000):
        states.keep("store", f"key={number}", PageState("etag", None), 1)
    known = sum(states.known("store", f"key={number}") is not None for number in range(10_000))
    assert 0 < known <= 4096


def test_a_page_is_not_remembered_by_a_long_query() -> None:
    states = PageStates(lambda: 1)
    states.keep("store", "key=" + "k" * 3000, PageState("etag", None), 1)
    assert states.known("store", "key=" + "k" * 3000) is None
