"""How much a vault and a configuration store answer, in words.

Sources: https://learn.microsoft.com/azure/key-vault/general/service-limits and
https://learn.microsoft.com/azure/azure-app-configuration/faq#are-there-any-limits-on-the-number-of-requests-made-to-app-configuration
"""

from __future__ import annotations

from keyless.catalog.limits import limits

_SPANS = {3600: "an hour", 86_400: "a day"}


def vault_limit() -> str:
    """How often a vault is read from at most."""
    vault = limits().key_vault
    return _of_vault(f"{vault.transactions_per_window:,} calls")


def keys_limit() -> str:
    """How often keys of one type are asked for at most."""
    rates = [
        one.others_per_window
        for type_ in limits().key_vault.key_transactions.values()
        for one in (type_.hsm, type_.software)
    ]
    return _of_vault(f"{min(rates):,} to {max(rates):,} calls on keys of one type")


def _of_vault(calls: str) -> str:
    return f"a vault answers {calls} in {limits().key_vault.window_s} s, from all callers together"


def store_limit() -> str:
    """How often a store is asked at most, by its tier."""
    said = [
        f"{tier.requests_per_window:,} requests {_SPANS[tier.window_s]} ({name})"
        for name, tier in limits().app_configuration.tiers.items()
        if tier.requests_per_window and tier.window_s
    ]
    return f"a store answers {', '.join(said)}, from all callers together"
