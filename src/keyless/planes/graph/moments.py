"""Points in time as Graph writes and reads them: ISO 8601, in UTC, to the second.

Source: https://learn.microsoft.com/graph/api/resources/passwordcredential
"""

from __future__ import annotations

import datetime as dt

from keyless.planes.graph.errors import BadRequest
from keyless.wire import moments


def moment(epoch_s: int | None) -> str | None:
    """A moment in the form of the wire; none where there is none."""
    if epoch_s is None:
        return None
    return dt.datetime.fromtimestamp(epoch_s, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(value: object) -> int | None:
    """Epoch seconds of a date and time, in UTC unless it says otherwise; none where there is none.

    Raises:
        BadRequest: it is none.
    """
    if value is None:
        return None
    try:
        return int(moments.read_moment(str(value)))
    except ValueError:
        raise BadRequest(
            f"`{str(value)[:40]}` is no date and time: write it as 2026-01-31T12:00:00Z"
        ) from None
