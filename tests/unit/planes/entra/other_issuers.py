"""Issuers of other tokens: what they publish, and the tokens that they sign."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from assertions_made import assertion, public_jwk, rsa_key
from keyless.planes.entra.issuer_fetch import FetchFailed

NOW = 1_800_000_000
AUDIENCE = "api://AzureADTokenExchange"
GITHUB = "https://token.actions.githubusercontent.com"
KUBERNETES = "https://oidc.cluster.example/realm/"
TRUST_DOMAIN = "https://spire.example.org"


class Issuer:
    """One issuer, with a key and an id for it."""

    def __init__(
        self,
        name: str,
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None,
        kid: str = "key-1",
        alg: str = "RS256",
    ) -> None:
        self.name, self.kid, self.alg = name, kid, alg
        self.key = key or rsa_key(name)

    def token(self, subject: str, header: Mapping[str, Any] | None = None, **changed: Any) -> str:
        """A token about a subject."""
        claims = {
            "iss": self.name,
            "sub": subject,
            "aud": AUDIENCE,
            "iat": NOW,
            "nbf": NOW,
            "exp": NOW + 300,
            "jti": "one",
        } | changed
        head = {"alg": self.alg, "kid": self.kid} | dict(header or {})
        present = {name: value for name, value in claims.items() if value is not None}
        return assertion({k: v for k, v in head.items() if v is not None}, present, self.key)

    @property
    def jwks(self) -> bytes:
        """Its public keys."""
        return json.dumps({"keys": [public_jwk(self.key, self.kid)]}).encode()

    @property
    def metadata(self) -> bytes:
        """Its discovery document."""
        return json.dumps({"issuer": self.name, "jwks_uri": f"{self.name.rstrip('/')}/keys"}).encode()


class Web:
    """What is published at which address. Counts what is fetched."""

    def __init__(self, *issuers: Issuer) -> None:
        self.pages: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self.loopback: set[bool] = set()
        for issuer in issuers:
            self.publish(issuer)

    def publish(self, issuer: Issuer) -> None:
        """Put an issuer's documents where they belong."""
        base = issuer.name.rstrip("/")
        self.pages[f"{base}/.well-known/openid-configuration"] = issuer.metadata
        self.pages[f"{base}/keys"] = issuer.jwks

    async def __call__(self, url: str, *, loopback: bool) -> bytes:
        """Fetch a page."""
        self.fetched.append(url)
        self.loopback.add(loopback)
        if url not in self.pages:
            raise FetchFailed(f"`{url}` answered with status 404, and only 200 counts")
        return self.pages[url]
