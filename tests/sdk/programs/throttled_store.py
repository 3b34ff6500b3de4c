"""Reads a setting more often than the store answers; with `wait`, waits then as the clients do."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from azure.appconfiguration import AzureAppConfigurationClient
from azure.appconfiguration.aio import AzureAppConfigurationClient as AsyncClient
from azure.appconfiguration.provider import load
from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential
from azure.identity.aio import DefaultAzureCredential as AsyncCredential

ENDPOINT, CREDENTIAL = os.environ["APPCONFIG_ENDPOINT"], DefaultAzureCredential()


def impatient(times: int) -> list[Any]:
    """What a client without retries sees: values, and at last what it is told."""
    client = AzureAppConfigurationClient(ENDPOINT, CREDENTIAL, retry_total=0)
    seen: list[Any] = []
    try:
        seen.extend(client.get_configuration_setting("colour").value for _ in range(times))
    except HttpResponseError as error:
        response: Any = error.response
        told = json.loads(response.text())
        seen.append({**told, "retry_after_ms": int(response.headers["retry-after-ms"])})
    return seen


def patient() -> dict[str, Any]:
    """What the synchronous client sees, and of what answers."""
    answers: list[int] = []
    client = AzureAppConfigurationClient(ENDPOINT, CREDENTIAL)
    found = client.get_configuration_setting("colour", raw_response_hook=noted(answers))
    return {"value": found.value, "answers": answers}


async def patient_async() -> dict[str, Any]:
    """What the asynchronous client sees, and of what answers."""
    answers: list[int] = []
    async with AsyncCredential() as credential, AsyncClient(ENDPOINT, credential) as client:
        found = await client.get_configuration_setting("colour", raw_response_hook=noted(answers))
    return {"value": found.value, "answers": answers}


def provided() -> dict[str, Any]:
    """What the provider loads, however long that takes."""
    return dict(load(endpoint=ENDPOINT, credential=CREDENTIAL))


def noted(answers: list[int]) -> Callable[[Any], None]:
    """A hook of the client that notes the status of each answer."""
    return lambda answer: answers.append(answer.http_response.status_code)


async def waiting() -> list[Any]:
    """What all three see who begin when nothing is left, and how long that takes in seconds."""
    began = time.monotonic()
    seen = await asyncio.gather(asyncio.to_thread(patient), patient_async(), asyncio.to_thread(provided))
    return [*seen, time.monotonic() - began]


async def main() -> None:
    """Use up what there is, and then wait for more, if that is what is asked for."""
    seen = impatient(int(os.environ["READS"]))
    print(json.dumps(seen + (await waiting() if sys.argv[1:] == ["wait"] else [])))


if __name__ == "__main__":
    asyncio.run(main())
