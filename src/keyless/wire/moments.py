"""Points in time as callers write them."""

from __future__ import annotations

import datetime as dt


def read_moment(text: str) -> float:
    """Epoch seconds of a date and time in ISO 8601; without an offset it is in UTC.

    Raises:
        ValueError: it is none.
    """
    at = dt.datetime.fromisoformat(text.strip())
    return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).timestamp()
