"""How a text that others wrote is shown: names come from apps, files and logs, and could hold anything."""

from __future__ import annotations


def visible(text: str) -> str:
    """A text with its control characters escaped, so that none can steer a terminal or break a line."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
