"""Durations as rotation policies write them: ISO 8601, from years down to seconds.

Years and months are those of the calendar: a month after 31 January is the last day of February.

Source: https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation#key-rotation-policy
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

from keyless.planes.keyvault.objects.properties import EARLIEST_S, LATEST_S

_FORM = re.compile(
    r"P(?=[0-9T])(?:(?P<years>\d{1,5})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)


class Duration(NamedTuple):
    """A span of time: whole months of the calendar, and seconds."""

    months: int
    seconds: int

    def after(self, at: int) -> int:
        """The epoch second that is this much later; at most that of the year 9999."""
        return self._moved(at, 1)

    def before(self, at: int) -> int:
        """The epoch second that is this much earlier; at least that of the year 1."""
        return self._moved(at, -1)

    def _moved(self, at: int, sign: int) -> int:
        try:
            moved = _months_later(dt.datetime.fromtimestamp(at, dt.UTC), sign * self.months)
            return int((moved + dt.timedelta(seconds=sign * self.seconds)).timestamp())
        except (OverflowError, ValueError):
            return LATEST_S if sign > 0 else EARLIEST_S

    @property
    def least_days(self) -> float:
        """How many days it is at least, whatever the months."""
        return self.months * 28 + self.seconds / 86_400


def read_duration(text: str) -> Duration:
    """A duration, such as `P90D` or `P1Y10D`.

    Raises:
        ValueError: it is none.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError("a duration is written as in ISO 8601, such as `P90D`, `P3M` or `PT48H`")
    of = {name: int(value or 0) for name, value in match.groupdict().items()}
    days = of["weeks"] * 7 + of["days"]
    seconds = days * 86_400 + of["hours"] * 3600 + of["minutes"] * 60 + of["seconds"]
    return Duration(of["years"] * 12 + of["months"], seconds)


def _months_later(at: dt.datetime, months: int) -> dt.datetime:
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return at.replace(year=year, month=month + 1, day=min(at.day, last))
