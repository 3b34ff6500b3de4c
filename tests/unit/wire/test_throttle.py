from __future__ import annotations

import math

import pytest

from keyless.evidence.quotas import Spent
from keyless.wire.errors import Throttled
from keyless.wire.throttle import CountedAt, Pool, Tally, Throttle, Window

READS = Pool("reads", 40, 10, 5)
USES = Pool("uses", 40, 10, 5, heaviest=16)
HOURLY = Pool("requests", 40, 3600, resets=True, spares_unchanged=True)
DAILY = Pool("requests", 40, 86_400, resets=True)
NOW = 1_700_000_000.0


def at(name: str, subscription: str = "one") -> CountedAt:
    return CountedAt(name, subscription)


def spent(tally: Tally, times: int, now: float = NOW, units: int = 1) -> int:
    """How many of so many operations got through."""
    through = 0
    for _ in range(times):
        try:
            tally.spend(now, units)
        except Throttled:
            continue
        through += 1
    return through


def test_as_many_as_the_pool_has_get_through_and_no_more():
    assert spent(Throttle().tally((READS,), at("orders")), 60) == 40


def test_what_has_a_limit_at_one_resource_has_it_at_another_by_itself():
    throttle = Throttle()
    assert spent(throttle.tally((READS,), at("orders")), 60) == 40
    assert spent(throttle.tally((READS,), at("invoices")), 60) == 40


def test_a_resource_has_one_count_however_often_it_is_looked_up():
    throttle = Throttle()
    assert spent(throttle.tally((READS,), at("orders")), 30) == 30
    assert spent(throttle.tally((READS,), at("orders")), 30) == 10


def test_pools_are_counted_apart():
    throttle = Throttle()
    assert spent(throttle.tally((READS,), at("orders")), 60) == 40
    assert spent(throttle.tally((USES,), at("orders")), 60) == 40


def test_a_subscription_has_five_times_the_limit_of_a_resource_and_says_when_that_is_reached():
    throttle = Throttle()
    vaults = [throttle.tally((READS,), at(f"vault-{number}")) for number in range(6)]
    assert sum(spent(tally, 40) for tally in vaults) == 200
    with pytest.raises(Throttled) as refused:
        vaults[5].spend(NOW)
    limit = refused.value.limit
    assert limit is not None
    assert (limit.pool, limit.units, limit.window_s, limit.of_subscription) == ("reads", 200, 10, True)
    assert spent(throttle.tally((READS,), at("vault-6", "another")), 60) == 40


def test_weights_are_summed_up():
    tally = Throttle().tally((USES,), at("orders"))
    assert spent(tally, 10, units=16) == 2
    assert spent(tally, 10, units=2) == 4


def test_what_is_refused_does_not_count():
    tally = Throttle().tally((READS,), at("orders"))
    assert spent(tally, 40) == 40
    assert spent(tally, 1000, NOW + 5) == 0
    assert spent(tally, 100, NOW + 10.2) == 40


def test_the_window_slides():
    tally = Throttle().tally((READS,), at("orders"))
    assert spent(tally, 30, NOW) == 30
    assert spent(tally, 30, NOW + 9) == 10
    assert spent(tally, 40, NOW + 10.2) == 30
    assert spent(tally, 40, NOW + 19.2) == 10


@pytest.mark.parametrize("began", [NOW, NOW + 0.01, NOW + 0.0999, NOW + 3.14])
def test_whoever_waits_as_long_as_is_said_gets_through(began: float):
    tally = Throttle().tally((USES,), at("orders"))
    tally.spend(began, 16)
    tally.spend(began + 4, 16)
    with pytest.raises(Throttled) as refused:
        tally.spend(began + 6, 16)
    wait_s = refused.value.retry_after_s
    assert 4 <= wait_s <= 4.2
    tally.spend(began + 6 + wait_s, 16)


def test_more_is_waited_for_where_more_has_to_leave():
    tally = Throttle().tally((USES,), at("orders"))
    for number in range(20):
        tally.spend(NOW + number / 10, 2)
    with pytest.raises(Throttled) as light:
        tally.spend(NOW + 2, 1)
    with pytest.raises(Throttled) as heavy:
        tally.spend(NOW + 2, 16)
    assert light.value.retry_after_s < heavy.value.retry_after_s


def test_a_scale_makes_the_limit_smaller_or_larger():
    assert spent(Throttle(0.1).tally((READS,), at("orders")), 60) == 4
    assert spent(Throttle(2).tally((READS,), at("orders")), 100) == 80


def test_the_smallest_scale_lets_one_of_the_heaviest_through():
    tally = Throttle(0.001).tally((USES,), at("orders"))
    assert spent(tally, 5, units=16) == 1


def test_without_a_scale_there_are_no_limits():
    assert spent(Throttle(None).tally((READS,), at("orders")), 1000) == 1000


def test_another_scale_holds_at_once_and_for_what_was_counted():
    throttle = Throttle(None)
    tally = throttle.tally((READS,), at("orders"))
    assert spent(tally, 50) == 50
    throttle.rescale(1)
    assert spent(tally, 1, NOW + 1) == 0
    throttle.rescale(1.5)
    assert spent(tally, 50, NOW + 1) == 10


def test_a_clock_that_is_set_back_by_more_than_a_window_begins_anew():
    tally = Throttle().tally((READS,), at("orders"))
    assert spent(tally, 40) == 40
    assert spent(tally, 1, NOW - 5) == 0
    assert spent(tally, 100, NOW - 3600) == 40


