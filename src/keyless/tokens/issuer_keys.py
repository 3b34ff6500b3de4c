"""The public keys of another issuer: which of them may have signed a token, and under which algorithm.

Rules:
- the algorithm follows from the key's type: RS* and PS* for RSA, ES256, ES384 or ES512 for the curve that
  each is for, and just the one that a key names (`alg`) where it names one; never a MAC, never `none`;
- a key is for signatures (`use`), has 2048 to 8192 bits where it is RSA's, and is public: a set with private
  or symmetric keys in it is refused as a whole, because whoever has read it could sign;
- a token's key is found by its `kid`; one without `kid` is taken where just one key fits;
- at most 100 keys; one of a kind that is not known here is left out.

Pure. Source: https://www.rfc-editor.org/rfc/rfc7517 and https://www.rfc-editor.org/rfc/rfc7518#section-3.1
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from keyless.tokens.client_certificates import LEAST_BITS

if TYPE_CHECKING:
    from joserfc.jwk import ECKey, RSAKey

MOST_KEYS = 100
MOST_BITS = 8192
_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_CURVES = {"P-256": ("ES256",), "P-384": ("ES384",), "P-521": ("ES512",)}
ALGORITHMS = frozenset((*_RSA, *(alg for algs in _CURVES.values() for alg in algs)))
_SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class UnusableKeys(ValueError):
    """A set of keys that cannot be used; the message says why, and shows nothing of it."""


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """One public key, and the algorithms that it verifies."""

    kid: str | None
    algorithms: tuple[str, ...]
    key: RSAKey | ECKey


class IssuerKeys:
    """All public keys of an issuer."""

    def __init__(self, keys: Sequence[IssuerKey]) -> None:
        self._keys = tuple(keys)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, kid: str | None, algorithm: str) -> IssuerKey | None:
        """The key that a header names, if there is just one such."""
        found = [key for key in self._keys if algorithm in key.algorithms and kid in {None, key.kid}]
        return found[0] if len(found) == 1 else None


@lru_cache(maxsize=128)
def read_issuer_keys(data: bytes) -> IssuerKeys:
    """The keys of a JWK set.

    Raises:
        UnusableKeys: it is no such set, or holds what is not public, or nothing that can be used.
    """
    keys = [read for jwk in _jwks(data) if (read := _read(jwk)) is not None]
    if not keys:
        raise UnusableKeys("there is no public RSA or EC key for signatures in it")
    return IssuerKeys(keys)


def _jwks(data: bytes) -> list[dict[str, Any]]:
    try:
        keys = msgspec.json.decode(data, type=_Set).keys
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise UnusableKeys('it is not a JWK set (`{"keys": [ … ]}`)') from None
    if len(keys) > MOST_KEYS:
        raise UnusableKeys(f"it has more than {MOST_KEYS} keys")
    if any(_SECRET_MEMBERS & jwk.keys() for jwk in keys):
        raise UnusableKeys("it holds a private or symmetric key: keep the public halves alone")
    return keys


class _Set(msgspec.Struct):
    keys: list[dict[str, Any]]


def _read(jwk: dict[str, Any]) -> IssuerKey | None:
    """A key, if it can be used here."""
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, RSAKey
    from joserfc.util import urlsafe_b64decode

    kid, kind = jwk.get("kid"), jwk.get("kty")
    public = {name: value for name, value in jwk.items() if name in {"kty", "n", "e", "crv", "x", "y"}}
    if jwk.get("use", "sig") != "sig" or not isinstance(kid, str | None):
        return None
    try:
        if kind == "RSA":
            if not LEAST_BITS <= 8 * len(urlsafe_b64decode(public["n"].encode())) <= MOST_BITS:
                return None
            return _limited(jwk, IssuerKey(kid, _RSA, RSAKey.import_key(public)))
        if kind == "EC" and jwk.get("crv") in _CURVES:
            return _limited(jwk, IssuerKey(kid, _CURVES[jwk["crv"]], ECKey.import_key(public)))
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return None


def _limited(jwk: dict[str, Any], key: IssuerKey) -> IssuerKey | None:
    """A key for just the algorithm that it names, if it names one."""
    if "alg" not in jwk:
        return key
    return IssuerKey(key.kid, (jwk["alg"],), key.key) if jwk["alg"] in key.algorithms else None
