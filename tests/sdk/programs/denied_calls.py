"""Reads and writes with every kind of client, and says which calls were refused, and how."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

from azure.appconfiguration import AzureAppConfigurationClient, ConfigurationSetting
from azure.appconfiguration.aio import AzureAppConfigurationClient as AsyncAzureAppConfigurationClient
from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential
from azure.identity.aio import DefaultAzureCredential as AsyncDefaultAzureCredential
from azure.keyvault.secrets import SecretClient
from azure.keyvault.secrets.aio import SecretClient as AsyncSecretClient
from errors import shown_error

URL, ENDPOINT = os.environ["VAULT_URL"], os.environ["APPCONFIG_ENDPOINT"]
RED = ConfigurationSetting(key="colour", value="red")


def shown(error: HttpResponseError) -> dict[str, Any]:
    """An error, with all that is printed of it."""
    return {**shown_error(error), "message": str(error)}


def outcome(call: Callable[..., Any], *args: Any) -> Any:
    """The value that a call gives, or its error."""
    try:
        return getattr(call(*args), "value", None)
    except HttpResponseError as error:
        return shown(error)


async def async_outcome(call: Awaitable[Any]) -> Any:
    """The value that a call gives, or its error."""
    try:
        return getattr(await call, "value", None)
    except HttpResponseError as error:
        return shown(error)


def by_sync() -> dict[str, Any]:
    """Everything, with the synchronous clients."""
    credential = DefaultAzureCredential()
    secrets = SecretClient(URL, credential)
    settings = AzureAppConfigurationClient(ENDPOINT, credential)
    return {
        "get secret": outcome(secrets.get_secret, "greeting"),
        "set secret": outcome(secrets.set_secret, "greeting", "bye"),
        "delete secret": outcome(secrets.begin_delete_secret, "greeting"),
        "list deleted secrets": outcome(list, secrets.list_deleted_secrets()),
        "get setting": outcome(settings.get_configuration_setting, "colour"),
        "set setting": outcome(settings.set_configuration_setting, RED),
        "delete setting": outcome(settings.delete_configuration_setting, "colour"),
    }


async def by_async() -> dict[str, Any]:
    """Everything, with the asynchronous clients."""
    async with (
        AsyncDefaultAzureCredential() as credential,
        AsyncSecretClient(URL, credential) as secrets,
        AsyncAzureAppConfigurationClient(ENDPOINT, credential) as settings,
    ):

        async def list_deleted() -> None:
            async for _ in secrets.list_deleted_secrets():
                pass

        return {
            "get secret": await async_outcome(secrets.get_secret("greeting")),
            "set secret": await async_outcome(secrets.set_secret("greeting", "bye")),
            "delete secret": await async_outcome(secrets.delete_secret("greeting")),
            "list deleted secrets": await async_outcome(list_deleted()),
            "get setting": await async_outcome(settings.get_configuration_setting("colour")),
            "set setting": await async_outcome(settings.set_configuration_setting(RED)),
            "delete setting": await async_outcome(settings.delete_configuration_setting("colour")),
        }


if __name__ == "__main__":
    print(json.dumps({"sync": by_sync(), "async": asyncio.run(by_async())}))
