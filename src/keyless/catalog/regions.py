"""Azure's regions: how a location is spelled, and the geography that it lies in.

Rules:
- a location is compared without case and without spaces: `West Europe` is `westeurope`, as it is kept;
- all regions of a geography are one security world of Key Vault: what is backed up in one of them can be
  restored in the others;
- a location that is no region here is a geography by itself.

Sources: https://learn.microsoft.com/azure/reliability/regions-list,
https://learn.microsoft.com/azure/key-vault/general/overview-security-worlds
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data


class Region(msgspec.Struct, frozen=True, rename="camel"):
    """A region: its name, how people are shown it, the part of the world for lists, and its geography."""

    name: str
    display_name: str
    group: str
    geography: str


class _File(msgspec.Struct, frozen=True):
    regions: tuple[Region, ...]


@lru_cache(maxsize=1)
def regions() -> dict[str, Region]:
    """Every region, by its name."""
    read = msgspec.json.decode(read_data("regions.json"), type=_File)
    return {region.name: region for region in read.regions}


def plain(location: str) -> str:
    """A location as it is kept and compared."""
    return re.sub(r"\s", "", location).lower()


def geography_of(location: str) -> str:
    """The geography that a location lies in."""
    name = plain(location)
    region = regions().get(name)
    return name if region is None else region.geography
