"""Reads a secret, is revoked while it runs, and reads on with the same asynchronous client.

The argument is a command that revokes it; how the client fares after it is printed.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

from azure.core.exceptions import AzureError
from azure.identity.aio import ManagedIdentityCredential
from azure.keyvault.secrets.aio import SecretClient


async def outcome(client: SecretClient) -> str:
    try:
        return (await client.get_secret("greeting")).value or ""
    except AzureError as error:
        return f"{type(error).__name__}: {error}"


async def main(order: str) -> None:
    async with (
        ManagedIdentityCredential() as credential,
        SecretClient(os.environ["VAULT_URL"], credential) as client,
    ):
        before = await outcome(client)
        await asyncio.to_thread(subprocess.run, json.loads(order), check=True, capture_output=True)
        after = [await outcome(client) for _ in range(2)]
    print(json.dumps({"before": before, "after": after}))


asyncio.run(main(sys.argv[1]))
