"""Verifies a managed identity's token as any service does: by what the issuer publishes over HTTPS."""

from __future__ import annotations

import json
import sys
import urllib.request

import jwt
from azure.identity import ManagedIdentityCredential

AUDIENCE = "https://vault.azure.net"


def main() -> None:
    """Print the verified claims; the argument is the tenant."""
    metadata = f"https://login.microsoftonline.com/{sys.argv[1]}/.well-known/openid-configuration"
    with urllib.request.urlopen(metadata) as answer:
        published = json.load(answer)
    token = ManagedIdentityCredential().get_token(f"{AUDIENCE}/.default").token
    key = jwt.PyJWKClient(published["jwks_uri"]).get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key.key, algorithms=["RS256"], audience=AUDIENCE, issuer=published["issuer"])
    print(json.dumps({"claims": claims, "published": published}))


if __name__ == "__main__":
    main()
