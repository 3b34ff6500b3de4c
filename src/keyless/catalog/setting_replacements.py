"""What to write into settings and properties in the place of a stored credential.

Rules:
- some settings and properties have a replacement of their own, by their names, which compare without case and
  without what separates their parts;
- any other is replaced by what the service's clients take: an address, in the form in which Azure Functions
  reads it from the same name.

Source: https://learn.microsoft.com/azure/azure-functions/functions-reference
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data

_SEPARATORS = str.maketrans("", "", "_-.: ")
_NAME = "<name>"


class SettingReplacement(msgspec.Struct, frozen=True):
    """What to write instead, the roles that it takes where they are others than the service's, and a note."""

    instead: str
    names: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    note: str = ""


class _File(msgspec.Struct, frozen=True):
    names: tuple[SettingReplacement, ...]
    suffixes: dict[str, str]


def setting_replacement(name: str, service: str) -> SettingReplacement | None:
    """What takes the place of a credential of a service in a setting; none where nothing is known."""
    own = _by_name().get(_key(name))
    if own is not None:
        return own
    written = _file().suffixes.get(service)
    if written is None:
        return None
    return SettingReplacement(written.replace(_NAME, name, 1) if written.startswith(_NAME) else written)


@lru_cache(maxsize=1)
def _by_name() -> dict[str, SettingReplacement]:
    return {_key(name): one for one in _file().names for name in one.names}


@lru_cache(maxsize=1)
def _file() -> _File:
    return msgspec.json.decode(read_data("setting_replacements.json"), type=_File)


def _key(name: str) -> str:
    return name.casefold().translate(_SEPARATORS)
