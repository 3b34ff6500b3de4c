"""The yardstick of fresh tokens: how many of the same claims the library signs in a second, and nothing else.

Usage: python -m bench.signing SECONDS. Prints the rate.
"""

from __future__ import annotations

import sys
import time

import msgspec

from keyless.model.identities import PrincipalKind
from keyless.tokens.claims import ClientAuthentication, Subject, v1_claims
from keyless.tokens.keys import ALGORITHM, SigningKey, generate_signing_key

_GUID = "00000000-0000-4000-8000-000000000001"
_SUBJECT = Subject(_GUID, _GUID, _GUID, PrincipalKind.APPLICATION, ClientAuthentication.SECRET)
CLAIMS = v1_claims(_SUBJECT, "https://vault.azure.net", 1_800_000_000, _GUID)
"""An application's usual claims."""


def new_key() -> SigningKey:
    """A key to sign with."""
    return generate_signing_key(int(time.time()))


def rate(seconds: float) -> float:
    """Tokens a second."""
    from joserfc import jws

    key, payload = new_key(), msgspec.json.encode(CLAIMS)
    header = {"typ": "JWT", "alg": ALGORITHM, "x5t": key.x5t, "kid": key.kid}
    signed, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        jws.serialize_compact(header, payload, key.key, algorithms=[ALGORITHM])
        signed += 1
    return signed / (time.perf_counter() - began)


if __name__ == "__main__":
    print(rate(float(sys.argv[1])))
