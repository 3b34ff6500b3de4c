"""Moments of conditions, exact to the 100 ns that Azure writes: whole numbers since 1970.

Azure's format is `yyyy-mm-ddThh:mm:ss.mmmmmmmZ`. The fraction may be shorter or left out; the `Z` may not:
a moment without a zone is none.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format#datetime-comparison-operators
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

PER_SECOND = 10_000_000
_FORMAT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,7}))?Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_moment(text: str) -> int | None:
    """A text of Azure's format as 100 ns since 1970; None for any other."""
    if (match := _FORMAT.fullmatch(text)) is None:
        return None
    try:
        whole = datetime.strptime(f"{match[1]} {match[2]}Z", "%Y-%m-%d %H:%M:%S%z")
    except ValueError:
        return None
    return _moment_of(whole) + int((match[3] or "").ljust(7, "0"))


def _moment_of(when: datetime) -> int:
    since = when - _EPOCH
    return (since.days * 86_400 + since.seconds) * PER_SECOND


def write_moment(moment: int) -> str:
    """A moment in Azure's format, with the whole fraction."""
    seconds, fraction = divmod(moment, PER_SECOND)
    days, of_day = divmod(seconds, 86_400)
    day = datetime.fromordinal(_EPOCH.toordinal() + days).date()
    hours, of_hour = divmod(of_day, 3600)
    return f"{day.isoformat()}T{hours:02}:{of_hour // 60:02}:{of_hour % 60:02}.{fraction:07}Z"
