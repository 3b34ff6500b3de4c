"""Asks for tokens of managed identities, and prints what there is to know of them."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential
from claims import shown_claims

SCOPE = "https://vault.azure.net/.default"


def outcome(credential: TokenCredential, scope: str = SCOPE) -> dict[str, Any]:
    """A token's claims, or the error."""
    try:
        token = credential.get_token(scope)
    except ClientAuthenticationError as error:
        return {"error": type(error).__name__, "message": error.message}
    return {**shown_claims(token.token), "lives_s": token.expires_on - time.time()}


def main() -> None:
    """Print the outcomes as a line of JSON; the argument names identities by all their ids."""
    ids = json.loads(sys.argv[1])
    info = ManagedIdentityCredential(client_id=ids["shared"]["client_id"]).get_token_info(SCOPE)
    seen = {
        "unnamed": outcome(ManagedIdentityCredential()),
        "trailing slash": outcome(ManagedIdentityCredential(), "https://vault.azure.net//.default"),
        "unknown resource": outcome(ManagedIdentityCredential(), "https://nobody.example.com/.default"),
        "shared, token info": {**shown_claims(info.token), "type": info.token_type},
    }
    os.environ["AZURE_CLIENT_ID"] = ids["second"]["client_id"]
    seen["default by the environment's client id"] = outcome(DefaultAzureCredential())
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
