"""The estate's signing keys: RSA-2048 for RS256, published as JWKS with a certificate each, as Entra does.

Which of them signs, and how long each verifies, is decided in ``tokens/rotation.py``.

Source: https://www.rfc-editor.org/rfc/rfc7517
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from keyless.tokens.certificates import self_signed, thumbprint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from joserfc.jwk import RSAKey

ALGORITHM = "RS256"
KEY_BITS = 2048


class StoredSigningKey(msgspec.Struct, frozen=True, omit_defaults=True):
    """A signing key as the store keeps it (sealed); times are epoch seconds.

    It is published from ``created_at`` and signs from ``signs_from`` (0: its creation) until ``retired_at``;
    one that was revoked is gone from ``revoked_at`` on, and has an empty ``private_pem``.
    """

    kid: str
    private_pem: bytes
    created_at: int
    signs_from: int = 0
    retired_at: int | None = None
    revoked_at: int | None = None


class SigningKey:
    """A private key with its public face. ``created_at`` is in epoch seconds."""

    def __init__(self, kid: str, key: RSAKey, created_at: int) -> None:
        self.kid = kid
        self.key = key
        self.created_at = created_at

    @cached_property
    def certificate(self) -> bytes:
        """The self-signed certificate that the key is published with, as DER."""
        return self_signed(_private(self.key), self.created_at)

    @cached_property
    def x5t(self) -> str:
        """The thumbprint of the certificate."""
        return thumbprint(self.certificate)

    @cached_property
    def public_jwk(self) -> dict[str, str | list[str]]:
        """The public half as a JWK, with the members that Entra's have (no `alg`)."""
        public = self.key.as_dict(private=False)
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.x5t,
            "n": str(public["n"]),
            "e": str(public["e"]),
            "x5c": [base64.b64encode(self.certificate).decode()],
        }

    def stored(self, signs_from: int = 0) -> StoredSigningKey:
        """The form that goes into the store."""
        return StoredSigningKey(self.kid, self.key.as_pem(private=True), self.created_at, signs_from)

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r})"


def generate_signing_key(created_at: int) -> SigningKey:
    """Make a new key; its id is the thumbprint of its certificate, as the ids of Entra's keys are.

    None begins with a hyphen: a command line would take that for an option.
    """
    from joserfc.jwk import RSAKey

    key = RSAKey.generate_key(KEY_BITS, private=True)
    kid = thumbprint(self_signed(_private(key), created_at))
    return generate_signing_key(created_at) if kid.startswith("-") else SigningKey(kid, key, created_at)


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
    """All keys whose tokens still verify, one of which signs: ``signer``, else the newest.

    ``revoked`` are the ids of keys that are gone before their time, and since when; ``changes_at`` is when
    time alone makes another ring of this one (epoch seconds).
    """

    def __init__(
        self,
        keys: Iterable[SigningKey],
        *,
        signer: str | None = None,
        revoked: Mapping[str, int] | None = None,
        changes_at: float = math.inf,
    ) -> None:
        self._keys = {key.kid: key for key in sorted(keys, key=lambda key: key.created_at)}
        if not self._keys:
            raise ValueError("a key ring needs at least one key")
        self._current = self._keys[signer] if signer is not None else list(self._keys.values())[-1]
        self._revoked = revoked or {}
        self.changes_at = changes_at

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return self._current

    def find(self, kid: object) -> SigningKey | None:
        """The key with this id, if the ring has it."""
        return self._keys.get(kid) if isinstance(kid, str) else None

    def revoked_at(self, kid: str) -> int | None:
        """When the key with this id was revoked, if it was."""
        return self._revoked.get(kid)

    def jwks(self) -> dict[str, list[dict[str, str | list[str]]]]:
        """The public set, as served at ``/discovery/keys``."""
        return {"keys": [key.public_jwk for key in self._keys.values()]}


def _private(key: RSAKey) -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    private = key.private_key
    if not isinstance(private, RSAPrivateKey):
        raise TypeError("a signing key needs its private half")
    return private
