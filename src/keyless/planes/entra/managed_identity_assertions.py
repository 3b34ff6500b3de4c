"""A managed identity's token as the credential of an application: exchanged for one of the application's own.

Rules, in this order:
- the application has a federated credential for the token: its issuer is this tenant's of version 2.0, its
  subject the identity's principal id, its audience `api://AzureADTokenExchange`, for which the token itself
  has the client id of the exchange;
- of all that Entra issues nothing else is exchanged: no token of another tenant, none of version 1.0, none of
  an application or a system-assigned identity, and none for an identity in the place of an application;
- one of the tenant's keys has signed it, for now;
- the identity is still there, and was not revoked since.

Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from keyless.model.federated_credentials import DEFAULT_AUDIENCE, EXCHANGE_CLIENT_ID
from keyless.model.identities import Application, FederatedCredential
from keyless.model.resources import Tenant
from keyless.planes.entra.assertion_refusals import entra_issuer, other_tenants_issuer
from keyless.planes.entra.federated_credentials import Owner
from keyless.planes.entra.service import Entra
from keyless.tokens.assertions import Assertion, AssertionRejected, Claims, Fault
from keyless.tokens.claims import BACKDATED_S, v2_issuer
from keyless.tokens.federation import matching_credential, verify_federated_assertion
from keyless.tokens.issuer_keys import IssuerKeys, read_issuer_keys
from keyless.wire.revocations import revocation_of


async def own_keys(entra: Entra) -> IssuerKeys:
    """The tenant's keys, as those of an issuer."""
    return read_issuer_keys(msgspec.json.encode((await entra.authority.key_ring()).jwks()))


async def managed_identity_credential(
    entra: Entra,
    tenant: Tenant,
    owner: Owner,
    credentials: Sequence[FederatedCredential],
    assertion: Assertion,
    now: int,
) -> FederatedCredential:
    """The application's credential that a token of Entra's own proves to be for.

    Raises:
        NoMatch: there is none.
        InvalidGrant: it is not of a kind that is exchanged.
        AssertionRejected: it does not hold.
    """
    claims = assertion.claims
    credential = matching_credential(credentials, _as_declared(claims))
    _check_kind(claims, tenant, owner)
    verify_federated_assertion(assertion, await own_keys(entra), now)
    if await entra.owners.identity_of(entra.store, claims.sub) is None:
        raise entra_issuer(claims.iss)
    await _check_revocation(entra, claims)
    return credential


def _as_declared(claims: Claims) -> Claims:
    """The claims with the audience as credentials name it."""
    if claims.audience != EXCHANGE_CLIENT_ID:
        return claims
    return msgspec.structs.replace(claims, aud=DEFAULT_AUDIENCE)


def _check_kind(claims: Claims, tenant: Tenant, owner: Owner) -> None:
    if claims.iss != v2_issuer(tenant.tenant_id):
        raise other_tenants_issuer(claims.iss) if claims.iss.endswith("/v2.0") else entra_issuer(claims.iss)
    if not isinstance(owner, Application) or claims.audience != EXCHANGE_CLIENT_ID:
        raise entra_issuer(claims.iss)


async def _check_revocation(entra: Entra, claims: Claims) -> None:
    """Refuse what was issued before its identity was revoked, as what is out of its time."""
    found = await revocation_of(entra.store, claims.sub)
    if found is not None and (found.disabled or (claims.iat or 0) + BACKDATED_S <= found.revoked_at):
        raise AssertionRejected(Fault.TIME)
