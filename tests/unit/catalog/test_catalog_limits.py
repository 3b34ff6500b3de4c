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


def test_the_tiers_of_app_configuration_differ_in_requests_rates_storage_and_history():
    tiers = limits().app_configuration.tiers
    assert list(tiers) == ["free", "developer", "standard", "premium"]
    assert [(tier.requests_per_window, tier.window_s) for tier in tiers.values()] == [
        (1_000, 86_400),
        (6_000, 3_600),
        (30_000, 3_600),
        (None, None),
    ]
    assert [(tier.reads_per_s, tier.writes_per_s) for tier in tiers.values()] == [
        (None, None),
        (None, None),
        (300, 60),
        (450, 100),
    ]
    assert tiers["free"].storage_bytes == tiers["free"].snapshot_storage_bytes == 10 * 1024 * 1024
    assert [tier.revision_retention_s // 86_400 for tier in tiers.values()] == [7, 7, 30, 30]
    assert [tier.snapshot_retention_max_s // 86_400 for tier in tiers.values()] == [7, 7, 90, 90]
    assert [tier.keeps_deleted for tier in tiers.values()] == [False, False, True, True]
