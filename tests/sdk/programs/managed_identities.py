"""Asks for a token of each managed identity that an app could mean, and prints whose it got."""

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
        "default": outcome(DefaultAzureCredential()),
        "default by client id": outcome(
            DefaultAzureCredential(managed_identity_client_id=ids["shared"]["client_id"])
        ),
        "unnamed": outcome(ManagedIdentityCredential()),
        "trailing slash": outcome(ManagedIdentityCredential(), "https://vault.azure.net//.default"),
        "unknown resource": outcome(ManagedIdentityCredential(), "https://nobody.example.com/.default"),
        "shared, token info": {**shown_claims(info.token), "type": info.token_type},
    }
    for name in ("shared", "second", "stranger"):
        one = ids[name]
        seen[f"{name} by client id"] = outcome(ManagedIdentityCredential(client_id=one["client_id"]))
        for kind in ("object_id", "resource_id"):
            named = ManagedIdentityCredential(identity_config={kind: one[kind]})
            seen[f"{name} by {kind}"] = outcome(named)
    os.environ["AZURE_CLIENT_ID"] = ids["second"]["client_id"]
    seen["default by the environment's client id"] = outcome(DefaultAzureCredential())
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
