from __future__ import annotations

from keyless.catalog.limits import limits


def test_the_limits_are_those_that_azure_states():
    assert limits().key_vault.secret_max_bytes == 25_600
    assert limits().key_vault.backoff_s == (1, 2, 4, 8, 16)
    assert limits().app_configuration.rbac_propagation_minutes == 15
    assert limits().managed_identity.federated_credentials_per_identity == 20
    assert limits().rbac.assignments_per_subscription == 4_000
