"""What is said of an assertion that does not hold, by AADSTS number.

No part of an assertion's text is repeated but single claims that its sender must be able to compare.

Sources: https://learn.microsoft.com/entra/identity-platform/reference-error-codes,
https://learn.microsoft.com/azure/developer/java/sdk/troubleshooting-authentication-service-principal,
https://azure.github.io/azure-workload-identity/docs/troubleshooting.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from keyless.planes.entra.issuer_key_source import KeysUnavailable
from keyless.tokens.assertions import MAX_ASSERTION_BYTES, AssertionRejected, Claims, Fault
from keyless.tokens.federation import Mismatch, NoMatch
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


_NO_MATCH = "No matching federated identity record found for presented assertion"
_COMPARE = (
    "Compare the federated credential's subject, audience and issuer with the assertion's, case included."
)


def no_match(mismatch: NoMatch, claims: Claims) -> InvalidGrant:
    """The answer to a token of another issuer that no federated credential is for."""
    found = mismatch.found[:_SHOWN]
    if mismatch.what is Mismatch.ANY:
        return InvalidGrant(
            70021,
            "invalid_request",
            f"{_NO_MATCH}. Assertion Issuer: '{claims.iss[:_SHOWN]}'. Assertion Subject: "
            f"'{claims.sub[:_SHOWN]}'. Assertion Audience: '{(claims.audience or '')[:_SHOWN]}'. "
            "There is no federated credential at all: declare it under 'federatedCredentials'.",
        )
    number, what, more = {
        Mismatch.ISSUER: (700211, "issuer", ""),
        Mismatch.SUBJECT: (700213, "subject", ""),
        Mismatch.SUBJECT_CASE: (
            7002138,
            "subject",
            " The subject matches with case-insensitive comparison, but not with case-sensitive comparison.",
        ),
        Mismatch.AUDIENCE: (700212, "audience", ""),
    }[mismatch.what]
    return InvalidGrant(
        number, "invalid_client", f"{_NO_MATCH} {what} '{found}'.{more} {_COMPARE}", status=401
    )


def entra_issuer(issuer: str) -> InvalidGrant:
    """AADSTS700222: a token of Entra's own that is not exchanged, as a managed identity's alone is."""
    return InvalidGrant(
        700222,
        "invalid_request",
        f"AAD-issued tokens may not be used for federated identity flows: '{issuer[:_SHOWN]}' is Entra. "
        "Only a user-assigned identity's token for 'api://AzureADTokenExchange' is, for an application.",
    )


def other_tenants_issuer(issuer: str) -> InvalidGrant:
    """AADSTS700236: a token of Entra's own, of another tenant."""
    return InvalidGrant(
        700236,
        "invalid_request",
        f"Entra ID tokens issued by issuer '{issuer[:_SHOWN]}' may not be used for federated identity "
        "credential flows for applications or managed identities registered in this tenant.",
    )


def unavailable(issuer: str, error: KeysUnavailable) -> InvalidGrant:
    """AADSTS90061 or 900612: an issuer whose keys cannot be had, or read."""
    if error.unreadable:
        text = f"Failed to parse provider signing keys of '{issuer[:_SHOWN]}': {error}."
        return InvalidGrant(900612, "invalid_request", text)
    text = f"Request to External OIDC endpoint failed: '{issuer[:_SHOWN]}': {error}."
    return InvalidGrant(90061, "invalid_request", text)


def federation_refused(rejected: AssertionRejected, issuer: str) -> InvalidGrant:
    """The answer to a token of another issuer that does not hold."""
    if rejected.why is Fault.KEY:
        return InvalidGrant(
            7000272,
            "invalid_client",
            f"The certificate with identifier '{rejected.found[:_SHOWN]}' used to sign the federated "
            f"credential could not be found in the metadata of identity provider '{issuer[:_SHOWN]}'.",
            status=401,
        )
    if rejected.why is Fault.SIGNATURE:
        return InvalidGrant(
            700027,
            "invalid_client",
            "Client assertion failed signature validation. [Reason - The signature does not verify under the "
            "issuer's key that the assertion names.]",
            status=401,
        )
    return refused(rejected)
