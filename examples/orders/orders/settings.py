"""Settings and secrets, loaded once when the service starts, with the identity that the platform gives it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from azure.appconfiguration.provider import SettingSelector, load
from azure.identity import DefaultAzureCredential

STARTUP_TIMEOUT_S = 5  # a service that cannot start should say so soon


@dataclass(frozen=True)
class Settings:
    """What the service needs to know."""

    currency: str
    page_size: int
    discount_percent: int
    signing_key: bytes = field(repr=False)
    payment_api_key: str = field(repr=False)


def load_settings(endpoint: str | None = None) -> Settings:
    """Read everything from App Configuration; values that are Key Vault references are followed."""
    credential = DefaultAzureCredential()
    values = load(
        endpoint=endpoint or os.environ["ORDERS_CONFIG_ENDPOINT"],
        credential=credential,
        keyvault_credential=credential,
        selects=[SettingSelector(key_filter="orders:*", label_filter="prod")],
        trim_prefixes=["orders:"],
        startup_timeout=STARTUP_TIMEOUT_S,
    )
    return Settings(
        currency=values["currency"],
        page_size=int(values["pageSize"]),
        discount_percent=int(values["discountPercent"]),
        signing_key=values["signingKey"].encode(),
        payment_api_key=values["paymentApiKey"],
    )
