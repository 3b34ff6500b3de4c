"""A provider that finds a store's replica by itself, while endpoints go down and come back.

The argument is the project. Of each stage is printed which value the app has, and which endpoints answered.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from azure.appconfiguration import AzureAppConfigurationClient, ConfigurationSetting
from azure.appconfiguration.provider import AzureAppConfigurationProvider, load
from azure.identity import ManagedIdentityCredential

WAIT_S = 20
KEY = "orders:size"
ORIGIN = os.environ["APPCONFIG_ENDPOINT"]
REPLICA = ORIGIN.replace(".azconfig.io", "-north.azconfig.io")
CREDENTIAL = ManagedIdentityCredential()


def outage(*arguments: str) -> None:
    """Begin or end an outage."""
    command = [sys.executable, "-m", "keyless.cli.main", "outage", *arguments, "--project", sys.argv[1]]
    subprocess.run(command, check=True, capture_output=True)


class Answered:
    """Which endpoints have answered, since that was asked last."""

    def __init__(self) -> None:
        self._hosts: set[str] = set()

    def __call__(self, response: Any) -> None:
        """Note one that has, and not only to say that it cannot."""
        if response.http_response.status_code < 500:
            self._hosts.add(urlsplit(response.http_request.url).hostname or "")

    def since(self) -> list[str]:
        """Their names without the domain."""
        found, self._hosts = sorted(host.partition(".")[0] for host in self._hosts), set()
        return found


def write(endpoint: str, value: str) -> None:
    """Change the setting at an endpoint."""
    with AzureAppConfigurationClient(endpoint, CREDENTIAL) as client:
        client.set_configuration_setting(ConfigurationSetting(key=KEY, value=value))


def started(answered: Answered, **options: Any) -> AzureAppConfigurationProvider:
    """The store's settings, with replicas found and no patience with any of them."""
    return load(
        endpoint=ORIGIN,
        credential=CREDENTIAL,
        refresh_enabled=True,
        refresh_interval=1,
        retry_total=0,
        startup_timeout=1,
        raw_response_hook=answered,
        **options,
    )


def until(provider: AzureAppConfigurationProvider, seen: Callable[[], bool], pause_s: float = 0.05) -> None:
    """Refresh as an app does on each request, until something is seen."""
    end = time.monotonic() + WAIT_S
    while not seen():
        if time.monotonic() > end:
            raise TimeoutError("it is not seen")
        time.sleep(pause_s)
        provider.refresh()


def main() -> dict[str, Any]:
    """Go through it."""
    answered, errors = Answered(), []
    provider = started(answered, on_refresh_error=errors.append)
    told: dict[str, Any] = {"up": [provider[KEY], answered.since()]}

    outage("start", "store", "contoso-orders", "--as", "unreachable")
    write(REPLICA, "20")
    until(provider, lambda: provider[KEY] == "20")
    told["origin down"] = [provider[KEY], answered.since()]

    outage("start", "store", "contoso-orders", "--replica", "north")
    until(provider, lambda: bool(errors))
    told["both down"] = [provider[KEY], answered.since(), type(errors[0]).__name__]
    try:
        started(answered)
    except TimeoutError as error:
        told["start"] = sorted({type(one).__name__ for one in error.args[1]})

    outage("end", "store", "contoso-orders")
    write(ORIGIN, "30")
    until(provider, lambda: provider[KEY] == "30")
    told["origin back"] = [provider[KEY], answered.since()]

    outage("end", "--all")
    balanced = started(answered, load_balancing_enabled=True)
    hosts = set(answered.since())
    # each call takes the next endpoint, and asks it only where a refresh is due: so each call must be due
    until(balanced, lambda: bool(hosts.update(answered.since())) or len(hosts) == 2, pause_s=1.1)
    told["balanced"] = sorted(hosts)
    return told


if __name__ == "__main__":
    print(json.dumps(main()))
