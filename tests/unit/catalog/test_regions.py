"""Regions: which there are, and which of them lie in one geography."""

from __future__ import annotations

import pytest

from keyless.catalog.regions import geography_of, plain, regions


def test_a_region_is_known_by_its_name_however_it_is_spelled() -> None:
    assert plain("West Europe") == "westeurope"
    assert regions()["westeurope"].display_name == "West Europe"
    assert all(name == plain(region.display_name) == region.name for name, region in regions().items())


@pytest.mark.parametrize(
    ("one", "other"),
    [("westeurope", "North Europe"), ("eastus", "westus3"), ("ukwest", "uksouth")],
)
def test_regions_of_one_geography_share_it(one: str, other: str) -> None:
    assert geography_of(one) == geography_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("westeurope", "francecentral"),
        ("canadacentral", "eastus2"),
        ("eastasia", "japaneast"),
        ("mars", "moon"),
    ],
)
def test_neighbours_may_lie_in_different_geographies(one: str, other: str) -> None:
    assert geography_of(one) != geography_of(other)


def test_a_place_that_is_no_region_is_a_geography_by_itself() -> None:
    assert geography_of("Our Cellar") == geography_of("ourcellar") == "ourcellar"
