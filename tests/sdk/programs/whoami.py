"""Prints whose tokens this host gives to an app that names no identity, by each kind of client."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msal
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ManagedIdentityCredential
from azure.identity.aio import ManagedIdentityCredential as AsyncManagedIdentityCredential
from claims import shown_claims

SCOPE = "https://vault.azure.net/.default"


def refused(error: ClientAuthenticationError) -> dict[str, Any]:
    """An error, in words."""
    return {"error": type(error).__name__, "message": error.message}


def by_sync() -> dict[str, Any]:
    """The synchronous client's outcome."""
    try:
        return shown_claims(ManagedIdentityCredential().get_token(SCOPE).token)
    except ClientAuthenticationError as error:
        return refused(error)


async def by_async() -> dict[str, Any]:
    """The asynchronous client's outcome."""
    async with AsyncManagedIdentityCredential() as credential:
        try:
            return shown_claims((await credential.get_token(SCOPE)).token)
        except ClientAuthenticationError as error:
            return refused(error)


def by_msal() -> dict[str, Any]:
    """The outcome of the library below; its managed identities leave Cloud Shell out."""
    with requests.Session() as session:
        client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=session)
        answer = client.acquire_token_for_client(resource=SCOPE.removesuffix("/.default"))
    return shown_claims(answer["access_token"]) if "access_token" in answer else answer


if __name__ == "__main__":
    print(json.dumps({"sync": by_sync(), "async": asyncio.run(by_async()), "msal": by_msal()}))
