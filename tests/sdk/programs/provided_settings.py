"""An app's start: loads its settings, with references and feature flags, and then sees them change.

The argument `load` stops after the start; `refresh` goes on, with a client that changes the store.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from azure.appconfiguration import AzureAppConfigurationClient, ConfigurationSetting
from azure.appconfiguration.provider import (
    AzureAppConfigurationProvider,
    SettingSelector,
    WatchKey,
    load,
)
from azure.identity import DefaultAzureCredential

ORDERS = [SettingSelector(key_filter="orders:*"), SettingSelector(key_filter="orders:*", label_filter="prod")]
WAIT_S = 20
CREDENTIAL = DefaultAzureCredential()


def settings(**options: Any) -> AzureAppConfigurationProvider:
    """The store's settings. Replicas are looked up in the public DNS, so that is left out."""
    return load(
        endpoint=os.environ["APPCONFIG_ENDPOINT"],
        credential=CREDENTIAL,
        keyvault_credential=CREDENTIAL,
        replica_discovery_enabled=False,
        refresh_interval=1,
        startup_timeout=1,
        **options,
    )


def start() -> dict[str, Any]:
    """Load in the ways that apps do."""
    return {
        "plain": dict(settings()),
        "labelled": dict(settings(selects=ORDERS, trim_prefixes=["orders:"])),
        "tagged": dict(settings(selects=[SettingSelector(key_filter="*", tag_filters=["team=blue"])])),
        "flags": settings(selects=[SettingSelector(key_filter="none")], feature_flag_enabled=True)[
            "feature_management"
        ],
    }


def until(provider: AzureAppConfigurationProvider, seen: Callable[[], bool]) -> bool:
    """Refresh as an app does on each request, until something is seen or it takes too long."""
    end = time.monotonic() + WAIT_S
    while not seen():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
        provider.refresh()
    return True


def change() -> dict[str, Any]:
    """Change the store under running providers."""
    watching = settings(refresh_on=[WatchKey("sentinel")])
    began = time.monotonic()
    following = settings(refresh_enabled=True, feature_flag_enabled=True, feature_flag_refresh_enabled=True)
    with AzureAppConfigurationClient(os.environ["APPCONFIG_ENDPOINT"], CREDENTIAL) as client:
        client.set_configuration_setting(ConfigurationSetting(key="orders:pageSize", value="50"))
        flag = client.get_configuration_setting(".appconfig.featureflag/beta")
        flag.enabled = True
        client.set_configuration_setting(flag)
        followed = until(following, lambda: following["orders:pageSize"] == "50")
        flagged = until(following, lambda: following["feature_management"]["feature_flags"][0]["enabled"])
        until(watching, lambda: time.monotonic() > began + 1.2)
        before = watching["orders:pageSize"]
        client.set_configuration_setting(ConfigurationSetting(key="sentinel", value="2"))
        watched = until(watching, lambda: watching["sentinel"] == "2")
    return {
        "followed": followed,
        "flagged": flagged,
        "before the sentinel": before,
        "watched": watched,
        "after the sentinel": watching["orders:pageSize"],
    }


if __name__ == "__main__":
    print(json.dumps(start() if sys.argv[1] == "load" else change()))
