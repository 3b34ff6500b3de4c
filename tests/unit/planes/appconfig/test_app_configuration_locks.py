"""Read-only key-values."""

from __future__ import annotations

from app_configuration_caller import Caller


async def test_a_locked_key_value_is_neither_set_nor_deleted(caller: Caller) -> None:
    await caller.put("/kv/app:color", {"value": "1"}, label="prod")
    locked = await caller.put("/locks/app:color", label="prod")
    assert (locked.status, locked.body["locked"]) == (200, True)
    for answer in (
        await caller.put("/kv/app:color", {"value": "2"}, label="prod"),
        await caller.put("/kv/app:color", {"value": "1"}, label="prod"),
        await caller.delete("/kv/app:color", label="prod"),
    ):
        assert answer.status == 409
        assert answer.headers["content-type"] == "application/problem+json; charset=utf-8"
        assert answer.body == {
            "type": "https://azconfig.io/errors/key-locked",
            "title": "Modifying key 'app:color' is not allowed",
            "name": "app:color",
            "detail": "the key-value `app:color` with the label `prod` is locked: unlock it before you "
            "change or delete it",
            "status": 409,
        }
    assert (await caller.get("/kv/app:color", label="prod")).body["value"] == "1"


async def test_an_unlocked_key_value_can_be_set_again(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1"})
    await caller.put("/locks/k")
    unlocked = await caller.delete("/locks/k")
    assert (unlocked.status, unlocked.body["locked"]) == (200, False)
    assert (await caller.put("/kv/k", {"value": "2"})).body["value"] == "2"


async def test_a_lock_is_of_one_label(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1"})
    await caller.put("/kv/k", {"value": "1"}, label="prod")
    await caller.put("/locks/k", label="prod")
    assert (await caller.put("/kv/k", {"value": "2"})).status == 200
    assert (await caller.put("/kv/k", {"value": "2"}, label="prod")).status == 409


async def test_locking_what_is_not_there_is_not_found(caller: Caller) -> None:
    assert (await caller.put("/locks/gone")).status == 404
    assert (await caller.delete("/locks/gone")).status == 404


async def test_locking_changes_the_etag_once(caller: Caller) -> None:
    made = await caller.put("/kv/k", {"value": "1"})
    locked = await caller.put("/locks/k")
    assert locked.etag != made.etag
    assert (await caller.put("/locks/k")).etag == locked.etag
    unlocked = await caller.delete("/locks/k")
    assert unlocked.etag != locked.etag
    assert (await caller.delete("/locks/k")).etag == unlocked.etag


async def test_a_condition_is_looked_at_before_the_lock(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1"})
    await caller.put("/locks/k")
    assert (await caller.put("/kv/k", {"value": "2"}, headers={"If-Match": '"other"'})).status == 412


async def test_a_deleted_key_value_comes_back_unlocked(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1"})
    await caller.put("/locks/k")
    await caller.delete("/locks/k")
    await caller.delete("/kv/k")
    assert (await caller.put("/kv/k", {"value": "1"})).body["locked"] is False
