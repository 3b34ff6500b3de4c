"""What key-values and their history take of a store, how much its tier lets them, and what is said then."""

from __future__ import annotations

from typing import Any

from app_configuration_caller import Caller
from msgspec import structs

from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.contents import StoreContents
from keyless.planes.appconfig.key_values.records import KEY_VALUES, REVISIONS, KeyValue
from keyless.planes.appconfig.key_values.storage import USAGE, Usage, size, used_bytes
from keyless.store.collections import STORES
from keyless.store.ports import Store
from keyless.store.sqlite.store import SqliteStore

DAY_S = 86_400
FREE_BYTES = 10 * 1024 * 1024


async def become(caller: Caller, store: Store, sku: str) -> None:
    async with store.transaction() as transaction:
        await transaction.put(STORES, (caller.store.name,), structs.replace(caller.store, sku=sku))


async def fill(caller: Caller, store: Store, free_bytes: int) -> None:
    """Leave so much of a free store's room; what takes it is not written one by one."""
    await become(caller, store, "free")
    await caller.put("/kv/first", {"value": "x"})
    async with store.transaction() as transaction:
        place = (caller.store.name, KEY_VALUES.name)
        others = sum(usage.bytes for key, usage in await transaction.scan(USAGE) if key != place)
        await transaction.put(USAGE, place, Usage(FREE_BYTES - others - free_bytes))


async def plain_sum(store: Store, name: str, kept_since: int) -> int:
    """What a look at everything adds up to."""
    records = [one for _, one in await store.scan(KEY_VALUES, (name,))]
    since = kept_since - kept_since % DAY_S
    revisions = [one.became for _, one in await store.scan(REVISIONS, (name,)) if one.at >= since]
    return sum(size(one) for one in (*records, *revisions))


def test_a_key_value_counts_all_its_texts_in_utf_8():
    record = KeyValue("ké", "v", "etag", 0, "lab", "text", {"t": "v", "n": None}, "descr")
    assert size(record) == 3 + 1 + 3 + 4 + 3 + 5
    assert size(None) == 0


async def test_the_sum_is_what_there_is_after_every_kind_of_change(
    caller: Caller, store: SqliteStore
) -> None:
    name = caller.store.name
    assert await used_bytes(store, name, 0) == 0
    steps: list[tuple[int, Any]] = [
        (0, caller.put("/kv/a", {"value": "1" * 100})),
        (0, caller.put("/kv/a", {"value": "2" * 50, "tags": {"t": "v"}}, label="x")),
        (0, caller.put("/locks/a")),
        (0, caller.delete("/locks/a")),
        (20, caller.later(20 * DAY_S).put("/kv/a", {"value": "5" * 10})),
        (40, caller.later(40 * DAY_S).put("/kv/a", {"value": "3" * 10})),
        (80, caller.later(80 * DAY_S).put("/kv/a", {"value": "4" * 10})),
        (90, caller.later(90 * DAY_S).put("/kv/b", {"value": "4" * 10})),
        (120, caller.later(120 * DAY_S).delete("/kv/a")),
    ]
    for days, step in steps:
        assert (await step).status == 200
        kept_since = int(caller.now) + (days - 30) * DAY_S
        assert await used_bytes(store, name, kept_since) == await plain_sum(store, name, kept_since)


async def test_what_has_expired_takes_no_room_though_its_key_value_was_not_written_again(
    caller: Caller, store: SqliteStore
) -> None:
    await become(caller, store, "free")
    assert (await caller.put("/kv/old", {"value": "x" * 8_000})).status == 200
    assert (await caller.delete("/kv/old")).status == 200
    async with store.transaction() as transaction:
        place = next(place for place, _ in await transaction.scan(USAGE) if len(place) == 3)
        await transaction.put(USAGE, place, Usage(FREE_BYTES - 10))
    for days, status in ((0, 429), (7, 429), (8, 200)):
        told = await caller.later(days * DAY_S).put("/kv/new", {"value": "y" * 100})
        assert told.status == status, days
    assert sorted(place[1:] for place, _ in await store.scan(USAGE)) == [
        (KEY_VALUES.name,),
        (KEY_VALUES.name, str((int(caller.now) + 8 * DAY_S) // DAY_S)),
    ]


async def test_beyond_the_tiers_storage_nothing_is_written_and_the_answer_says_so(
    caller: Caller, store: SqliteStore
) -> None:
    await fill(caller, store, free_bytes=40)
    refused = await caller.put("/kv/second", {"value": "y" * 100})
    assert refused.status == 429
    assert refused.headers["content-type"] == "application/problem+json; charset=utf-8"
    assert "retry-after-ms" not in refused.headers
    problem = dict(refused.body)
    assert "delete some, keep history for a shorter time, or choose a larger `sku`" in problem.pop("detail")
    assert problem == {
        "type": "https://azconfig.io/errors/too-many-requests",
        "title": "Resource utilization has surpassed the assigned quota",
        "policy": "Storage",
        "status": 429,
    }
    assert (await caller.get("/kv/second")).status == 404
    assert (await caller.put("/kv/second", {"value": "y"})).status == 200


async def test_what_makes_room_is_let_be_and_nothing_can_be_gone_beyond_by_turns(
    caller: Caller, store: SqliteStore
) -> None:
    await caller.put("/kv/locked", {"value": "x"})
    await caller.put("/locks/locked")
    await fill(caller, store, free_bytes=0)
    assert (await caller.put("/kv/first", {"value": "xx"})).status == 429
    assert (await caller.delete("/locks/locked")).status == 200
    assert (await caller.put("/locks/locked")).status == 429
    assert (await caller.put("/locks/first")).status == 429
    for key in ("first", "locked"):
        assert (await caller.delete(f"/kv/{key}")).status == 200


async def test_feature_flags_take_of_the_same_room(caller: Caller, store: SqliteStore) -> None:
    newest = caller.speaking("2026-05-01-preview")
    flag = {"enabled": True, "description": "y" * 100}
    headers = {"content-type": "application/vnd.microsoft.appconfig.ff+json"}
    before = await used_bytes(store, caller.store.name, 0)
    assert (await newest.put("/ff/beta", flag, headers=headers)).status == 200
    assert await used_bytes(store, caller.store.name, 0) > before + 100
    await fill(caller, store, free_bytes=0)
    assert (await newest.put("/ff/gamma", flag, headers=headers)).status == 429


async def test_a_larger_tier_has_room_at_once(caller: Caller, store: SqliteStore) -> None:
    await fill(caller, store, free_bytes=0)
    await become(caller, store, "developer")
    assert (await caller.put("/kv/second", {"value": "y" * 100})).status == 200


async def test_a_store_from_before_sums_were_kept_is_added_up_at_its_first_change(
    caller: Caller, store: SqliteStore
) -> None:
    await caller.put("/kv/a", {"value": "1" * 100})
    async with store.transaction() as transaction:
        for place, _ in await transaction.scan(USAGE):
            await transaction.delete(USAGE, place)
    await caller.put("/kv/b", {"value": "2"})
    assert await used_bytes(store, caller.store.name, 0) == await plain_sum(store, caller.store.name, 0)


async def test_what_a_store_held_is_forgotten_with_its_sum(caller: Caller, store: SqliteStore) -> None:
    await caller.put("/kv/a", {"value": "1" * 100})
    assert isinstance(caller.plane.service, Configuration)
    async with store.transaction() as transaction:
        await StoreContents(caller.plane.service).forget(transaction, caller.store.name)
    assert await store.scan(USAGE) == []
