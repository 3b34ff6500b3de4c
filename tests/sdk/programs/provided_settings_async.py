"""The same as provided_settings.py, with the asynchronous provider."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from azure.appconfiguration import ConfigurationSetting
from azure.appconfiguration.aio import AzureAppConfigurationClient
from azure.appconfiguration.provider import SettingSelector, WatchKey
from azure.appconfiguration.provider.aio import AzureAppConfigurationProvider, load
from azure.identity.aio import DefaultAzureCredential

ORDERS = [SettingSelector(key_filter="orders:*"), SettingSelector(key_filter="orders:*", label_filter="prod")]
WAIT_S = 20


async def settings(credential: DefaultAzureCredential, **options: Any) -> AzureAppConfigurationProvider:
    """The store's settings. Replicas are looked up in the public DNS, so that is left out."""
    return await load(
        endpoint=os.environ["APPCONFIG_ENDPOINT"],
        credential=credential,
        keyvault_credential=credential,
        replica_discovery_enabled=False,
        refresh_interval=1,
        startup_timeout=1,
        **options,
    )


async def loaded(credential: DefaultAzureCredential, **options: Any) -> dict[str, Any]:
    """The store's settings, as they are at the start."""
    async with await settings(credential, **options) as provider:
        return dict(provider)


async def start(credential: DefaultAzureCredential) -> dict[str, Any]:
    """Load in the ways that apps do."""
    nothing = [SettingSelector(key_filter="none")]
    flags = await loaded(credential, selects=nothing, feature_flag_enabled=True)
    return {
        "plain": await loaded(credential),
        "labelled": await loaded(credential, selects=ORDERS, trim_prefixes=["orders:"]),
        "tagged": await loaded(
            credential, selects=[SettingSelector(key_filter="*", tag_filters=["team=blue"])]
        ),
        "flags": flags["feature_management"],
    }


async def until(provider: AzureAppConfigurationProvider, seen: Callable[[], bool]) -> bool:
    """Refresh as an app does on each request, until something is seen or it takes too long."""
    end = time.monotonic() + WAIT_S
    while not seen():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.1)
        await provider.refresh()
    return True


async def change(credential: DefaultAzureCredential) -> dict[str, Any]:
    """Change the store under running providers."""
    async with (
        await settings(credential, refresh_on=[WatchKey("sentinel")]) as watching,
        await settings(
            credential, refresh_enabled=True, feature_flag_enabled=True, feature_flag_refresh_enabled=True
        ) as following,
        AzureAppConfigurationClient(os.environ["APPCONFIG_ENDPOINT"], credential) as client,
    ):
        began = time.monotonic()
        await client.set_configuration_setting(ConfigurationSetting(key="orders:pageSize", value="50"))
        flag = await client.get_configuration_setting(".appconfig.featureflag/beta")
        flag.enabled = True
        await client.set_configuration_setting(flag)
        followed = await until(following, lambda: following["orders:pageSize"] == "50")
        flagged = await until(
            following, lambda: following["feature_management"]["feature_flags"][0]["enabled"]
        )
        await until(watching, lambda: time.monotonic() > began + 1.2)
        before = watching["orders:pageSize"]
        await client.set_configuration_setting(ConfigurationSetting(key="sentinel", value="2"))
        watched = await until(watching, lambda: watching["sentinel"] == "2")
        return {
            "followed": followed,
            "flagged": flagged,
            "before the sentinel": before,
            "watched": watched,
            "after the sentinel": watching["orders:pageSize"],
        }


async def main() -> None:
    """Print what was seen as a line of JSON."""
    async with DefaultAzureCredential() as credential:
        seen = await (start(credential) if sys.argv[1] == "load" else change(credential))
    print(json.dumps(seen))


if __name__ == "__main__":
    asyncio.run(main())
