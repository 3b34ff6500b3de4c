"""The estate's signing keys: RSA-2048 for RS256, published as JWKS.

Source: https://www.rfc-editor.org/rfc/rfc7517 and https://www.rfc-editor.org/rfc/rfc7638 (the key's id)
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

ALGORITHM = "RS256"
KEY_BITS = 2048


class StoredSigningKey(msgspec.Struct, frozen=True):
    """A signing key as the store keeps it (sealed). ``created_at`` is in epoch seconds."""

    kid: str
    private_pem: bytes
    created_at: int


class SigningKey:
    """A private key with its public face."""

    def __init__(self, kid: str, key: RSAKey, created_at: int) -> None:
        self.kid = kid
        self.key = key
        self.created_at = created_at

    @cached_property
    def public_jwk(self) -> dict[str, str]:
        """The public half as a JWK, with nothing of the private one."""
        public = self.key.as_dict(private=False)
        return {"kty": "RSA", "use": "sig", "alg": ALGORITHM, "kid": self.kid} | {
            name: str(public[name]) for name in ("n", "e")
        }

    def stored(self) -> StoredSigningKey:
        """The form that goes into the store."""
        return StoredSigningKey(self.kid, self.key.as_pem(private=True), self.created_at)

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r})"


def generate_signing_key(created_at: int) -> SigningKey:
    """Make a new key; its id is the RFC 7638 thumbprint of its public half."""
    from joserfc.jwk import RSAKey

    key = RSAKey.generate_key(KEY_BITS, private=True)
    return SigningKey(key.thumbprint(), key, created_at)


def load_signing_key(stored: StoredSigningKey) -> SigningKey:
    """Read a key back from its stored form.

    That it is a good key is not checked anew, which takes 50 ms of every start: the store seals it, so what
    opens is what ``generate_signing_key`` made.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from joserfc.jwk import RSAKey

    private = load_pem_private_key(stored.private_pem, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(private, RSAPrivateKey):
        raise TypeError(f"the stored signing key `{stored.kid}` is no RSA key")
    return SigningKey(stored.kid, RSAKey.import_key(private), stored.created_at)


class KeyRing:
    """All keys whose tokens still verify; the newest signs."""

    def __init__(self, keys: Iterable[SigningKey]) -> None:
        self._keys = {key.kid: key for key in sorted(keys, key=lambda key: key.created_at)}
        if not self._keys:
            raise ValueError("a key ring needs at least one key")

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return list(self._keys.values())[-1]

    def find(self, kid: object) -> SigningKey | None:
        """The key with this id, if the ring has it."""
        return self._keys.get(kid) if isinstance(kid, str) else None

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public set, as served at ``/discovery/keys``."""
        return {"keys": [key.public_jwk for key in self._keys.values()]}
