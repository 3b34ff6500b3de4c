"""The estate's time: it goes forward, back only where that is asked for, and never behind the machine's."""

from __future__ import annotations

import pytest

from keyless.lifecycle.clock import MOST_AHEAD_S, CannotMove, advance, reset, set_to
from keyless.model.clock import span_in_words
from keyless.store.clock import ahead_s, estate_time
from keyless.store.ports import Store

DAY = 86_400


async def test_until_it_is_moved_it_is_the_machines(store: Store, now: int) -> None:
    assert await estate_time(store, now + 0.9) == now


async def test_moves_forward_add_up(store: Store, now: int) -> None:
    assert await advance(store, 30 * DAY) == 30 * DAY
    assert await advance(store, DAY) == 31 * DAY
    assert await estate_time(store, now) == now + 31 * DAY


async def test_it_can_be_set_to_any_later_time(store: Store, now: int) -> None:
    await advance(store, DAY)
    assert await set_to(store, now + 2 * DAY, now) == 2 * DAY


async def test_it_goes_back_only_where_that_is_asked_for(store: Store, now: int) -> None:
    await advance(store, 2 * DAY)
    with pytest.raises(CannotMove, match="--back"):
        await set_to(store, now + DAY, now)
    assert await ahead_s(store) == 2 * DAY
    assert await set_to(store, now + DAY, now, back=True) == DAY


@pytest.mark.parametrize("back", [True, False])
async def test_it_is_never_behind_the_machines(store: Store, now: int, back: bool) -> None:
    with pytest.raises(CannotMove, match="before this machine's time"):
        await set_to(store, now - 1, now, back=back)


async def test_it_cannot_run_out_of_the_calendar(store: Store, now: int) -> None:
    with pytest.raises(CannotMove, match="hundred years"):
        await advance(store, MOST_AHEAD_S + 1)
    with pytest.raises(CannotMove, match="hundred years"):
        await set_to(store, now + MOST_AHEAD_S + 1, now)


async def test_a_reset_says_how_far_it_was_ahead(store: Store, now: int) -> None:
    await advance(store, DAY)
    assert await reset(store) == DAY
    assert (await reset(store), await estate_time(store, now)) == (0, now)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "no time"),
        (1, "1 second"),
        (30 * DAY, "30 days"),
        (DAY + 2 * 3600 + 5, "1 day 2 hours"),
        (61, "1 minute 1 second"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(seconds: int, words: str) -> None:
    assert span_in_words(seconds) == words
