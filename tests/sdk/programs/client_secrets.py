"""Signs in with a client secret, the way that apps did it before, and in all the ways that go wrong."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, DefaultAzureCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from azure.identity.aio import DefaultAzureCredential as AsyncDefaultAzureCredential
from claims import shown_claims

SCOPE = "https://vault.azure.net/.default"
NOBODY = "00000000-0000-4000-8000-00000000dead"


def settings(**changed: str) -> dict[str, str]:
    """What the environment says, with changes."""
    found = {
        "tenant_id": os.environ["TENANT_ID"],
        "client_id": os.environ["APP_ID"],
        "client_secret": os.environ["APP_SECRET"],
    }
    return {**found, **changed}


WRONG = {
    "wrong secret": ({"client_secret": "wrong"}, SCOPE),
    "unknown application": ({"client_id": NOBODY}, SCOPE),
    "unknown tenant": ({"tenant_id": NOBODY}, SCOPE),
    "unknown resource": ({}, "https://nobody.example.com/.default"),
    "no default scope": ({}, "https://vault.azure.net/user_impersonation"),
}


def by_sync(scope: str, *, enable_cae: bool = False, **changed: str) -> dict[str, Any]:
    """The synchronous client's outcome."""
    try:
        token = ClientSecretCredential(**settings(**changed)).get_token(scope, enable_cae=enable_cae)
    except ClientAuthenticationError as error:
        return {"error": type(error).__name__, "message": error.message}
    return shown_claims(token.token)


async def by_async(scope: str, *, enable_cae: bool = False, **changed: str) -> dict[str, Any]:
    """The asynchronous client's outcome."""
    async with AsyncClientSecretCredential(**settings(**changed)) as credential:
        try:
            token = await credential.get_token(scope, enable_cae=enable_cae)
        except ClientAuthenticationError as error:
            return {"error": type(error).__name__, "message": error.message}
    return shown_claims(token.token)


def all_sync() -> dict[str, Any]:
    """Everything, with the synchronous client."""
    return {
        "right": by_sync(SCOPE),
        "with continuous access": by_sync(SCOPE, enable_cae=True),
        "default": shown_claims(DefaultAzureCredential().get_token(SCOPE).token),
        **{name: by_sync(scope, **changed) for name, (changed, scope) in WRONG.items()},
    }


async def all_async() -> dict[str, Any]:
    """Everything, with the asynchronous client."""
    async with AsyncDefaultAzureCredential() as default:
        by_default = shown_claims((await default.get_token(SCOPE)).token)
    return {
        "right": await by_async(SCOPE),
        "with continuous access": await by_async(SCOPE, enable_cae=True),
        "default": by_default,
        **{name: await by_async(scope, **changed) for name, (changed, scope) in WRONG.items()},
    }


if __name__ == "__main__":
    print(json.dumps({"sync": all_sync(), "async": asyncio.run(all_async())}))
