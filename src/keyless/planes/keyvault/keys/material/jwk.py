"""JSON Web Keys on the wire: of imports with their private members, of answers without.

Source: https://www.rfc-editor.org/rfc/rfc7517, and
https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane/Keys
"""

from __future__ import annotations

import msgspec


class JsonWebKey(msgspec.Struct, omit_defaults=True):
    """`JsonWebKey`: numbers and bytes in base64url; ``key_hsm`` is a key that is sealed for an HSM."""

    kid: str | None = None
    kty: str | None = None
    key_ops: list[str] | None = None
    n: str | None = None
    e: str | None = None
    d: str | None = None
    dp: str | None = None
    dq: str | None = None
    qi: str | None = None
    p: str | None = None
    q: str | None = None
    k: str | None = None
    key_hsm: str | None = None
    crv: str | None = None
    x: str | None = None
    y: str | None = None

    def __repr__(self) -> str:
        return f"JsonWebKey(kid={self.kid!r}, kty={self.kty!r}, …)"
