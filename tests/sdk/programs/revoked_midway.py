"""Reads a secret and a setting, is revoked while it runs, and reads on with the same clients.

The argument is a command that revokes it; how the clients fare after it is printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from azure.appconfiguration import AzureAppConfigurationClient
from azure.core.credentials import AccessTokenInfo
from azure.core.exceptions import AzureError
from azure.identity import ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient


class Counted(ManagedIdentityCredential):
    """The credential itself, with a note of what was asked of it and of each token that it gave."""

    def __init__(self) -> None:
        super().__init__()
        self.claims: list[str | None] = []
        self.tokens: set[str] = set()

    def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        self.claims.append((options or {}).get("claims"))
        info = super().get_token_info(*scopes, options=options)
        self.tokens.add(info.token)
        return info


def outcome(call: Callable[[], str | None]) -> str:
    try:
        return call() or ""
    except AzureError as error:
        return f"{type(error).__name__}: {error}"


def main(order: str) -> None:
    credential = Counted()
    secrets = SecretClient(os.environ["VAULT_URL"], credential)
    settings = AzureAppConfigurationClient(os.environ["APPCONFIG_ENDPOINT"], credential)

    def read() -> list[str]:
        return [
            outcome(lambda: secrets.get_secret("greeting").value),
            outcome(lambda: settings.get_configuration_setting("colour").value),
        ]

    before = read()
    subprocess.run(json.loads(order), check=True, capture_output=True)
    after = read()
    again = read()
    print(
        json.dumps(
            {
                "before": before,
                "after": after,
                "again": again,
                "claims": [one for one in credential.claims if one is not None],
                "tokens": len(credential.tokens),
            }
        )
    )


main(sys.argv[1])
