"""Points in time as the management plane writes and reads them.

Source: https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#json-date-time-is-rfc3339
"""

from __future__ import annotations

import datetime as dt
import re

_FRACTION = re.compile(r"\.(\d{1,9})")


def moment(epoch_s: float) -> str:
    """``2026-01-31T12:00:00.0000000Z``: UTC, with seven digits of a second."""
    at = dt.datetime.fromtimestamp(epoch_s, dt.UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}0Z"


def read_moment(text: str) -> float:
    """Epoch seconds of a date and time; without an offset it is in UTC.

    Raises:
        ValueError: it is none.
    """
    plain = _FRACTION.sub(lambda found: f".{found[1][:6]:0<6}", text.strip())
    at = dt.datetime.fromisoformat(plain)
    return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).timestamp()
