"""Settings with keys of several parts as nested values: what `flat.py` takes apart, put together again.

Rules:
- parts that count from 0 without a gap, as Python would write them, are the places of a list; but for those
  at the root;
- a key cannot have a value and parts behind it: there is no way to write both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class NotWritable(Exception):
    """Keys that cannot stand beside each other; the message names them."""


class _Parts(dict[str, Any]):
    """What lies behind a part of a key, unlike an object that is a value."""


def nested(settings: Mapping[str, Any], separator: str) -> dict[str, Any]:
    """Settings by the parts of their keys; flat where there is no separator.

    Raises:
        NotWritable: a key has a value and parts behind it.
    """
    if not separator:
        return dict(settings)
    root = _Parts()
    for key, value in settings.items():
        *way, last = key.split(separator)
        parts = root
        for part in way:
            parts = parts.setdefault(part, _Parts())
            if not isinstance(parts, _Parts):
                raise _both(key, separator)
        if last in parts:
            raise _both(key, separator)
        parts[last] = value
    return {part: _listed(value) for part, value in root.items()}


def _both(key: str, separator: str) -> NotWritable:
    return NotWritable(
        f"`{key}` cannot stand beside a key that is its beginning, or goes on behind it, with `{separator}` "
        "between the parts: leave one out with `--except`, or take `--format kvset`"
    )


def _listed(value: Any) -> Any:  # noqa: ANN401  # any JSON
    if not isinstance(value, _Parts):
        return value
    parts = {part: _listed(one) for part, one in value.items()}
    places = [str(place) for place in range(len(parts))]
    return [parts[place] for place in places] if parts.keys() == set(places) else parts
