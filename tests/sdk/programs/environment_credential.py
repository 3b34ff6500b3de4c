"""Reads a secret as apps did before: with the client secret in their environment."""

from __future__ import annotations

import json
import os

from azure.identity import DefaultAzureCredential, EnvironmentCredential
from azure.keyvault.secrets import SecretClient


def main() -> None:
    """Print what was seen as a line of JSON."""
    before = "AZURE_CLIENT_SECRET" in os.environ
    credential = EnvironmentCredential() if before else DefaultAzureCredential()
    with SecretClient(os.environ["VAULT_URL"], credential) as client:
        print(json.dumps({"by": type(credential).__name__, "value": client.get_secret("greeting").value}))


main()
