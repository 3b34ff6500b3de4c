"""What a configuration store's tier gives it, for the planes that serve it and that manage it.

Rules:
- the history of key-values is kept as long as the store says, else as long as its tier has it, which is also
  the longest;
- what has no known tier counts as standard, which is what a store is where nothing is said.

Source: https://learn.microsoft.com/azure/azure-app-configuration/faq
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.model.resources import ConfigurationStore

if TYPE_CHECKING:  # the catalog is read with the first tier that is asked for: most runs ask for none
    from keyless.catalog.limits import AppConfigurationTier

FREE, DEVELOPER, STANDARD, PREMIUM = "free", "developer", "standard", "premium"
TIERS = (FREE, DEVELOPER, STANDARD, PREMIUM)
REVISION_RETENTION = "defaultKeyValueRevisionRetentionPeriodInSeconds"
"""The property of a store that says how long revisions are kept, in seconds."""


def tier_of(store: ConfigurationStore) -> AppConfigurationTier:
    """What the store's tier gives it."""
    return tier_named(store.sku)


def tier_named(name: str) -> AppConfigurationTier:
    """What a tier gives."""
    from keyless.catalog.limits import limits

    tiers = limits().app_configuration.tiers
    return tiers.get(name.casefold(), tiers[STANDARD])


def keeps_deleted(tier: str) -> bool:
    """Whether a deleted store of a tier can come back."""
    return tier_named(tier).keeps_deleted


def revision_retention_s(store: ConfigurationStore) -> int:
    """How long a revision of one of the store's key-values is kept."""
    longest = tier_of(store).revision_retention_s
    return min(int(store.body.get(REVISION_RETENTION, longest)), longest)
