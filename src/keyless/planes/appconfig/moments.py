"""Times on the wire: `Accept-Datetime` in, HTTP dates and ISO times out.

Rules:
- `Accept-Datetime` should be an HTTP date; the Python client sends ``str(datetime)``, so ISO 8601 is read
  too, in UTC where it names no zone;
- one that is neither is refused (RFC 7089, section 4.5.3).
"""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from keyless.wire.moments import read_moment

_REMEMBERED = 4096  # key-values that are read together were often written together


class NotAMoment(ValueError):
    """A text that is neither an HTTP date nor an ISO 8601 time."""


def parse_moment(text: str) -> float:
    """The time meant, in epoch seconds.

    Raises:
        NotAMoment: it is not a time that can be read.
    """
    for read in (read_moment, _read_http_date):
        try:
            at = read(text)
            _utc(at)  # a zone can take it out of the years that there are
        except (ValueError, OverflowError):
            continue
        return at
    raise NotAMoment(text)


def _read_http_date(text: str) -> float:
    moment = parsedate_to_datetime(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()


@lru_cache(maxsize=_REMEMBERED)
def http_date(at: float) -> str:
    """Epoch seconds as an HTTP date (RFC 9110, section 5.6.7)."""
    return format_datetime(_utc(at), usegmt=True)


@lru_cache(maxsize=_REMEMBERED)
def iso_time(at: int) -> str:
    """Epoch seconds as bodies give times, such as ``2019-08-27T16:52:32+00:00``."""
    return _utc(at).isoformat()


def _utc(at: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(at), dt.UTC)
