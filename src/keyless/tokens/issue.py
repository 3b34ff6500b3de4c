"""Signing: claims in, a compact JWS out.

Source: https://www.rfc-editor.org/rfc/rfc7515#section-7.1
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keyless.tokens.keys import ALGORITHM, SigningKey


def issue(claims: Mapping[str, object], key: SigningKey) -> str:
    """Sign the claims with RS256; the header names the key by ``kid`` and, as Entra does, by ``x5t``."""
    from joserfc import jws

    header = {"typ": "JWT", "alg": ALGORITHM, "x5t": key.x5t, "kid": key.kid}
    return jws.serialize_compact(header, msgspec.json.encode(claims), key.key, algorithms=[ALGORITHM])
