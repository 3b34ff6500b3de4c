"""Signs in to a store with connection strings of each kind, right and wrong, and prints what came back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from azure.appconfiguration import AzureAppConfigurationClient, ConfigurationSetting
from azure.core.exceptions import HttpResponseError

GIVEN = os.environ["APPCONFIG_CONNECTION_STRING"]
ENDPOINT, KEY_ID, SECRET = GIVEN.split(";")


def outcome(call: Callable[..., Any], *args: Any) -> dict[str, Any]:
    """What a call ends with: a value, or status, challenge and body."""
    try:
        found = call(*args)
    except HttpResponseError as error:
        if error.response is None:
            raise
        challenge = error.response.headers.get("WWW-Authenticate")
        return {"status": error.status_code, "challenge": challenge, "body": error.response.text()}
    return {"value": found.value}


def tried(*parts: str) -> dict[str, Any]:
    """Reads and writes with one connection string."""
    with AzureAppConfigurationClient.from_connection_string(";".join(parts)) as client:
        return {
            "read": outcome(client.get_configuration_setting, "colour"),
            "write": outcome(
                client.set_configuration_setting, ConfigurationSetting(key="shape", value="round")
            ),
        }


def main() -> None:
    """Print what was seen as a line of JSON."""
    seen = {
        "given": tried(ENDPOINT, KEY_ID, SECRET),
        "unknown": tried(ENDPOINT, "Id=another", SECRET),
        "wrong": tried(ENDPOINT, KEY_ID, "Secret=" + "A" * 43 + "="),
    }
    print(json.dumps(seen))


main()
