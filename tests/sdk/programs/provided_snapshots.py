"""An app that loads its settings from snapshots, by name and by references, with the provider."""

from __future__ import annotations

import asyncio
import json
import os
import time
from typing import Any

from azure.appconfiguration import (
    AzureAppConfigurationClient,
    ConfigurationSetting,
    ConfigurationSettingsFilter,
)
from azure.appconfiguration.provider import SettingSelector, load
from azure.appconfiguration.provider.aio import load as load_async
from azure.identity import DefaultAzureCredential
from azure.identity.aio import DefaultAzureCredential as AsyncCredential

ENDPOINT = os.environ["APPCONFIG_ENDPOINT"]
REFERENCE = 'application/json; profile="https://azconfig.io/mime-profiles/snapshot-ref"; charset=utf-8'
OPTIONS: dict[str, Any] = {"replica_discovery_enabled": False, "startup_timeout": 1, "refresh_interval": 1}
WAIT_S = 20


def refer(client: AzureAppConfigurationClient, snapshot: str) -> None:
    """Let the app's reference lead to a snapshot."""
    value = json.dumps({"snapshot_name": snapshot})
    client.set_configuration_setting(ConfigurationSetting(key="app:ref", value=value, content_type=REFERENCE))


def prepare(client: AzureAppConfigurationClient, credential: Any) -> None:
    """Make two releases, between which the settings change."""
    for name, colour in (("v1", "blue"), ("v2", "green")):
        client.set_configuration_setting(ConfigurationSetting(key="colour", value=colour))
        client.begin_create_snapshot(name, [ConfigurationSettingsFilter(key="colour")]).result()
    client.begin_create_snapshot(
        "both", [ConfigurationSettingsFilter(key="colour", label="*")], composition_type="key_label"
    ).result()
    client.set_configuration_setting(ConfigurationSetting(key="colour", value="red"))
    client.archive_snapshot("v1")
    refer(client, "v1")


def loaded(credential: Any, **selector: str) -> Any:
    """What an app is given."""
    try:
        selects = [SettingSelector(**selector)]
        return dict(load(endpoint=ENDPOINT, credential=credential, selects=selects, **OPTIONS))
    except ValueError as error:
        return type(error).__name__


async def loaded_async(**selector: str) -> Any:
    """The same, asynchronously."""
    async with AsyncCredential() as credential:
        selects = [SettingSelector(**selector)]
        async with await load_async(
            endpoint=ENDPOINT, credential=credential, selects=selects, **OPTIONS
        ) as provider:
            return dict(provider)


def followed(client: AzureAppConfigurationClient, credential: Any) -> Any:
    """What a running app has once its reference leads to another snapshot."""
    selects = [SettingSelector(key_filter="app:*")]
    provider = load(
        endpoint=ENDPOINT, credential=credential, selects=selects, refresh_enabled=True, **OPTIONS
    )
    refer(client, "v2")
    end = time.monotonic() + WAIT_S
    while provider.get("colour") != "green" and time.monotonic() < end:
        time.sleep(0.1)
        provider.refresh()
    return dict(provider)


def main() -> None:
    """Load in the ways that apps do."""
    with DefaultAzureCredential() as credential, AzureAppConfigurationClient(ENDPOINT, credential) as client:
        prepare(client, credential)
        seen = {
            "plain": loaded(credential, key_filter="colour"),
            "by name": loaded(credential, snapshot_name="v1"),
            "by reference": loaded(credential, key_filter="app:*"),
            "asynchronously": [
                asyncio.run(loaded_async(**selector))
                for selector in ({"snapshot_name": "v1"}, {"key_filter": "app:*"})
            ],
            "missing": loaded(credential, snapshot_name="none"),
            "by key and label": loaded(credential, snapshot_name="both"),
            "followed": followed(client, credential),
        }
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
