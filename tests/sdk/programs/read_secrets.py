"""Reads the secrets that it is told of: their values, or the status of a refusal."""

from __future__ import annotations

import json
import os
import sys

from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient


def main() -> None:
    """Read and print them."""
    client = SecretClient(os.environ["VAULT_URL"], DefaultAzureCredential())
    seen: dict[str, object] = {}
    for name in sys.argv[1:]:
        try:
            seen[name] = client.get_secret(name).value
        except HttpResponseError as error:
            seen[name] = error.status_code
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
