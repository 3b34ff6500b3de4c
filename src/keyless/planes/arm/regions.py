"""Azure's regions, and how a location is spelled.

Rules:
- a location is compared without case and without spaces: `West Europe` is `westeurope`, as it is kept;
- a resource group can only be made in a region that there is.

Source: https://learn.microsoft.com/azure/reliability/regions-list
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Region(NamedTuple):
    """A region: its name, how people are shown it, and the geography that it lies in."""

    name: str
    display_name: str
    group: str


_BY_GROUP = {
    "Africa": "South Africa North|South Africa West",
    "Asia Pacific": (
        "Australia Central|Australia Central 2|Australia East|Australia Southeast|Central India|East Asia|"
        "Indonesia Central|Japan East|Japan West|Jio India Central|Jio India West|Korea Central|Korea South|"
        "Malaysia West|New Zealand North|South India|Southeast Asia|West India"
    ),
    "Canada": "Canada Central|Canada East",
    "Europe": (
        "Austria East|Belgium Central|France Central|France South|Germany North|Germany West Central|"
        "Italy North|North Europe|Norway East|Norway West|Poland Central|Spain Central|Sweden Central|"
        "Sweden South|Switzerland North|Switzerland West|UK South|UK West|West Europe"
    ),
    "Mexico": "Mexico Central",
    "Middle East": "Israel Central|Qatar Central|UAE Central|UAE North",
    "South America": "Brazil South|Brazil Southeast|Chile Central",
    "US": (
        "Central US|East US|East US 2|North Central US|South Central US|West Central US|West US|West US 2|"
        "West US 3"
    ),
}


def plain(location: str) -> str:
    """A location as it is kept and compared."""
    return re.sub(r"\s", "", location).lower()


REGIONS = tuple(
    Region(plain(name), name, group) for group, names in _BY_GROUP.items() for name in names.split("|")
)
_BY_NAME = {region.name: region for region in REGIONS}


def is_region(location: str) -> bool:
    """Whether there is such a region."""
    return plain(location) in _BY_NAME