def test_places_that_are_idle_are_forgotten_where_there_are_very_many():
    throttle = Throttle()
    for number in range(5000):
        throttle.tally((READS,), at(f"vault-{number}")).spend(NOW + number)
    kept = throttle._windows
    assert len(kept) < 4096
    assert spent(throttle.tally((READS,), at("vault-4999")), 60, NOW + 4999) == 39


def test_no_limits_are_as_infinite():
    assert Throttle(None)._limit(READS, 1) == math.inf


NOON = 1_700_049_600.0
"""Noon of a day in UTC, which is also the beginning of an hour."""


def test_an_hour_begins_and_ends_with_the_clocks():
    tally = Throttle().tally((HOURLY,), at("orders"))
    assert spent(tally, 60, NOON + 3599.9) == 40
    assert spent(tally, 60, NOON + 3600) == 40
    assert spent(tally, 60, NOON + 7199.9) == 0


def test_a_day_ends_at_midnight_in_utc():
    tally = Throttle().tally((DAILY,), at("orders"))
    assert spent(tally, 60, NOON) == 40
    with pytest.raises(Throttled) as refused:
        tally.spend(NOON + 60)
    assert refused.value.retry_after_s == pytest.approx(12 * 3600 - 60, abs=0.01)
    assert spent(tally, 60, NOON + 12 * 3600 - 0.1) == 0
    assert spent(tally, 60, NOON + 12 * 3600) == 40


def test_what_counts_in_several_pools_gets_through_where_all_have_room():
    tally = Throttle().tally((Pool("reads", 10, 10), HOURLY), at("orders"))
    assert [spent(tally, 30, NOON + 20 * turn) for turn in range(5)] == [10, 10, 10, 10, 0]


def test_what_one_pool_refuses_counts_in_none():
    throttle = Throttle()
    few, both = (
        throttle.tally((HOURLY,), at("orders")),
        throttle.tally((Pool("reads", 10, 10), HOURLY), at("orders")),
    )
    assert spent(both, 1000, NOON) == 10
    assert spent(few, 1000, NOON) == 30


def test_of_several_full_pools_the_longest_wait_is_told_and_the_first_named():
    tally = Throttle().tally((HOURLY, Pool("reads", 40, 10)), at("orders"))
    assert spent(tally, 60, NOON) == 40
    with pytest.raises(Throttled) as refused:
        tally.spend(NOON + 1)
    assert refused.value.retry_after_s == pytest.approx(3599, abs=0.01)
    assert refused.value.limit is not None
    assert refused.value.limit.pool == "requests"


def test_what_finds_nothing_new_is_given_back_where_the_pool_spares_it():
    tally = Throttle().tally((HOURLY, Pool("reads", 50, 10)), at("orders"))
    for _ in range(45):
        tally.spend(NOON)
        tally.spare(NOON)
    assert spent(tally, 60, NOON) == 5
    assert spent(tally, 60, NOON + 20) == 35


def test_nothing_is_given_back_of_a_pool_that_counts_all():
    tally = Throttle().tally((DAILY,), at("orders"))
    for _ in range(40):
        tally.spend(NOON)
        tally.spare(NOON)
    assert spent(tally, 1, NOON) == 0


def test_what_was_counted_in_the_hour_before_is_not_given_back_in_this_one():
    tally = Throttle().tally((HOURLY,), at("orders"))
    tally.spend(NOON - 0.1)
    tally.spend(NOON)
    tally.spare(NOON)
    tally.spare(NOON)
    assert spent(tally, 60, NOON) == 40


def test_what_another_process_counted_is_gone_on_with_until_the_window_is_over():
    first = Throttle()
    assert spent(first.tally((DAILY, READS), at("orders")), 25, NOON) == 25
    (kept,) = first.spent()
    assert kept == Spent("orders", "requests", 86_400, int(NOON // 86_400), 25)
    assert spent(Throttle(earlier=[kept]).tally((DAILY,), at("orders")), 60, NOON + 3600) == 15
    assert spent(Throttle(earlier=[kept]).tally((DAILY,), at("invoices")), 60, NOON + 3600) == 40
    assert spent(Throttle(earlier=[kept]).tally((DAILY,), at("orders")), 60, NOON + 86_400) == 40


def test_what_is_to_be_kept_is_given_out_once():
    throttle = Throttle()
    tally = throttle.tally((DAILY,), at("orders"))
    assert throttle.spent() == []
    tally.spend(NOON)
    assert [one.used for one in throttle.spent()] == [1]
    assert throttle.spent() == []
    tally.spend(NOON)
    assert [one.used for one in throttle.spent()] == [2]


def test_a_day_that_is_not_over_is_not_forgotten_where_there_are_very_many_places():
    throttle = Throttle()
    assert spent(throttle.tally((DAILY,), at("orders")), 40, NOON) == 40
    for number in range(5000):
        throttle.tally((READS,), at(f"store-{number}")).spend(NOON + number)
    assert spent(throttle.tally((DAILY,), at("orders")), 1, NOON + 5000) == 0


def test_a_window_of_a_day_costs_no_more_than_one_of_an_hour():
    assert len(Window(DAILY, 40)._counts) == len(Window(HOURLY, 40)._counts) == 1
