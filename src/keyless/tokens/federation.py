"""A token of another issuer that stands for one of our identities or applications: whether it does.

Rules, in this order:
- it is for the owner's federated credential whose issuer, subject and audience its `iss`, `sub` and `aud`
  are, character by character; of the credentials that come near, the nearest decides what is said. The token
  has just one audience: one that is for others too could be handed on by them;
- its algorithm is one that a public key can verify, and a key of the issuer, named by `kid`, has signed it;
- now lies within its time range.
Verified: `alg`, `typ`, `kid` (as a name alone), `iss`, `sub`, `aud`, `exp`, `nbf`, `iat`. Ignored on purpose:
`jti`, for such a token is legitimately used again until it expires, as a service account's is; `x5t`, `x5c`
and every other member: the issuer's keys are found in its own key set alone.

Pure. Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from keyless.model.identities import FederatedCredential
from keyless.tokens.assertions import Assertion, AssertionRejected, Claims, Fault, check_time, signature_holds
from keyless.tokens.issuer_keys import ALGORITHMS, IssuerKeys


class Mismatch(enum.Enum):
    """What of a token does not match any federated credential."""

    ANY = "no credential"
    ISSUER = "issuer"
    SUBJECT = "subject"
    SUBJECT_CASE = "subject, but for its case"
    AUDIENCE = "audience"


class NoMatch(Exception):
    """No federated credential is for a token: ``what`` is the first that differs, and ``found`` its value."""

    def __init__(self, what: Mismatch, found: str = "") -> None:
        super().__init__(f"no federated credential matches: {what.value}")
        self.what = what
        self.found = found


def matching_credential(credentials: Sequence[FederatedCredential], claims: Claims) -> FederatedCredential:
    """The owner's credential that a token is for. Nothing that the token says is proven by that.

    Raises:
        NoMatch: none is.
    """
    if not credentials:
        raise NoMatch(Mismatch.ANY)
    of_issuer = [one for one in credentials if one.issuer == claims.iss]
    if not of_issuer:
        raise NoMatch(Mismatch.ISSUER, claims.iss)
    of_subject = [one for one in of_issuer if one.subject == claims.sub]
    if not of_subject:
        near = any(one.subject.casefold() == claims.sub.casefold() for one in of_issuer)
        raise NoMatch(Mismatch.SUBJECT_CASE if near else Mismatch.SUBJECT, claims.sub)
    for one in of_subject:
        if one.audience == claims.audience:
            return one
    raise NoMatch(Mismatch.AUDIENCE, claims.audience or "")


def check_algorithm(assertion: Assertion) -> None:
    """Make sure that a token's algorithm is one that a public key can verify.

    Raises:
        AssertionRejected: it is not.
    """
    if assertion.header.alg not in ALGORITHMS:
        raise AssertionRejected(Fault.ALGORITHM, assertion.header.alg)


def verify_federated_assertion(assertion: Assertion, keys: IssuerKeys, now: float) -> None:
    """Make sure that one of an issuer's keys has signed a token, for now.

    Raises:
        AssertionRejected: none has (``Fault.KEY`` where the key that it names is not among them).
    """
    check_algorithm(assertion)
    header = assertion.header
    key = keys.find(header.kid, header.alg)
    if key is None:
        raise AssertionRejected(Fault.KEY, header.kid or "")
    if not signature_holds(assertion, key.key, header.alg):
        raise AssertionRejected(Fault.SIGNATURE)
    check_time(assertion.claims, now)
