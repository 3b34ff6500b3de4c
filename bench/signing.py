"""The yardstick of fresh tokens: how many of the same claims the library signs in a second, and nothing else.

Usage: python -m bench.signing SECONDS. Prints the rate.
"""

from __future__ import annotations

import sys
import time

from joserfc import jws

from keyless.model.identities import PrincipalKind
from keyless.tokens.claims import ClientAuthentication, Subject, v1_claims
from keyless.tokens.keys import ALGORITHM, generate_signing_key


def rate(seconds: float) -> float:
    """Tokens a second, of an application's usual claims."""
    import msgspec

    guid = "00000000-0000-4000-8000-000000000001"
    subject = Subject(guid, guid, guid, PrincipalKind.APPLICATION, ClientAuthentication.SECRET)
    key = generate_signing_key(int(time.time()))
    payload = msgspec.json.encode(v1_claims(subject, "https://vault.azure.net", int(time.time()), guid))
    header = {"typ": "JWT", "alg": ALGORITHM, "x5t": key.x5t, "kid": key.kid}
    signed, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        jws.serialize_compact(header, payload, key.key, algorithms=[ALGORITHM])
        signed += 1
    return signed / (time.perf_counter() - began)


if __name__ == "__main__":
    print(rate(float(sys.argv[1])))
