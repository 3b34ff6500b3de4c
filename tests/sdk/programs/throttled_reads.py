"""Reads a secret more often than the vault answers, and waits as the client does."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential
from azure.identity.aio import DefaultAzureCredential as AsyncCredential
from azure.keyvault.secrets import SecretClient
from azure.keyvault.secrets.aio import SecretClient as AsyncSecretClient

URL, CREDENTIAL = os.environ["VAULT_URL"], DefaultAzureCredential()


def refused() -> dict[str, Any]:
    """What a client without retries is told."""
    try:
        SecretClient(URL, CREDENTIAL, retry_total=0).get_secret("db-password")
    except HttpResponseError as error:
        response: Any = error.response
        return {
            "status": error.status_code,
            "code": error.error.code if error.error else None,
            "message": error.error.message if error.error else None,
            "retry_after": response.headers.get("Retry-After"),
        }
    return {}


def patient() -> dict[str, Any]:
    """What the synchronous client sees, and of what answers."""
    answers: list[int] = []
    found = SecretClient(URL, CREDENTIAL).get_secret("db-password", raw_response_hook=noted(answers))
    return {"value": found.value, "answers": answers}


async def patient_async() -> dict[str, Any]:
    """What the asynchronous client sees, and of what answers."""
    answers: list[int] = []
    async with AsyncCredential() as credential, AsyncSecretClient(URL, credential) as client:
        found = await client.get_secret("db-password", raw_response_hook=noted(answers))
    return {"value": found.value, "answers": answers}


def noted(answers: list[int]) -> Callable[[Any], None]:
    """A hook of the client that notes the status of each answer."""
    return lambda answer: answers.append(answer.http_response.status_code)


async def main() -> None:
    """Use the limit up, then read with both clients at once."""
    client = SecretClient(URL, CREDENTIAL)
    read = [client.get_secret("db-password").value for _ in range(int(os.environ["READS"]))]
    told, began = refused(), time.monotonic()
    sync, asynchronous = await asyncio.gather(asyncio.to_thread(patient), patient_async())
    waited_s = time.monotonic() - began
    print(json.dumps([len(read), told, sync, asynchronous, waited_s]))


if __name__ == "__main__":
    asyncio.run(main())
