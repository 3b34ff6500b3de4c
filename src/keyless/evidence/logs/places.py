"""Where in a row a value stands: a path of keys, and what to look for in a text that is itself JSON.

All places are constants of the categories; nothing here comes from a log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_KEY = re.compile(r'"([^"]+)"|([^."]+)')
_INSIDE = " > "
NO_TEXT = "CAST(NULL AS VARCHAR)"


@dataclass(frozen=True, slots=True)
class Place:
    """``keys`` from the row down, and then ``inside`` in what stands there, read as JSON."""

    keys: tuple[str, ...]
    inside: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read a place such as ``properties.id`` or ``Claims > appid``."""
        outer, _, inner = text.partition(_INSIDE)
        return cls(_keys(outer), _keys(inner))


def _keys(text: str) -> tuple[str, ...]:
    return tuple(quoted or plain for quoted, plain in _KEY.findall(text))


def json_path(keys: tuple[str, ...]) -> str:
    """Keys as a JSON path in an SQL literal."""
    return quoted("$" + "".join(f'."{key}"' for key in keys))


def insides(text: str, each: Iterable[tuple[str, ...]]) -> str:
    """A list of what stands at each of some keys of a text that is JSON; NULL where it is none."""
    paths = ", ".join(map(json_path, each))
    return f"json_extract_string(CASE WHEN json_valid({text}) THEN {text} END, [{paths}])"


def quoted(text: str) -> str:
    """An SQL literal."""
    return "'" + text.replace("'", "''") + "'"
