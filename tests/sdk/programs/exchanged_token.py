"""Reads a secret as an identity of one site, with a token of another site's issuer; prints how that went.

The arguments are tenant, client id and the foreign token.
"""

from __future__ import annotations

import json
import os
import sys

from azure.core.exceptions import AzureError
from azure.identity import ClientAssertionCredential
from azure.keyvault.secrets import SecretClient


def main(tenant: str, client_id: str, token: str) -> None:
    credential = ClientAssertionCredential(tenant, client_id, lambda: token)
    client = SecretClient(os.environ["VAULT_URL"], credential)
    try:
        print(json.dumps({"value": client.get_secret("greeting").value}))
    except AzureError as error:
        print(json.dumps({"error": str(error)}))


main(*sys.argv[1:])
