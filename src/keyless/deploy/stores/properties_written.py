"""Settings as Java's properties, in ASCII, so that every reader takes them for the same.

Source: https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_IN_KEYS = re.compile(r"[\\ :=#!]|[^ -~]")
_IN_VALUES = re.compile(r"\\|^ |[^ -~]")
_LETTERS = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f"}


def properties_text(settings: Mapping[str, str]) -> str:
    """A file of properties."""
    return "".join(
        f"{_IN_KEYS.sub(_escaped, key)}={_IN_VALUES.sub(_escaped, value)}\n"
        for key, value in settings.items()
    )


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if " " <= character <= "~":
        return "\\" + character
    if character in _LETTERS:
        return _LETTERS[character]
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
