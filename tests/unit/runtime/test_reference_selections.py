"""Which references the filters of evidence mean: as the store itself reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keyless.model.evidence import Selection
from keyless.model.resource_id import ResourceId
from keyless.model.vault_references import read_target
from keyless.plan.references.facts import ReferenceFacts, StoredReference
from keyless.runtime.reference_selections import with_selections

STORE = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.AppConfiguration/configurationStores/orders"


def reference(key: str, label: str = "", tags: tuple[tuple[str, str | None], ...] = ()) -> StoredReference:
    return StoredReference(
        store=ResourceId.parse(STORE), key=key, label=label, tags=tags, points_to=read_target("{}")
    )


FACTS = ReferenceFacts(
    references=(
        reference("orders:db", tags=(("empty", None), ("team", "blue"))),
        reference("orders:db", "prod"),
        reference("team,x", "dev"),
    )
)


@pytest.mark.parametrize(
    ("keys", "labels", "tags", "expected"),
    [
        ("", "", (), ["orders:db@", "orders:db@prod", "team,x@dev"]),
        ("*", "\0", (), ["orders:db@"]),
        ("orders:*", "prod,dev", (), ["orders:db@prod"]),
        ("team\\,x", "", (), ["team,x@dev"]),
        ("*", "", ("team=blue",), ["orders:db@"]),
        ("*", "", ("empty=\0",), ["orders:db@"]),
        ("*", "", ("other=\0",), []),
        ("a,b*", "", (), []),
        ("*", "", ("no tag",), []),
    ],
)
def test_filters_mean_what_they_mean_to_the_store(
    keys: str, labels: str, tags: tuple[str, ...], expected: list[str]
) -> None:
    selection = Selection("p", STORE.upper(), keys, labels, tags, "", True, 1, 2)
    found = with_selections(FACTS, [selection]).selected
    assert [f"{one.reference.key}@{one.reference.label}" for one in found] == expected
    assert all(one.told and one.principal_id == "p" for one in found)


def test_lists_of_other_stores_and_of_snapshots_select_none_of_these() -> None:
    elsewhere = Selection("p", f"{STORE}-2", "", "", (), "", False, 1, 2)
    snapshot = Selection("p", f"{STORE}/snapshots/before", "", "", (), "before", False, 1, 2)
    assert with_selections(FACTS, [elsewhere, snapshot]).selected == ()


def test_a_list_of_a_snapshot_selects_what_is_in_it_and_no_list_of_key_values_does() -> None:
    kept = replace(FACTS.references[0], snapshot="before")
    facts = replace(FACTS, references=(kept, FACTS.references[0]))
    snapshot = Selection("p", f"{STORE}/snapshots/before", "", "", (), "before", True, 1, 2)
    assert [one.reference for one in with_selections(facts, [snapshot]).selected] == [kept]
    everything = Selection("p", STORE, "", "", (), "", False, 1, 2)
    assert [one.reference for one in with_selections(facts, [everything]).selected] == [FACTS.references[0]]
