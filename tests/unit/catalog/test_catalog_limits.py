from __future__ import annotations

from keyless.catalog.limits import limits


def test_the_limits_are_those_that_azure_states():
    assert limits().key_vault.secret_max_bytes == 25_600
    assert limits().key_vault.backoff_s == (1, 2, 4, 8, 16)
    assert limits().app_configuration.rbac_propagation_minutes == 15
    assert limits().managed_identity.federated_credentials_per_identity == 20
    assert limits().rbac.assignments_per_subscription == 4_000


def test_a_vault_has_limits_for_each_type_of_key_and_for_making_secrets():
    vault = limits().key_vault
    assert (vault.window_s, vault.subscription_times, vault.transactions_per_window) == (10, 5, 4_000)
    assert vault.secret_creates_per_window == 300
    assert set(vault.key_transactions) == {
        "RSA-2048",
        "RSA-3072",
        "RSA-4096",
        "P-256",
        "P-256K",
        "P-384",
        "P-521",
    }
    assert vault.key_transactions["RSA-4096"].hsm.others_per_window == 250
