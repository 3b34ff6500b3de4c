"""Azure's regions as Azure Resource Manager lists them, and asks for one of them.

Rules:
- a location is compared without case and without spaces, and kept so;
- a resource group can only be made in a region that there is.

Source: https://learn.microsoft.com/azure/reliability/regions-list
"""

from __future__ import annotations

from keyless.catalog.regions import Region, plain, regions

__all__ = ["REGIONS", "Region", "is_region", "plain"]

REGIONS = tuple(regions().values())


def is_region(location: str) -> bool:
    """Whether there is such a region."""
    return plain(location) in regions()
