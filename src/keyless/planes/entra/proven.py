"""A client that has proven itself: who it is and by what, and the token that it gets."""

from __future__ import annotations

from dataclasses import dataclass

from keyless.evidence.recorder import SignInKey
from keyless.model.evidence import SignInMethod
from keyless.model.identities import ManagedIdentity
from keyless.model.resources import Tenant
from keyless.planes.entra import refusals
from keyless.planes.entra.federated_credentials import Owner
from keyless.planes.entra.sign_ins import failed, signed_in
from keyless.planes.entra.used_assertions import UsedAssertions
from keyless.tokens.assertions import Assertion
from keyless.tokens.audience import Audience
from keyless.tokens.claims import ClientAuthentication
from keyless.tokens.issuer import IssuedToken, Signer, TokenIssuer


@dataclass(frozen=True, slots=True)
class Proven:
    """Who has proven itself with what.

    ``by`` names the credential where there can be several; ``assertion`` is one that the client has signed
    itself, which is not good forever.
    """

    tenant: Tenant
    client: Owner
    method: SignInMethod
    by: str = ""
    assertion: Assertion | None = None

    def used_for(self, used: UsedAssertions, purpose: str, now: int) -> None:
        """Use the assertion, where there is one, for a purpose.

        Raises:
            InvalidGrant: it has been used before.
        """
        if self.assertion is None or used.use(self.client.client_id, self.assertion, purpose, now):
            return
        raise failed(refusals.replayed_assertion(), self.client, self.method, self.by)

    def token(
        self, issuer: TokenIssuer, signer: Signer, audience: Audience, now: int, capabilities: tuple[str, ...]
    ) -> IssuedToken:
        """A token of the client for an audience."""
        if isinstance(self.client, ManagedIdentity):
            return issuer.federated_token(signer, self.client, audience, now, capabilities)
        secret = self.method is SignInMethod.CLIENT_SECRET
        way = ClientAuthentication.SECRET if secret else ClientAuthentication.CERTIFICATE
        return issuer.application_token(signer, self.client, audience, now, capabilities, way)

    def sign_in(self, audience: str) -> SignInKey:
        """The sign-in that gave a token for an audience, for evidence."""
        return signed_in(self.client, self.method, audience, self.by)
