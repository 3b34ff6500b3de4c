"""Points in time as the management plane writes them.

Source: https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#json-date-time-is-rfc3339
"""

from __future__ import annotations

import datetime as dt


def moment(epoch_s: float) -> str:
    """``2026-01-31T12:00:00.0000000Z``: UTC, with seven digits of a second."""
    at = dt.datetime.fromtimestamp(epoch_s, dt.UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}0Z"
