"""How code of each language reads settings: environment variables, app settings, configuration files.

Rules:
- ``objects`` are maps of settings by the name that they have after imports, with the prefix that their keys
  get; ``makers`` are calls that return one, ``types`` what it may be declared as, ``named`` what it is
  usually called where no type is written, ``modules`` what a file imports it as;
- ``functions`` read one setting: the positions of its name and of its default (-1 for none);
- ``methods`` of such an object do the same with a prefix; ``sections`` give a part of it, ``bound`` the whole
  of it as an object of a class.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data


class SettingReads(msgspec.Struct, frozen=True):
    """What reads settings in one language."""

    objects: dict[str, str] = {}
    makers: dict[str, str] = {}
    types: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    functions: dict[str, tuple[int, int]] = {}
    methods: dict[str, str] = {}
    sections: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True):
    languages: dict[str, SettingReads]


def setting_reads(language: str) -> SettingReads:
    """What reads settings in a language; nothing for one that the catalog does not know."""
    return _languages().get(language, SettingReads())


@lru_cache(maxsize=1)
def _languages() -> dict[str, SettingReads]:
    return msgspec.json.decode(read_data("setting_reads.json"), type=_File).languages
