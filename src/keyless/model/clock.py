"""The estate's time: how far it is ahead of the machine's, so that what takes days can be tried at once."""

from __future__ import annotations

import msgspec

_UNITS = (("day", 24 * 60 * 60), ("hour", 60 * 60), ("minute", 60), ("second", 1))


class Clock(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """How many seconds the estate's time is ahead of the machine's; it is never behind it."""

    ahead_s: int = 0


def span_in_words(seconds: int) -> str:
    """A span of time in its two largest units: `30 days`, `1 day 2 hours`."""
    parts = []
    for noun, size in _UNITS:
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number} {noun}{'' if number == 1 else 's'}")
    return " ".join(parts[:2]) or "no time"
