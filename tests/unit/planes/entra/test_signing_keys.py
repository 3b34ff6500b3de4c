"""How signing keys come into the store, are rotated, retired and revoked there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from keyless.planes.entra.keys import (
    UnknownKey,
    load_or_create_ring,
    prepare_next,
    retire,
    revoke,
    rotate,
    stored_keys,
)
from keyless.store.collections import SIGNING_KEYS
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import KeyRing, SigningKey, StoredSigningKey
from keyless.tokens.rotation import LONGEST_TOKEN_S, PUBLISHED_FOR_S, SIGNS_FOR_S, Phase, phase_of

NEXT_IS_MADE_S = SIGNS_FOR_S - PUBLISHED_FOR_S


def key_ids(ring: KeyRing) -> list[object]:
    return [key["kid"] for key in ring.jwks()["keys"]]


async def phases(store: SqliteStore, now: int) -> list[Phase]:
    return [phase_of(key, now) for key in await stored_keys(store, now)]


async def test_the_first_start_makes_a_key_that_signs_and_the_next_finds_it(
    store: SqliteStore, now: int
) -> None:
    made = await load_or_create_ring(store, now)
    assert key_ids(made) == [made.current.kid]
    assert made.changes_at == now + NEXT_IS_MADE_S
    again = await load_or_create_ring(store, now + 60)
    assert key_ids(again) == key_ids(made)
    assert again.changes_at == made.changes_at


async def test_the_next_key_is_published_a_day_before_it_signs(store: SqliteStore, now: int) -> None:
    first = await load_or_create_ring(store, now)
    assert key_ids(await load_or_create_ring(store, now + NEXT_IS_MADE_S - 1)) == key_ids(first)
    published = await load_or_create_ring(store, now + NEXT_IS_MADE_S)
    assert len(key_ids(published)) == 2
    assert published.current.kid == first.current.kid
    assert published.changes_at == now + SIGNS_FOR_S
    last_moment = await load_or_create_ring(store, now + SIGNS_FOR_S - 1)
    assert last_moment.current.kid == first.current.kid
    rotated = await load_or_create_ring(store, now + SIGNS_FOR_S)
    assert key_ids(rotated) == key_ids(published)
    assert rotated.current.kid == key_ids(published)[1]


async def test_an_old_key_goes_in_the_second_in_which_its_last_token_ends(
    store: SqliteStore, now: int
) -> None:
    first = await load_or_create_ring(store, now)
    await load_or_create_ring(store, now + NEXT_IS_MADE_S)
    over = now + SIGNS_FOR_S + LONGEST_TOKEN_S
    assert (await load_or_create_ring(store, over - 1)).find(first.current.kid) is not None
    rest = await load_or_create_ring(store, over)
    assert key_ids(rest) == [rest.current.kid]
    assert rest.find(first.current.kid) is None
    assert len(await store.scan(SIGNING_KEYS)) == 1


async def test_a_store_left_alone_for_a_year_publishes_before_it_signs_all_the_same(
    store: SqliteStore, now: int
) -> None:
    first = await load_or_create_ring(store, now)
    later = now + 4 * SIGNS_FOR_S
    woken = await load_or_create_ring(store, later)
    assert woken.current.kid == first.current.kid
    assert len(key_ids(woken)) == 2
    assert (await load_or_create_ring(store, later + PUBLISHED_FOR_S)).current.kid != first.current.kid


async def test_a_next_key_whose_time_came_while_nothing_ran_has_signed_since_then(
    store: SqliteStore, now: int
) -> None:
    await load_or_create_ring(store, now)
    await load_or_create_ring(store, now + NEXT_IS_MADE_S)
    long_after = now + SIGNS_FOR_S + LONGEST_TOKEN_S + 5
    assert len(key_ids(await load_or_create_ring(store, long_after))) == 1


async def test_a_key_of_before_there_was_rotation_signs_on(
    store: SqliteStore, signing_key: SigningKey, foreign_key: SigningKey, now: int
) -> None:
    older = StoredSigningKey(foreign_key.kid, foreign_key.stored().private_pem, now - 3600)
    newer = StoredSigningKey(signing_key.kid, signing_key.stored().private_pem, now - 60)
    async with store.transaction() as transaction:
        for key in (older, newer):
            await transaction.put(SIGNING_KEYS, (key.kid,), key)
    ring = await load_or_create_ring(store, now)
    assert ring.current.kid == signing_key.kid
    assert await phases(store, now) == [Phase.RETIRED, Phase.SIGNING]
    assert len(key_ids(await load_or_create_ring(store, now - 60 + LONGEST_TOKEN_S - 1))) == 2
    assert len(key_ids(await load_or_create_ring(store, now - 60 + LONGEST_TOKEN_S))) == 1


async def test_rotation_publishes_first_and_signs_after_a_day(store: SqliteStore, now: int) -> None:
    first = await load_or_create_ring(store, now)
    await rotate(store, now + 10)
    assert await phases(store, now + 10) == [Phase.SIGNING, Phase.NEXT]
    assert (await load_or_create_ring(store, now + 10 + PUBLISHED_FOR_S - 1)).current.kid == first.current.kid
    assert (await load_or_create_ring(store, now + 10 + PUBLISHED_FOR_S)).current.kid != first.current.kid


async def test_rotating_again_makes_no_third_key_and_puts_nothing_off(store: SqliteStore, now: int) -> None:
    await load_or_create_ring(store, now)
    once = await rotate(store, now + 10)
    assert await rotate(store, now + 3600) == once


async def test_rotating_at_once_lets_another_key_sign_from_this_second(store: SqliteStore, now: int) -> None:
    first = await load_or_create_ring(store, now)
    for expected in ([Phase.RETIRED, Phase.SIGNING], [Phase.RETIRED, Phase.RETIRED, Phase.SIGNING]):
        await rotate(store, now, at_once=True)
        assert sorted(await phases(store, now)) == sorted(expected)
    ring = await load_or_create_ring(store, now)
    assert ring.find(first.current.kid) is not None
    assert ring.current.kid != first.current.kid


async def test_rotating_at_once_takes_the_key_that_is_published_already(store: SqliteStore, now: int) -> None:
    await load_or_create_ring(store, now)
    coming = (await prepare_next(store, now))[-1]
    await rotate(store, now + 5, at_once=True)
    assert (await load_or_create_ring(store, now + 5)).current.kid == coming.kid


async def test_a_prepared_key_waits_for_its_turn_and_comes_sooner_when_asked(
    store: SqliteStore, now: int
) -> None:
    await load_or_create_ring(store, now)
    prepared = await prepare_next(store, now)
    assert [key.signs_from for key in prepared] == [now, now + SIGNS_FOR_S]
    assert await prepare_next(store, now + 1) == prepared
    assert (await rotate(store, now + 60))[-1].signs_from == now + PUBLISHED_FOR_S
    long_published = now + 2 * PUBLISHED_FOR_S
    assert (await load_or_create_ring(store, long_published)).current.kid == prepared[-1].kid


async def test_the_key_that_signs_can_be_retired_and_another_takes_over(store: SqliteStore, now: int) -> None:
    first = await load_or_create_ring(store, now)
    await retire(store, first.current.kid, now + 5)
    ring = await load_or_create_ring(store, now + 5)
    assert ring.current.kid != first.current.kid
    assert ring.find(first.current.kid) is not None
    assert (await load_or_create_ring(store, now + 5 + LONGEST_TOKEN_S)).find(first.current.kid) is None


async def test_a_next_key_that_is_retired_never_signs(store: SqliteStore, now: int) -> None:
    await load_or_create_ring(store, now)
    coming = (await rotate(store, now))[-1]
    await retire(store, coming.kid, now + 1)
    later = await load_or_create_ring(store, now + PUBLISHED_FOR_S + 1)
    assert later.current.kid != coming.kid


async def test_a_revoked_key_is_gone_at_once_and_nothing_of_it_is_kept_but_its_name(
    store: SqliteStore, now: int
) -> None:
    first = await load_or_create_ring(store, now)
    kid = first.current.kid
    await revoke(store, kid, now + 5)
    ring = await load_or_create_ring(store, now + 5)
    assert ring.find(kid) is None
    assert ring.current.kid != kid
    assert ring.revoked_at(kid) == now + 5
    assert ring.revoked_at(ring.current.kid) is None
    kept = await store.get(SIGNING_KEYS, (kid,))
    assert kept is not None
    assert kept.private_pem == b""
    assert await store.get(SIGNING_KEYS, (kid,)) is not None
    later = await load_or_create_ring(store, now + 5 + LONGEST_TOKEN_S)
    assert later.revoked_at(kid) is None
    assert await store.get(SIGNING_KEYS, (kid,)) is None


async def test_revoking_the_key_that_signs_lets_the_next_one_sign_at_once(
    store: SqliteStore, now: int
) -> None:
    await load_or_create_ring(store, now)
    signer, coming = await rotate(store, now)
    await revoke(store, signer.kid, now + 1)
    assert (await load_or_create_ring(store, now + 1)).current.kid == coming.kid


async def test_revoking_twice_keeps_the_first_moment(store: SqliteStore, now: int) -> None:
    kid = (await load_or_create_ring(store, now)).current.kid
    await revoke(store, kid, now + 5)
    await revoke(store, kid, now + 500)
    assert (await load_or_create_ring(store, now + 500)).revoked_at(kid) == now + 5


@pytest.mark.parametrize("change", [retire, revoke])
async def test_a_key_that_is_not_there_is_answered_with_those_that_are(
    store: SqliteStore, now: int, change: object
) -> None:
    kid = (await load_or_create_ring(store, now)).current.kid
    with pytest.raises(UnknownKey, match=f"no signing key `x`: there are `{kid}`"):
        await change(store, "x", now)  # type: ignore[operator]
    assert await phases(store, now) == [Phase.SIGNING]


async def test_a_clock_that_went_back_leaves_no_estate_without_a_key_that_signs(
    store: SqliteStore, now: int
) -> None:
    first = await load_or_create_ring(store, now)
    assert (await load_or_create_ring(store, now - 86_400)).current.kid == first.current.kid


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
