"""What a configuration store is told to be, and what may be told.

Rules:
- what is left out stays as it is, on a PUT as on a PATCH;
- the tiers are free, developer, standard and premium; nothing goes back to free, nor from standard or premium
  to developer, and a subscription has one free store in a region;
- how long revisions are kept can be shortened, to an hour, but not in the free tier;
- only standard and premium keep a deleted store: for 1 to 7 days, which are fixed when the store is made;
- protection against purging can be switched on, and never off.

Sources: https://learn.microsoft.com/azure/azure-app-configuration/concept-soft-delete and
https://learn.microsoft.com/azure/azure-app-configuration/faq
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import structs, to_builtins

from keyless.catalog.limits import limits
from keyless.lifecycle.store_tiers import (
    DEVELOPER,
    FREE,
    PREMIUM,
    REVISION_RETENTION,
    STANDARD,
    TIERS,
    keeps_deleted,
)
from keyless.model.replicas import TIERS as REPLICATED
from keyless.model.resources import ConfigurationStore
from keyless.planes.arm.appconfiguration.schemas import PropertiesInput, Sku, StoreInput
from keyless.planes.arm.errors import InvalidContent
from keyless.planes.arm.regions import plain
from keyless.planes.arm.tags import cased_once, check_tags

_PRODUCTION = frozenset({STANDARD, PREMIUM})
ENABLED, DISABLED = "Enabled", "Disabled"
LOCAL, PASS_THROUGH = "Local", "Pass-through"
LONGEST_RETENTION_DAYS = 7


def made(resource_id: str, name: str, given: StoreInput, now: int) -> ConfigurationStore:
    """A new store.

    Raises:
        InvalidContent: it cannot be so.
    """
    if not given.location:
        raise _invalid(
            "location", "The location property is required for this definition.", "LocationRequired"
        )
    if given.sku is None:
        raise _invalid("sku", "The 'sku' property is required.")
    store = ConfigurationStore(
        resource_id=resource_id,
        name=name,
        location=plain(given.location),
        sku=_tier(given.sku),
        soft_delete_retention_days=0,
        created_on=now,
    )
    return changed(store, given)


def changed(store: ConfigurationStore, given: StoreInput) -> ConfigurationStore:
    """The store as it is told to be.

    Raises:
        InvalidContent: it cannot be so.
    """
    asked = given.properties or PropertiesInput()
    tier = store.sku if given.sku is None else _tier(given.sku)
    if given.tags is not None:
        check_tags(given.tags)
    if (tier == FREE != store.sku) or (tier == DEVELOPER and store.sku in _PRODUCTION):
        raise _invalid("sku", f"A store cannot be changed from the '{store.sku}' to the '{tier}' tier.")
    if store.replicas and tier not in REPLICATED:
        raise _invalid(
            "sku", f"A store of the '{tier}' tier has no replicas: delete those that it has first."
        )
    return structs.replace(
        store,
        sku=tier,
        tags=store.tags if given.tags is None else cased_once(given.tags),
        disable_local_auth=_either(asked.disable_local_auth, store.disable_local_auth),
        soft_delete_retention_days=_retention(store, asked, tier),
        purge_protection=_purge_protection(store, asked, tier),
        body={**store.body, **dict(_kept(store, asked, tier))},
    )


def reached_by(store: ConfigurationStore) -> str:
    """How the management plane may reach a store's key-values: `Local` or `Pass-through`."""
    proxy: dict[str, str] = store.body.get("dataPlaneProxy", {})
    return proxy.get("authenticationMode", LOCAL)


def _tier(sku: Sku) -> str:
    tier = sku.name.casefold()
    if tier not in TIERS:
        raise _invalid("sku", f"The sku '{sku.name[:50]}' is not one of {', '.join(TIERS)}.", "InvalidSku")
    return tier


def _retention(store: ConfigurationStore, asked: PropertiesInput, tier: str) -> int:
    days, name = asked.soft_delete_retention_in_days, "softDeleteRetentionInDays"
    if not keeps_deleted(tier):
        if days:
            raise _invalid(name, f"The '{tier}' tier does not keep deleted stores.")
        return 0
    fixed = store.soft_delete_retention_days
    if fixed and days not in {None, fixed}:
        raise _invalid(name, f"'{name}' can only be set when a store is made.")
    days = fixed or (LONGEST_RETENTION_DAYS if days is None else days)
    if not 1 <= days <= LONGEST_RETENTION_DAYS:
        raise _invalid(name, f"'{name}' must be 1 to {LONGEST_RETENTION_DAYS}.")
    return days


def _purge_protection(store: ConfigurationStore, asked: PropertiesInput, tier: str) -> bool:
    wanted = _either(asked.enable_purge_protection, store.purge_protection)
    if wanted and not keeps_deleted(tier):
        raise _invalid("enablePurgeProtection", f"The '{tier}' tier does not keep deleted stores.")
    if store.purge_protection and not wanted:
        raise _invalid("enablePurgeProtection", "'enablePurgeProtection' cannot be switched off again.")
    return wanted


def _kept(store: ConfigurationStore, asked: PropertiesInput, tier: str) -> Iterator[tuple[str, Any]]:
    """What is kept of a store's properties as it was written."""
    if asked.public_network_access is not None:
        yield (
            "publicNetworkAccess",
            _one_of("publicNetworkAccess", asked.public_network_access, ENABLED, DISABLED),
        )
    if asked.data_plane_proxy is not None:
        proxy = asked.data_plane_proxy
        _one_of("authenticationMode", proxy.authentication_mode or LOCAL, LOCAL, PASS_THROUGH)
        _one_of("privateLinkDelegation", proxy.private_link_delegation or DISABLED, ENABLED, DISABLED)
        yield "dataPlaneProxy", {**store.body.get("dataPlaneProxy", {}), **to_builtins(proxy)}
    seconds = asked.default_key_value_revision_retention_period_in_seconds
    if seconds is not None:
        yield REVISION_RETENTION, _history(seconds, tier)
    for name, value in (
        ("encryption", asked.encryption),
        ("telemetry", asked.telemetry),
        ("azureFrontDoor", asked.azure_front_door),
    ):
        if value is not None:
            yield name, value


def _history(seconds: int, tier: str) -> int:
    known = limits().app_configuration
    longest = known.tiers[tier].revision_retention_s
    least = longest if tier == FREE else known.shortest_retention_s
    if not least <= seconds <= longest:
        raise _invalid(
            REVISION_RETENTION, f"'{REVISION_RETENTION}' must be {least} to {longest} in the '{tier}' tier."
        )
    return seconds


def _one_of(name: str, value: str, *known: str) -> str:
    if value not in known:
        raise _invalid(name, f"'{name}' must be one of {', '.join(known)}.")
    return value


def _either(asked: bool | None, there: bool) -> bool:
    return there if asked is None else asked


def _invalid(field: str, message: str, code: str = "InvalidRequestContent") -> InvalidContent:
    return InvalidContent(message, field=field, code=code)
