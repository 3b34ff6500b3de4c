"""Values that are settings and no secrets, and those that nothing is known of.

Rules:
- a truth value, a short number, a duration, a date, a time, a host name, and a few words that settings are
  made of are configuration; anything else is not known to be, and what is not known is treated as a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from keyless.catalog.shapes.pairs import is_host
from keyless.catalog.shapes.shape import UNKNOWN, Holds, ValueShape

_LONGEST = 64
_LONGEST_DRAWN = 512
_SHORTEST_DRAWN = 16
_TRUTH = frozenset({"true", "false", "yes", "no", "on", "off", "enabled", "disabled"})
_WORDS = frozenset(
    {"debug", "verbose", "trace", "info", "information", "warn", "warning", "error", "critical", "none"}
    | {"production", "prod", "staging", "development", "dev", "test", "qa", "default", "utf-8"}
)
_NUMBER = re.compile(r"-?[0-9]{1,5}(\.[0-9]{1,3})?")
_DURATION = re.compile(
    r"([0-9]{1,3}\.)?[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?|p(t?[0-9]{1,4}[ymdwhs]){1,6}|[0-9]{1,4}(ms|s|m|h|d)"
)
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(z|[+-][0-9]{2}:?[0-9]{2})?"
_MOMENT = re.compile(f"{_DAY}([t ]{_TIME})?")
_KINDS: Mapping[str, Callable[[str], object]] = {
    "empty": lambda text: not text,
    "truth-value": _TRUTH.__contains__,
    "word": _WORDS.__contains__,
    "number": _NUMBER.fullmatch,
    "duration": _DURATION.fullmatch,
    "moment": _MOMENT.fullmatch,
}
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def shape_of_plain(text: str) -> ValueShape:
    """What a value is that is neither a key, nor a connection string, nor an address."""
    if len(text) > _LONGEST:
        is_drawn = len(text) <= _LONGEST_DRAWN and _is_drawn(text)
        return ValueShape("drawn-by-lot", Holds.UNKNOWN) if is_drawn else UNKNOWN
    folded = text.casefold()
    if is_host(folded) and _is_domain(folded):
        return ValueShape("host", Holds.CONFIGURATION, host=folded)
    if _GUID.fullmatch(folded):
        return ValueShape("guid", Holds.UNKNOWN)
    kind = next((name for name, fits in _KINDS.items() if fits(folded)), "")
    if kind:
        return ValueShape(kind, Holds.CONFIGURATION)
    return ValueShape("drawn-by-lot", Holds.UNKNOWN) if _is_drawn(text) else UNKNOWN


def _is_drawn(text: str) -> bool:
    """Whether a text looks drawn by lot: long, in one piece, with digits among its letters."""
    return (
        len(text) >= _SHORTEST_DRAWN
        and not any(character.isspace() for character in text)
        and any(character.isdigit() for character in text)
        and any(character.isalpha() for character in text)
    )


def _is_domain(folded: str) -> bool:
    """Whether a text with dots is a host name for sure: it ends as they do, and no label looks drawn."""
    labels = folded.split(".")
    return labels[-1] in {"com", "net", "org", "io", "cn", "us", "local", "internal"} and all(
        len(label) < 25 for label in labels
    )
