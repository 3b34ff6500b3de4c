"""What is said of an assertion that does not hold, by AADSTS number.

No part of an assertion's text is repeated but single claims that its sender must be able to compare.

Sources: https://learn.microsoft.com/entra/identity-platform/reference-error-codes,
https://learn.microsoft.com/azure/developer/java/sdk/troubleshooting-authentication-service-principal
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from keyless.tokens.assertions import MAX_ASSERTION_BYTES, AssertionRejected, Fault
from keyless.wire.errors import InvalidGrant

_SHOWN = 200


class _Answer(NamedTuple):
    number: int
    error: str
    status: int
    text: str


_CLIENT = ("invalid_client", 401)
_REQUEST = ("invalid_request", 400)

_ANSWERS: Mapping[Fault, _Answer] = {
    Fault.MALFORMED: _Answer(
        50027,
        *_REQUEST,
        "JWT token is invalid or malformed: send three base64url parts with the claims iss, sub, aud and "
        f"exp, of at most {MAX_ASSERTION_BYTES // 1024} KiB, without 'crit', 'jwk', 'jku' or 'x5u' in the "
        "header.",
    ),
    Fault.TYPE: _Answer(
        5002727,
        *_REQUEST,
        "Invalid JWT header type specified, must be 'JWT' or 'http://openid.net/specs/jwt/1.0'.",
    ),
    Fault.ALGORITHM: _Answer(
        5002738, *_REQUEST, "Invalid JWT token. '{found}' is not a supported signature algorithm here."
    ),
    Fault.KEY: _Answer(
        700027,
        *_CLIENT,
        "Client assertion failed signature validation. [Reason - The key was not found.] Name a certificate "
        "that is registered for the application by 'x5t', 'x5t#S256' or 'x5c'.",
    ),
    Fault.SIGNATURE: _Answer(
        700027,
        *_CLIENT,
        "Client assertion failed signature validation. [Reason - The signature does not verify under the "
        "certificate that the assertion names.]",
    ),
    Fault.CERTIFICATE_TIME: _Answer(
        1000502,
        *_CLIENT,
        "The provided certificate is not within its specified validity window: register a new one.",
    ),
    Fault.CLIENT: _Answer(
        700021,
        *_CLIENT,
        "Client assertion application identifier doesn't match 'client_id' parameter: both 'iss' and 'sub' "
        "must be the application's client id.",
    ),
    Fault.AUDIENCE: _Answer(
        700023,
        *_CLIENT,
        "Client assertion audience claim '{found}' does not match Realm issuer: use the token endpoint's "
        "address.",
    ),
    Fault.TIME: _Answer(
        700024,
        *_CLIENT,
        "Client assertion is not within its valid time range: it must end after now, and at most a day from "
        "now where the client has signed it itself.",
    ),
}


def refused(rejected: AssertionRejected) -> InvalidGrant:
    """The answer to an assertion that was rejected."""
    answer = _ANSWERS[rejected.why]
    text = answer.text.replace("{found}", rejected.found[:_SHOWN])
    return InvalidGrant(answer.number, answer.error, text, status=answer.status)
