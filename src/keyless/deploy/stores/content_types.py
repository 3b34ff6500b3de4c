"""What a content type says of a value."""

from __future__ import annotations

import msgspec


def is_json_type(content_type: str | None) -> bool:
    """Whether a content type says that a value is JSON: `application/json`, `application/vnd.x+json`."""
    main, slash, sub = (content_type or "").partition(";")[0].strip().lower().partition("/")
    return main == "application" and slash != "" and "json" in sub.split("+")


def is_json(value: str) -> bool:
    """Whether a value is JSON."""
    try:
        msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
