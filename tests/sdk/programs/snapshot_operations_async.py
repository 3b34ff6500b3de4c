"""The same as snapshot_operations.py, with the asynchronous client."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterable, Awaitable
from typing import Any

from azure.appconfiguration import ConfigurationSetting, ConfigurationSettingsFilter, SnapshotFields
from azure.appconfiguration.aio import AzureAppConfigurationClient
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.identity.aio import DefaultAzureCredential
from errors import shown_error
from snapshot_operations import COLOURS, MANY, shown

Client = AzureAppConfigurationClient


async def error_of(call: Awaitable[Any]) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        await call
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


async def every(found: AsyncIterable[Any]) -> list[Any]:
    """All of a list."""
    return [one async for one in found]


async def fill(client: Client) -> None:
    """Write the settings that the snapshots are of."""
    for value, label in COLOURS:
        await client.set_configuration_setting(ConfigurationSetting(key="colour", label=label, value=value))


async def made(client: Client) -> dict[str, Any]:
    """Make snapshots of both kinds, and wait for them."""
    began = time.monotonic()
    making = await client.begin_create_snapshot(
        "by key",
        [ConfigurationSettingsFilter(key="colour"), ConfigurationSettingsFilter(key="col*", label="prod")],
        retention_period=3600,
        tags={"of": "v1"},
        description="the first",
    )
    by_key = await making.result()
    labels = [ConfigurationSettingsFilter(key="colour", label="*")]
    making = await client.begin_create_snapshot("both", labels, composition_type="key_label")
    return {
        "by key": shown(by_key),
        "both": shown(await making.result()),
        "at once": time.monotonic() - began < 10,
        "again": await error_of(client.begin_create_snapshot("both", MANY)),
        "too many": await error_of(client.begin_create_snapshot("three", MANY * 4)),
    }


async def contents(client: Client) -> dict[str, Any]:
    """Read what is in them, after the settings have changed."""
    await (await client.begin_create_snapshot("many", MANY)).result()
    for _, label in COLOURS:
        await client.delete_configuration_setting("colour", label)

    async def of(name: str) -> list[ConfigurationSetting]:
        return await every(client.list_configuration_settings(snapshot_name=name))

    many = await of("many")
    return {
        "by key": [[s.label, s.value] for s in await of("by key")],
        "both": [[s.label, s.value] for s in await of("both")],
        "many": [len(many), many[0].key, many[-1].key],
        "none": await of("none"),
    }


async def lists(client: Client) -> dict[str, Any]:
    """List them, by name and status."""
    await client.archive_snapshot("both")

    async def asked(**filters: Any) -> list[Any]:
        return await every(client.list_snapshots(**filters))

    return {
        "all": [one.name for one in await asked()],
        "named": [one.name for one in await asked(name="b*")],
        "archived": [one.name for one in await asked(status=["archived", "failed"])],
        "selected": [[s.name, s.status] for s in await asked(name="many", fields=[SnapshotFields.NAME])],
    }


async def archived(client: Client) -> dict[str, Any]:
    """Archive and recover, on conditions too."""
    before = await client.get_snapshot("by key")
    unmodified = {"match_condition": MatchConditions.IfNotModified, "etag": before.etag}
    put_away = await client.archive_snapshot("by key", **unmodified)
    return {
        "archived": [put_away.status, put_away.expires is not None],
        "stale": await error_of(client.recover_snapshot("by key", **unmodified)),
        "still read": len(await every(client.list_configuration_settings(snapshot_name="by key"))),
        "recovered": shown(await client.recover_snapshot("by key")),
        "missing": await error_of(client.get_snapshot("none")),
    }


async def main() -> None:
    """Do all of it, one part after the other."""
    async with (
        DefaultAzureCredential() as credential,
        AzureAppConfigurationClient(os.environ["APPCONFIG_ENDPOINT"], credential) as client,
    ):
        await fill(client)
        parts = (made, contents, lists, archived)
        print(json.dumps({part.__name__: await part(client) for part in parts}))


if __name__ == "__main__":
    asyncio.run(main())
