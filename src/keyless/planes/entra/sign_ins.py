"""Sign-ins at the token endpoint, as evidence keeps them: with what, for what, how it went.

Rules:
- an attempt is counted for an application that exists, and for no other: nobody can fill the evidence with
  client ids of their own making;
- what a failed attempt asked for is not kept, because nothing that it says has been proven.
"""

from __future__ import annotations

from keyless.evidence.recorder import SignInKey
from keyless.model.evidence import SignInMethod, SignInOutcome
from keyless.model.identities import Application, ManagedIdentity
from keyless.wire.errors import InvalidGrant

Client = Application | ManagedIdentity
"""Who signs in: an application, or an identity through a federated credential."""


def signed_in(client: Client, method: SignInMethod, audience: str, by: str = "") -> SignInKey:
    """A sign-in that gave a token; ``by`` names the credential where there can be several."""
    return SignInKey(client.principal_id, client.client_id, method, by, audience.rstrip("/"))


def failed(error: InvalidGrant, client: Client, method: SignInMethod, by: str = "") -> InvalidGrant:
    """The error, with the attempt that it ends."""
    error.sign_in = SignInKey(
        client.principal_id,
        client.client_id,
        method,
        by,
        outcome=SignInOutcome.FAILED,
        error=f"AADSTS{error.number}",
    )
    return error
