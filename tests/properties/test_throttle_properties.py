"""No window has more in it than the limit, and whoever waits as long as is said gets through."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from keyless.wire.errors import Throttled
from keyless.wire.throttle import CountedAt, Pool, Throttle

POOL = Pool("uses", 20, 10, 5, heaviest=8)
NOW = 1_700_000_000.0
asked = st.lists(
    st.tuples(
        st.floats(0, 6, allow_nan=False),
        st.sampled_from([1, 2, 8]),
        st.sampled_from(["orders", "invoices", "parcels"]),
    ),
    max_size=80,
)
Through = list[tuple[float, int, str]]


def let_through(asked_for: list[tuple[float, int, str]], scale: float = 1.0) -> Through:
    """What gets through of operations that come one after the other, by the time, units and vault of each."""
    throttle, now, through = Throttle(scale), NOW, []
    for pause, units, vault in asked_for:
        now += pause
        try:
            throttle.tally((POOL,), CountedAt(vault, "one")).spend(now, units)
        except Throttled:
            continue
        through.append((now, units, vault))
    return through


def most_in_a_window(through: Through) -> int:
    """The most units in any ten seconds: one such stretch ends with an operation."""
    return max(
        (sum(u for then, u, _ in through if now - 10 <= then <= now) for now, _, _ in through), default=0
    )


@given(asked)
def test_no_ten_seconds_of_a_vault_have_more_than_its_limit(asked_for):
    through = let_through(asked_for)
    for vault in ("orders", "invoices", "parcels"):
        assert most_in_a_window([one for one in through if one[2] == vault]) <= POOL.units


@given(asked, st.sampled_from([0.1, 0.4, 0.5]))
def test_no_ten_seconds_of_a_subscription_have_more_than_its_limit(asked_for, scale):
    limit = max(int(POOL.units * POOL.subscription_times * scale), POOL.heaviest)
    assert most_in_a_window(let_through(asked_for, scale)) <= limit


@given(asked, st.sampled_from([1, 2, 8]))
def test_whoever_waits_so_many_whole_seconds_as_is_said_gets_through(asked_for, units):
    throttle, now = Throttle(), NOW
    tally = throttle.tally((POOL,), CountedAt("orders", "one"))
    for pause, weight, _ in asked_for:
        now += pause
        try:
            tally.spend(now, weight)
        except Throttled as refused:
            now += max(1, math.ceil(refused.retry_after_s))
            tally.spend(now, weight)


@given(asked)
def test_what_would_fit_by_a_plain_log_of_a_little_more_than_ten_seconds_gets_through(asked_for):
    through = let_through(asked_for)
    now = NOW
    for pause, units, vault in asked_for:
        now += pause
        lately = [one for one in through if now - 10.11 <= one[0] < now]
        in_vault = sum(one[1] for one in lately if one[2] == vault)
        fits = in_vault + units <= POOL.units and sum(one[1] for one in lately) + units <= POOL.units * 5
        if fits and pause > 0:
            assert (now, units, vault) in through


HOURLY = Pool("requests", 30, 3600, resets=True, spares_unchanged=True)
RATE = Pool("reads", 8, 10)
in_hours = st.lists(
    st.tuples(st.one_of(st.floats(0, 3, allow_nan=False), st.floats(0, 1500)), st.booleans()), max_size=120
)


@given(in_hours)
def test_a_quota_and_a_rate_let_through_exactly_what_a_plain_count_does(asked_for):
    """Both are what a list of all that got through says, but for the tenth of a second at its edge."""
    throttle, now = Throttle(), NOW
    tally = throttle.tally((HOURLY, RATE), CountedAt("orders"))
    log: list[tuple[float, bool]] = []
    for pause, unchanged in asked_for:
        now += pause
        in_hour = sum(1 for at, free in log if at // 3600 == now // 3600 and not free)
        lately = sum(1 for at, _ in log if at >= now - 10)
        nearly = sum(1 for at, _ in log if at > now - 10.11)
        try:
            tally.spend(now)
        except Throttled:
            assert in_hour >= HOURLY.units or nearly >= RATE.units
            continue
        assert in_hour < HOURLY.units
        assert lately < RATE.units
        if unchanged:
            tally.spare(now)
        log.append((now, unchanged))


@given(in_hours, st.data())
def test_a_process_that_ends_and_another_that_goes_on_are_as_one(asked_for, data):
    def count(throttle: Throttle, now: float) -> bool:
        try:
            throttle.tally((HOURLY,), CountedAt("orders")).spend(now)
        except Throttled:
            return False
        return True

    whole, parts, now = Throttle(), Throttle(), NOW
    kept = {}
    for pause, _ in asked_for:
        now += pause
        if data.draw(st.booleans()):
            kept.update({one[:3]: one for one in parts.spent()})
            parts = Throttle(earlier=kept.values())
        assert count(parts, now) == count(whole, now)


@given(in_hours)
def test_whoever_waits_for_a_quota_and_a_rate_gets_through(asked_for):
    tally, now = Throttle().tally((HOURLY, RATE), CountedAt("orders")), NOW
    for pause, _ in asked_for:
        now += pause
        try:
            tally.spend(now)
        except Throttled as refused:
            now += math.ceil(refused.retry_after_s * 1000) / 1000
            tally.spend(now)
