"""What the clients of a vault and a store see while these are up, unavailable, unreachable, and up again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

from azure.appconfiguration import AzureAppConfigurationClient
from azure.core.exceptions import AzureError
from azure.identity import ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient

PROJECT = sys.argv[1]
ONCE_MORE = {"retry_total": 1, "retry_backoff_factor": 0}


def outage(*arguments: str) -> None:
    command = [sys.executable, "-m", "keyless.cli.main", "outage", *arguments, "--project", PROJECT]
    subprocess.run(command, check=True, capture_output=True)


def seen(read: Callable[[], object]) -> object:
    try:
        return read()
    except AzureError as error:
        response = getattr(error, "response", None)
        return [type(error).__name__, getattr(response, "status_code", None)]


credential = ManagedIdentityCredential()
secrets = SecretClient(os.environ["VAULT_URL"], credential, **ONCE_MORE)
settings = AzureAppConfigurationClient(os.environ["APPCONFIG_ENDPOINT"], credential, **ONCE_MORE)


def both() -> list[object]:
    return [
        seen(lambda: secrets.get_secret("db-password").value),
        seen(lambda: settings.get_configuration_setting("orders:size").value),
    ]


told = {"before": both()}
for manner in ("unavailable", "unreachable"):
    outage("start", "vault", "contoso-orders", "--as", manner)
    outage("start", "store", "contoso-orders", "--as", manner)
    told[manner] = both()
outage("end", "--all")
told["after"] = both()
print(json.dumps(told))
