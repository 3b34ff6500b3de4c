"""Roles on one snapshot of a store: read, shown and written again."""

from __future__ import annotations

from estate_texts import estate, in_group

from keyless.estate.export.document import export_text
from keyless.estate.warnings import warnings_of

GUID = "11111111-1111-4111-8111-111111111111"
ROLE = (
    in_group("configurationStores: {orders: }")
    + f"\nroleAssignments: [{{principal: {GUID}, role: App Configuration Data Reader, "
    "scope: {store: orders, snapshot: release/1}}]"
)


def test_a_role_holds_on_one_snapshot() -> None:
    found = estate(ROLE)
    assert found.assignments[0].scope.endswith("/configurationStores/orders/snapshots/release%2F1")
    assert "snapshot: release/1" in export_text(found)
    assert estate(export_text(found)).assignments[0].scope == found.assignments[0].scope
    assert not [one for one in warnings_of(found) if "snapshot" in one]
