"""GUIDs as they compare: object ids and role ids are the same in whatever casing they are written."""

from __future__ import annotations


def guid_key(guid: str) -> str:
    """What two spellings of one GUID have in common."""
    return guid.casefold()
