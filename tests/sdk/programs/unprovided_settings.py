"""An app that cannot load its settings says why; both kinds of provider try at the same time."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

from azure.appconfiguration.provider import load
from azure.appconfiguration.provider.aio import load as load_async
from azure.identity import DefaultAzureCredential
from azure.identity.aio import DefaultAzureCredential as AsyncDefaultAzureCredential

OPTIONS: dict[str, Any] = {
    "endpoint": os.environ["APPCONFIG_ENDPOINT"],
    "replica_discovery_enabled": False,
    "startup_timeout": 1,
}


def reasons(error: TimeoutError) -> list[str]:
    """Every reason that a provider collected."""
    _, collected = error.args
    return [str(one) for one in collected]


def by_sync() -> list[str]:
    """What the synchronous provider says."""
    credential = DefaultAzureCredential()
    try:
        load(credential=credential, keyvault_credential=credential, **OPTIONS)
    except TimeoutError as error:
        return reasons(error)
    return []


async def by_async() -> list[str]:
    """What the asynchronous provider says."""
    async with AsyncDefaultAzureCredential() as credential:
        try:
            await load_async(credential=credential, keyvault_credential=credential, **OPTIONS)
        except TimeoutError as error:
            return reasons(error)
    return []


async def main() -> None:
    """Print what was seen as a line of JSON."""
    sync, asynchronous = await asyncio.gather(asyncio.to_thread(by_sync), by_async())
    print(json.dumps({"sync": sync, "async": asynchronous}))


if __name__ == "__main__":
    asyncio.run(main())
