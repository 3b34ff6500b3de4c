"""Replicas of stores: read, refused, shown and written."""

from __future__ import annotations

import pytest
from estate_texts import estate, in_group, only
from rich.console import Console

from keyless.estate.export.document import export_text
from keyless.estate.read import read_text
from keyless.estate.show import estate_tree
from keyless.model.resources import Replica


def with_replicas(declared: str, store: str = "orders-store") -> str:
    """An estate with one store, which has replicas."""
    return in_group(f"configurationStores: {{{store}: {{location: westeurope, replicas: {declared}}}}}")


def test_a_replica_is_told_by_its_name_and_region() -> None:
    (store,) = estate(with_replicas("{north: northeurope, Uk: {location: uksouth}}")).stores
    assert store.replicas == (Replica("north", "northeurope"), Replica("Uk", "uksouth"))


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ("{north: westeurope}", "the store `orders-store` is in `westeurope` already"),
        ("{north: uksouth, south: uksouth}", "the replica `north` is in `uksouth` already"),
        ("{no-rth: uksouth}", "cannot be a replica's name"),
        ("{north: {}}", "a replica needs `location`"),
        ("{north: uksouth, NORTH: ukwest}", "NORTH"),
        (f"{{{'x' * 51}: uksouth}}", "cannot be a replica's name"),
    ],
)
def test_what_cannot_be_a_replica_is_refused(declared: str, says: str) -> None:
    assert says in only(with_replicas(declared)).message


def test_a_host_name_that_is_too_long_is_refused() -> None:
    problem = only(with_replicas(f"{{{'x' * 30}: uksouth}}", store="orders" + "y" * 40))
    assert "makes a host name that is too long" in problem.message


def test_small_tiers_have_none() -> None:
    text = in_group("configurationStores: {orders-store: {sku: free, replicas: {north: northeurope}}}")
    assert "a store of the tier `free` has no replicas" in only(text).message


def test_it_is_shown_with_its_region() -> None:
    console = Console(width=200, color_system=None, force_terminal=False, no_color=True)
    with console.capture() as captured:
        console.print(estate_tree(estate(with_replicas("{north: northeurope}"))))
    assert "replica in northeurope" in captured.get()


def test_an_export_says_the_same_again() -> None:
    declared = estate(with_replicas("{north: northeurope}"))
    again = read_text(export_text(declared), {})
    assert again.stores == declared.stores
