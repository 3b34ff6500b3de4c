"""The tier of a configuration store and how long it keeps history: read, refused, written, applied."""

from __future__ import annotations

import pytest
from estate_texts import estate, in_group, only

from keyless.catalog.limits import limits
from keyless.deploy.apply import apply_estate
from keyless.deploy.contents import PlaneContents
from keyless.estate.declared.stores import LONGEST_HISTORY_DAYS, SHORT_HISTORY_DAYS
from keyless.estate.export.document import export_text
from keyless.lifecycle.store_tiers import REVISION_RETENTION
from keyless.model.resources import ConfigurationStore
from keyless.store.collections import STORES
from keyless.store.ports import Store

DAY_S = 86_400


def with_store(declared: str = "") -> str:
    """An estate with one store."""
    return in_group(f"configurationStores: {{orders-store: {{{declared}}}}}")


async def applied(store: Store, now: int, declared: str) -> ConfigurationStore:
    """The store as it is when an estate with it has been applied."""
    await apply_estate(estate(with_store(declared)), store, PlaneContents(store, lambda: float(now)))
    found = await store.get(STORES, ("orders-store",))
    assert found is not None
    return found


def test_a_store_says_its_tier_and_how_long_it_keeps_history() -> None:
    read = estate(with_store("sku: developer, revisionRetentionDays: 3"))
    (found,) = read.stores
    assert (found.sku, found.body) == ("developer", {REVISION_RETENTION: 3 * DAY_S})
    written = export_text(read)
    assert "sku: developer" in written
    assert "revisionRetentionDays: 3" in written


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ("sku: gold", "`gold` is not a tier"),
        ("revisionRetentionDays: 31", "`31` is out of range"),
        ("revisionRetentionDays: 0", "`0` is out of range"),
        ("sku: developer, revisionRetentionDays: 8", "of the developer tier keeps its history for at most 7"),
        ("sku: free, revisionRetentionDays: 3", "a free store keeps its history for 7 days, neither more"),
    ],
)
def test_what_a_store_cannot_be_is_refused(declared: str, says: str) -> None:
    assert says in only(with_store(declared)).message


async def test_a_store_of_which_nothing_is_said_is_standard_and_stays_what_it_becomes(
    store: Store, now: int
) -> None:
    assert (await applied(store, now, "")).sku == "standard"
    assert (await applied(store, now, "sku: premium, revisionRetentionDays: 5")).sku == "premium"
    kept = await applied(store, now, "disableLocalAuth: true")
    assert (kept.sku, kept.body) == ("premium", {REVISION_RETENTION: 5 * DAY_S})


async def test_the_file_changes_a_tier_up_and_down(store: Store, now: int) -> None:
    for tier in ("free", "standard", "developer", "premium", "standard"):
        assert (await applied(store, now, f"sku: {tier}")).sku == tier


def test_the_days_that_the_files_schema_names_are_those_of_the_catalog() -> None:
    kept = [tier.revision_retention_s for tier in limits().app_configuration.tiers.values()]
    assert (min(kept), max(kept)) == (SHORT_HISTORY_DAYS * DAY_S, LONGEST_HISTORY_DAYS * DAY_S)
