"""The same as managed_identities.py, with the asynchronous credentials."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ClientAuthenticationError
from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential
from claims import shown_claims

SCOPE = "https://vault.azure.net/.default"


async def outcome(credential: AsyncTokenCredential, scope: str = SCOPE) -> dict[str, Any]:
    """A token's claims, or the error."""
    async with credential:
        try:
            token = await credential.get_token(scope)
        except ClientAuthenticationError as error:
            return {"error": type(error).__name__, "message": error.message}
        return {**shown_claims(token.token), "lives_s": token.expires_on - time.time()}


async def main() -> None:
    """Print the outcomes as a line of JSON; the argument names identities by all their ids."""
    ids = json.loads(sys.argv[1])
    async with ManagedIdentityCredential(client_id=ids["shared"]["client_id"]) as shared:
        info = await shared.get_token_info(SCOPE)
    seen = {
        "unnamed": await outcome(ManagedIdentityCredential()),
        "trailing slash": await outcome(ManagedIdentityCredential(), "https://vault.azure.net//.default"),
        "unknown resource": await outcome(ManagedIdentityCredential(), "https://nobody.example.com/.default"),
        "shared, token info": {**shown_claims(info.token), "type": info.token_type},
    }
    os.environ["AZURE_CLIENT_ID"] = ids["second"]["client_id"]
    seen["default by the environment's client id"] = await outcome(DefaultAzureCredential())
    print(json.dumps(seen))


if __name__ == "__main__":
    asyncio.run(main())
