"""The site's own issuer: what it says of an identity to whoever trusts it, and what it publishes of itself.

Another identity provider, such as the real Entra ID, exchanges these tokens for its own. Rules:
- the issuer is an https URL of the site's, and none of Entra's names: a token of it must never look like an
  access token, nor the other way round;
- the subject is the identity's principal id, which no other identity of the store has had or will have;
- a token is for the exchange alone (`aud`), for an hour, and is no access token: it has no `tid`, `oid` or
  `appid`, without which no plane here takes one;
- what is published are public keys alone: those whose tokens hold, and the one that signs next.

Pure. Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust
and https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from keyless.model.federated_credentials import DEFAULT_AUDIENCE, LONGEST, SITE_ISSUER
from keyless.tokens.claims import BACKDATED_S
from keyless.tokens.keys import ALGORITHM, KeyRing

LIFETIME_S = 60 * 60
DISCOVERY_PATH = ".well-known/openid-configuration"
KEYS_PATH = "openid/v1/jwks"
_MICROSOFT = ("microsoftonline.com", "microsoft.com", "windows.net", "azure.net", "azure.com")
_PUBLISHED = ("kty", "use", "kid", "n", "e")

Document = dict[str, object]


def problem_with(issuer: str) -> str | None:
    """Why a text cannot be a site's issuer, and what to do; none where it can."""
    if len(issuer) > LONGEST or not re.fullmatch(SITE_ISSUER, issuer):
        return (
            f"`{issuer[:LONGEST]}` cannot be an issuer: use an https URL in lower case without query, "
            "fragment or a slash at its end, such as `https://id.example.org`"
        )
    host = urlsplit(issuer).hostname or ""
    if any(host == domain or host.endswith(f".{domain}") for domain in _MICROSOFT):
        return f"`{issuer}` is Microsoft's: use a host name of your own, such as `https://id.example.org`"
    return None


def exchange_claims(issuer: str, principal_id: str, now: int, token_id: str) -> Document:
    """The payload of a token that stands for an identity elsewhere; ``now`` is in epoch seconds."""
    return {
        "aud": DEFAULT_AUDIENCE,
        "exp": now + LIFETIME_S,
        "iat": now - BACKDATED_S,
        "iss": issuer,
        "jti": token_id,
        "nbf": now - BACKDATED_S,
        "sub": principal_id,
    }


def discovery_document(issuer: str) -> Document:
    """What is to be found at the issuer's `.well-known/openid-configuration`."""
    return {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/{KEYS_PATH}",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "claims_supported": ["aud", "exp", "iat", "iss", "jti", "nbf", "sub"],
    }


def key_set(ring: KeyRing) -> Document:
    """What is to be found at its `jwks_uri`."""
    return {
        "keys": [{name: key[name] for name in _PUBLISHED} | {"alg": ALGORITHM} for key in ring.jwks()["keys"]]
    }
