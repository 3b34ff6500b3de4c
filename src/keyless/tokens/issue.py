"""Signing: claims in, a compact JWS out.

What is the same for every token of a key (its header) is made once; the library signs, and its own way of
putting a token together, which makes the header anew each time, gives the same bytes.

Source: https://www.rfc-editor.org/rfc/rfc7515#section-7.1
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from keyless.tokens.keys import ALGORITHM, SigningKey

if TYPE_CHECKING:
    from joserfc.jws import JWSRegistry

_KEYS = 16


def issue(claims: Mapping[str, object], key: SigningKey) -> str:
    """Sign the claims with RS256; the header names the key by ``kid`` and, as Entra does, by ``x5t``."""
    from joserfc.util import urlsafe_b64encode

    signed = _header(key.kid, key.x5t) + urlsafe_b64encode(msgspec.json.encode(claims))
    signature = _registry().get_alg(ALGORITHM).sign(signed, key.key)
    return (signed + b"." + urlsafe_b64encode(signature)).decode()


@lru_cache(maxsize=_KEYS)
def _header(kid: str, x5t: str) -> bytes:
    """The encoded header of a key's tokens, with the dot after it."""
    from joserfc.util import urlsafe_b64encode

    header = {"typ": "JWT", "alg": ALGORITHM, "x5t": x5t, "kid": kid}
    return urlsafe_b64encode(msgspec.json.encode(header)) + b"."


@lru_cache(maxsize=1)
def _registry() -> JWSRegistry:
    from joserfc.jws import JWSRegistry

    return JWSRegistry(algorithms=[ALGORITHM])
