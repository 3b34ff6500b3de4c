"""How signing keys come, are renewed, and go."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from keyless.planes.entra.keys import KEPT_AFTER_S, RENEWED_AFTER_S, load_or_create_ring, load_ring
from keyless.store.collections import SIGNING_KEYS
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import KeyRing


def key_ids(ring: KeyRing) -> list[str]:
    return [key["kid"] for key in ring.jwks()["keys"]]


async def test_the_first_start_makes_a_key_and_the_next_finds_it(store: SqliteStore, now: int) -> None:
    assert await load_ring(store) is None
    made = await load_or_create_ring(store, now)
    assert len(key_ids(made)) == 1
    assert key_ids(await load_or_create_ring(store, now + 60)) == key_ids(made)
    found = await load_ring(store)
    assert found is not None
    assert key_ids(found) == key_ids(made)


async def test_a_key_is_renewed_in_time_and_the_old_one_still_verifies(store: SqliteStore, now: int) -> None:
    first = await load_or_create_ring(store, now)
    assert key_ids(await load_or_create_ring(store, now + RENEWED_AFTER_S)) == key_ids(first)
    renewed = await load_or_create_ring(store, now + RENEWED_AFTER_S + 1)
    assert len(key_ids(renewed)) == 2
    assert renewed.current.kid != first.current.kid
    assert renewed.find(first.current.kid) is not None


async def test_an_old_key_goes_when_no_token_of_it_can_live(store: SqliteStore, now: int) -> None:
    first = await load_or_create_ring(store, now)
    later = now + RENEWED_AFTER_S + 1
    renewed = await load_or_create_ring(store, later)
    assert key_ids(await load_or_create_ring(store, later + KEPT_AFTER_S)) == key_ids(renewed)
    rest = await load_or_create_ring(store, later + KEPT_AFTER_S + 1)
    assert key_ids(rest) == [renewed.current.kid]
    assert rest.find(first.current.kid) is None
    assert len(await store.scan(SIGNING_KEYS)) == 1


async def test_a_store_left_alone_for_long_is_renewed_and_cleaned_in_steps(
    store: SqliteStore, now: int
) -> None:
    await load_or_create_ring(store, now)
    much_later = now + 5 * RENEWED_AFTER_S
    assert len(key_ids(await load_or_create_ring(store, much_later))) == 2
    assert len(key_ids(await load_or_create_ring(store, much_later + KEPT_AFTER_S + 1))) == 1


async def test_two_processes_that_start_together_agree_on_the_key(
    tmp_path: Path, root_key: RootKey, now: int
) -> None:
    one, two = SqliteStore(tmp_path / "s.db", root_key), SqliteStore(tmp_path / "s.db", root_key)
    try:
        first = await load_or_create_ring(one, now)
        second = await load_or_create_ring(two, now)
        assert key_ids(first) == key_ids(second)
    finally:
        one.close()
        two.close()


async def test_two_tasks_that_start_together_make_one_key(store: SqliteStore, now: int) -> None:
    first, second = await asyncio.gather(load_or_create_ring(store, now), load_or_create_ring(store, now))
    assert key_ids(first) == key_ids(second)


async def test_private_keys_are_sealed_in_the_file(store: SqliteStore, tmp_path: Path, now: int) -> None:
    await load_or_create_ring(store, now)
    content = b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))
    assert b"PRIVATE KEY" not in content


@pytest.mark.parametrize("seconds", [RENEWED_AFTER_S, KEPT_AFTER_S])
def test_the_times_leave_room_for_a_day_of_token_life(seconds: int) -> None:
    assert seconds > 24 * 3600
