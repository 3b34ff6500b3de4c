"""Durations of rotation policies: how they are written, and where they end on the calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.planes.keyvault.keys.durations import Duration, read_duration
from keyless.planes.keyvault.objects.properties import EARLIEST_S, LATEST_S

DAY = 86_400


def at(year: int, month: int, day: int) -> int:
    return int(dt.datetime(year, month, day, tzinfo=dt.UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "months", "seconds"),
    [
        ("P90D", 0, 90 * DAY),
        ("P3M", 3, 0),
        ("PT48H", 0, 2 * DAY),
        ("P1Y10D", 12, 10 * DAY),
        ("P2W", 0, 14 * DAY),
        ("P1Y2M3DT4H5M6S", 14, 3 * DAY + 4 * 3600 + 5 * 60 + 6),
    ],
)
def test_a_duration_is_read_part_by_part(text: str, months: int, seconds: int) -> None:
    assert read_duration(text) == Duration(months, seconds)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1", "90D", "P-1D", "P1DT", "p1d", "P1.5D", "P1D ", "P1D2M", "P٣D"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        read_duration(text)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("P1M", at(2027, 1, 31), at(2027, 2, 28)),
        ("P1M", at(2028, 1, 31), at(2028, 2, 29)),
        ("P1Y", at(2028, 2, 29), at(2029, 2, 28)),
        ("P2M", at(2027, 12, 31), at(2028, 2, 29)),
    ],
)
def test_a_month_ends_with_the_calendars(text: str, start: int, end: int) -> None:
    assert read_duration(text).after(start) == end


def test_before_goes_back_to_the_last_day_of_a_shorter_month() -> None:
    assert read_duration("P1M").before(at(2027, 3, 31)) == at(2027, 2, 28)


def test_a_time_beyond_the_calendar_is_its_end() -> None:
    long = read_duration("P99999Y")
    assert (long.after(0), long.before(0)) == (LATEST_S, EARLIEST_S)


@given(st.integers(0, 400), st.integers(0, 4_000), st.integers(0, 4_000_000_000))
def test_a_duration_lasts_at_least_its_least_days_and_never_ends_before_it_begins(
    months: int, days: int, start: int
) -> None:
    duration = read_duration(f"P{months}M{days}D")
    assert duration.after(start) - start >= duration.least_days * DAY
    assert duration.before(start) <= start <= duration.after(start)
