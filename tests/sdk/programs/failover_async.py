"""The same as failover.py as far as the replica is asked, with the asynchronous provider."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from azure.appconfiguration.provider.aio import load
from azure.identity.aio import ManagedIdentityCredential
from failover import KEY, ORIGIN, REPLICA, WAIT_S, Answered, outage, write


async def main() -> dict[str, Any]:
    """Go through it."""
    answered = Answered()
    async with (
        ManagedIdentityCredential() as credential,
        await load(
            endpoint=ORIGIN,
            credential=credential,
            refresh_enabled=True,
            refresh_interval=1,
            retry_total=0,
            raw_response_hook=answered,
        ) as provider,
    ):
        told: dict[str, Any] = {"up": [provider[KEY], answered.since()]}
        outage("start", "store", "contoso-orders")
        write(REPLICA, "20")
        end = time.monotonic() + WAIT_S
        while provider[KEY] != "20" and time.monotonic() < end:
            await asyncio.sleep(0.05)
            await provider.refresh()
        told["origin down"] = [provider[KEY], answered.since()]
    return told


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main())))
