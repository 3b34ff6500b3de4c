"""Every operation of the management plane, at every api-version that it takes, is in a public document."""

from __future__ import annotations

from wire_schemas import UNDESCRIBED, undescribed


def test_every_operation_is_described_at_every_api_version(matrix) -> None:
    assert undescribed(matrix.plane("resource-manager").operations) == []


def test_what_is_said_to_be_undescribed_is_served_and_has_a_reason(matrix) -> None:
    served = {operation.id for operation in matrix.plane("resource-manager").operations}
    assert set(UNDESCRIBED) <= served
    assert all(UNDESCRIBED.values())
