"""Numbers that Azure sets: sizes, counts, rates and delays. Units are in the names.

Sources: https://learn.microsoft.com/azure/key-vault/general/service-limits,
https://learn.microsoft.com/azure/azure-app-configuration/faq and
https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data


class KeyRates(msgspec.Struct, frozen=True, rename="camel"):
    """How many transactions on keys of one type a vault answers in a window: making them, and all others."""

    creates_per_window: int
    others_per_window: int


class KeyTransactions(msgspec.Struct, frozen=True, rename="camel"):
    """The rates for keys of one type, by what protects them."""

    hsm: KeyRates
    software: KeyRates


class KeyVaultLimits(msgspec.Struct, frozen=True, rename="camel"):
    """Key Vault: the counts per window hold for one vault and region, and so many times for a subscription.

    ``key_transactions`` are by type and size (`RSA-2048`) or curve (`P-256`): each is how many there can be
    where there are no others, for they are weighed and summed up. ``secret_creates_per_window`` is shared
    with imports of keys and certificates; ``transactions_per_window`` holds for all that is not about a key.
    """

    secret_max_bytes: int
    vault_name_pattern: str
    object_name_pattern: str
    soft_delete_min_days: int
    soft_delete_max_days: int
    soft_delete_default_days: int
    window_s: int
    subscription_times: int
    key_transactions: dict[str, KeyTransactions]
    secret_creates_per_window: int
    transactions_per_window: int
    backoff_s: tuple[int, ...]


class AppConfigurationTier(msgspec.Struct, frozen=True, rename="camel"):
    """What a tier of App Configuration gives a store.

    ``requests_per_window`` and ``window_s`` are none where there is no quota, ``reads_per_s`` and
    ``writes_per_s`` where no rate is stated. A snapshot that is archived stays for
    ``snapshot_retention_default_s`` unless it was told otherwise; ``keeps_deleted`` says whether a deleted
    store can come back.
    """

    requests_per_window: int | None
    window_s: int | None
    reads_per_s: int | None
    writes_per_s: int | None
    storage_bytes: int
    snapshot_storage_bytes: int
    revision_retention_s: int
    snapshot_retention_default_s: int
    snapshot_retention_max_s: int
    keeps_deleted: bool


class AppConfigurationLimits(msgspec.Struct, frozen=True, rename="camel"):
    """App Configuration: ``key_value_max_bytes`` counts key, label, tags and content type in.

    ``shortest_retention_s`` holds for revisions and for archived snapshots; ``tiers`` are by name.
    """

    key_value_max_bytes: int
    key_values_per_page: int
    rbac_propagation_minutes: int
    shortest_retention_s: int
    snapshot_max_bytes: int
    tiers: dict[str, AppConfigurationTier]


class ManagedIdentityLimits(msgspec.Struct, frozen=True, rename="camel"):
    """Managed identities and the endpoint that gives out their tokens (rate per machine).

    The counts of identities made per window hold for one region; a deleted one counts against the tenant's
    objects for some days.
    """

    federated_credentials_per_identity: int
    imds_requests_per_s: int
    token_cache_hours: int
    create_window_s: int
    creates_per_tenant: int
    creates_per_subscription: int
    deleted_counts_days: int


class RbacLimits(msgspec.Struct, frozen=True, rename="camel"):
    """Role assignments and custom roles."""

    assignments_per_subscription: int
    assignments_per_management_group: int
    custom_roles_per_tenant: int
    propagation_minutes: int


class Limits(msgspec.Struct, frozen=True, rename="camel"):
    """All of them, by service."""

    key_vault: KeyVaultLimits
    app_configuration: AppConfigurationLimits
    managed_identity: ManagedIdentityLimits
    rbac: RbacLimits


@lru_cache(maxsize=1)
def limits() -> Limits:
    """The limits of the catalog."""
    return msgspec.json.decode(read_data("limits.json"), type=Limits)
