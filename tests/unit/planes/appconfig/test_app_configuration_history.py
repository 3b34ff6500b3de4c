"""Revisions, and lists as they were at a time."""

from __future__ import annotations

import datetime as dt

import pytest
from app_configuration_caller import Caller
from msgspec import structs

from keyless.lifecycle.store_tiers import REVISION_RETENTION
from keyless.planes.appconfig.key_values.listing import Wanted
from keyless.planes.appconfig.key_values.records import REVISIONS, Name, key_value_key
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.store.collections import STORES
from keyless.store.sqlite.store import SqliteStore

DAY_S = 24 * 60 * 60
RETENTION_S = 30 * DAY_S


def _at(now: int) -> dict[str, str]:
    return {"Accept-Datetime": dt.datetime.fromtimestamp(now, dt.UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")}


async def _values(caller: Caller, **query: object) -> list[tuple[str, str | None, str]]:
    pages = await caller.pages("/revisions", **query)
    return [(i["key"], i["label"], i["value"]) for page in pages for i in page.body["items"]]


async def test_every_change_is_a_revision_the_newest_first(caller: Caller) -> None:
    await caller.put("/kv/b", {"value": "b1"})
    await caller.put("/kv/a", {"value": "a1"}, label="x")
    await caller.put("/kv/a", {"value": "a1"})
    await caller.put("/kv/a", {"value": "a2"})
    await caller.later(5).put("/kv/a", {"value": "a3"})
    assert await _values(caller.later(5)) == [
        ("a", None, "a3"),
        ("a", None, "a2"),
        ("a", None, "a1"),
        ("a", "x", "a1"),
        ("b", None, "b1"),
    ]
    answer = await caller.later(5).get("/revisions")
    assert answer.headers["content-type"] == ("application/vnd.microsoft.appconfig.kvset+json; charset=utf-8")
    assert answer.etag


async def test_revisions_stay_when_the_key_value_goes(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1"})
    await caller.put("/kv/k", {"value": "2"})
    await caller.delete("/kv/k")
    await caller.put("/kv/k", {"value": "3"})
    assert [value for _, _, value in await _values(caller)] == ["3", "2", "1"]


async def test_locks_are_revisions_too(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1"})
    await caller.put("/locks/k")
    items = (await caller.get("/revisions")).body["items"]
    assert [item["locked"] for item in items] == [True, False]


async def test_revisions_are_filtered_as_key_values_are(caller: Caller) -> None:
    await caller.put("/kv/a", {"value": "1", "tags": {"t": "1"}}, label="x")
    await caller.put("/kv/a", {"value": "2", "tags": {"t": "2"}}, label="x")
    await caller.put("/kv/b", {"value": "3"})
    assert [value for *_, value in await _values(caller, key="a")] == ["2", "1"]
    assert [value for *_, value in await _values(caller, label="\0")] == ["3"]
    assert [value for *_, value in await _values(caller, tags="t=1")] == ["1"]
    assert (await caller.get("/revisions", key="*a")).status == 400
    assert (await caller.get("/revisions", key="a", select="value")).body["items"][0] == {"value": "2"}


async def test_revisions_come_in_pages(caller: Caller, service: KeyValues, now: int) -> None:
    for number in range(130):
        await service.set("contoso-orders", Name("k", "l"), Content(str(number)), now + number // 50)
    pages = await caller.later(60).pages("/revisions")
    values = [item["value"] for page in pages for item in page.body["items"]]
    assert [len(page.keys) for page in pages] == [100, 30]
    assert values == [str(number) for number in reversed(range(130))]


async def test_order_holds_when_the_clock_goes_back(service: KeyValues, now: int) -> None:
    for value, at in (("1", now), ("2", now - 100), ("3", now - 50)):
        await service.set("contoso-orders", Name("k"), Content(value), at)
    found = await service.revisions("contoso-orders", Wanted(), now)
    assert [record.value for record in found.items] == ["3", "2", "1"]


async def test_expired_revisions_are_not_listed_but_what_still_holds_is(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "old"})
    await caller.later(DAY_S).put("/kv/k", {"value": "current"})
    await caller.put("/kv/gone", {"value": "1"})
    await caller.later(DAY_S).delete("/kv/gone")
    assert len(await _values(caller.later(2 * DAY_S))) == 3
    assert await _values(caller.later(2 * DAY_S + RETENTION_S)) == [("k", None, "current")]


async def test_a_write_purges_what_has_expired_and_keeps_the_state_at_the_horizon(
    caller: Caller, store: SqliteStore
) -> None:
    for day, value in ((0, "a"), (1, "b"), (2, "c"), (40, "d")):
        await caller.later(day * DAY_S).put("/kv/k", {"value": value})
    await caller.put("/kv/other", {"value": "1"})
    kept = await store.scan(REVISIONS, key_value_key("contoso-orders", Name("k")))
    assert [revision.became.value for _, revision in kept if revision.became] == ["d", "c"]
    now = caller.later(41 * DAY_S)
    assert (await now.get("/kv/k", headers=_at(caller.now + 15 * DAY_S))).body["value"] == "c"
    assert [value for *_, value in await _values(now, key="k")] == ["d"]


async def test_a_key_value_can_be_read_as_it_was(caller: Caller) -> None:
    first = await caller.put("/kv/k", {"value": "1"}, label="x")
    await caller.later(10).put("/kv/k", {"value": "2"}, label="x")
    await caller.later(20).delete("/kv/k", label="x")
    now = caller.later(30)
    for seconds, value in ((0, "1"), (9, "1"), (10, "2"), (19, "2")):
        answer = await now.get("/kv/k", label="x", headers=_at(caller.now + seconds))
        assert answer.body["value"] == value
        assert answer.headers["memento-datetime"] == _at(caller.now + seconds)["Accept-Datetime"]
    assert (await now.get("/kv/k", label="x", headers=_at(caller.now))).etag == first.etag
    for seconds in (-1, 20, 25):
        gone = await now.get("/kv/k", label="x", headers=_at(caller.now + seconds))
        assert (gone.status, gone.body["title"]) == (404, "there was no key-value `k` at that time")


async def test_lists_can_be_read_as_they_were(caller: Caller) -> None:
    await caller.put("/kv/a", {"value": "a1"})
    await caller.put("/kv/b", {"value": "b1"}, label="x")
    await caller.later(10).put("/kv/a", {"value": "a2"})
    await caller.later(10).delete("/kv/b", label="x")
    await caller.later(20).put("/kv/c", {"value": "c1"})
    now = caller.later(30)

    async def seen(seconds: int, path: str = "/kv", **query: object) -> list[object]:
        answer = await now.get(path, headers=_at(caller.now + seconds), **query)
        return [item.get("value", item.get("name")) for item in answer.body["items"]]

    assert await seen(-1) == []
    assert await seen(0) == ["a1", "b1"]
    assert await seen(10) == ["a2"]
    assert await seen(20) == ["a2", "c1"]
    assert await seen(0, key="b", label="x") == ["b1"]
    assert await seen(0, "/keys") == ["a", "b"]
    assert await seen(0, "/labels") == [None, "x"]
    assert await seen(20, "/labels") == [None]
    assert await seen(5, "/revisions") == ["a1", "b1"]


async def test_a_past_list_goes_on_over_pages(caller: Caller, service: KeyValues, now: int) -> None:
    for number in range(150):
        for value in ("1", "2"):
            await service.set("contoso-orders", Name(f"k{number:03}", "l"), Content(value), now)
    await service.set("contoso-orders", Name("k000", "l"), Content("3"), now + 5)
    later = caller.later(10)
    pages = await later.pages("/kv", headers=_at(now))
    assert [len(page.keys) for page in pages] == [100, 50]
    assert {item["value"] for page in pages for item in page.body["items"]} == {"2"}
    assert len({key for page in pages for key in page.keys}) == 150
    keys = await later.pages("/keys", headers=_at(now))
    assert [len(page.names) for page in keys] == [100, 50]


async def test_a_past_answer_links_to_the_next_page_first_and_to_the_original(
    caller: Caller, service: KeyValues, now: int
) -> None:
    for number in range(100):
        await service.set("contoso-orders", Name(f"k{number}"), Content("1"), now)
    page = await caller.get("/kv", headers=_at(now))
    first, second = page.headers["link"].split(", ")
    assert first == f'<{page.body["@nextLink"]}>; rel="next"'
    assert second == '</kv?api-version=2026-04-01>; rel="original"'
    head = await caller.call("HEAD", "/kv", headers=_at(now))
    assert head.headers["link"] == first
    assert head.headers["memento-datetime"] == page.headers["memento-datetime"]
    unchanged = await caller.get("/kv", headers={**_at(now), "If-None-Match": page.etag})
    assert unchanged.headers["link"] == first


async def test_a_head_of_the_past_without_a_next_page_has_no_link(caller: Caller, now: int) -> None:
    await caller.put("/kv/k", {"value": "1"})
    assert "link" not in (await caller.call("HEAD", "/kv", headers=_at(now))).headers
    assert (await caller.get("/kv/k", headers=_at(now))).headers["link"] == (
        '</kv/k?api-version=2026-04-01>; rel="original"'
    )


async def test_the_future_is_as_it_is_now(caller: Caller, now: int) -> None:
    await caller.put("/kv/k", {"value": "1"})
    answer = await caller.get("/kv/k", headers=_at(now + 1000))
    assert answer.body["value"] == "1"
    assert "memento-datetime" not in answer.headers


@pytest.mark.parametrize("text", ["yesterday", "", "2026-13-01", "Sat, 99 May 2018 02:10:00 GMT"])
async def test_what_is_not_a_time_is_refused(caller: Caller, text: str) -> None:
    for path in ("/kv", "/kv/k", "/keys", "/labels", "/revisions"):
        answer = await caller.get(path, headers={"Accept-Datetime": text})
        assert (answer.status, answer.body["name"]) == (400, "Accept-Datetime")


@pytest.mark.parametrize(
    ("sku", "told", "days"),
    [
        ("free", {}, 7),
        ("developer", {}, 7),
        ("standard", {}, 30),
        ("premium", {}, 30),
        ("standard", {REVISION_RETENTION: 3 * DAY_S}, 3),
        ("developer", {REVISION_RETENTION: 30 * DAY_S}, 7),
    ],
)
async def test_history_is_kept_as_long_as_the_tier_and_the_store_say(
    caller: Caller, store: SqliteStore, sku: str, told: dict[str, int], days: int
) -> None:
    changed = structs.replace(caller.store, sku=sku, body=told)
    async with store.transaction() as transaction:
        await transaction.put(STORES, (changed.name,), changed)
    await caller.put("/kv/k", {"value": "old"})
    await caller.later(60).put("/kv/k", {"value": "new"})
    for passed, expected in ((days * DAY_S, ["new", "old"]), (days * DAY_S + 1, ["new"])):
        assert [value for _, _, value in await _values(caller.later(passed))] == expected
    await caller.later(days * DAY_S + 120).put("/kv/k", {"value": "newest"})
    kept = await store.scan(REVISIONS, key_value_key(changed.name, Name("k")))
    assert [revision.became.value for _, revision in kept if revision.became] == ["newest", "new"]


async def test_a_page_of_the_history_is_not_sent_to_who_has_it(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1"})
    page = await caller.get("/revisions", key="k")
    again = await caller.get("/revisions", key="k", headers={"If-None-Match": page.etag})
    assert (again.status, again.text, again.etag) == (304, "", page.etag)
    await caller.put("/kv/k", {"value": "2"})
    changed = await caller.get("/revisions", key="k", headers={"If-None-Match": page.etag})
    assert (changed.status, len(changed.body["items"])) == (200, 2)
    refused = await caller.get("/revisions", key="k", headers={"If-Match": page.etag})
    assert refused.status == 412
