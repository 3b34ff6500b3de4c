"""A client that proves itself with an assertion: from the text of one to who has sent it.

Which of the two kinds an assertion is, its issuer says: a URL is somebody else's, anything else the client's
own. Whoever lies about that has to prove more, not less: each kind is verified in full.
"""

from __future__ import annotations

from keyless.lifecycle.applications import find_application
from keyless.model.clusters import is_cluster_issuer
from keyless.model.evidence import SignInMethod
from keyless.model.identities import FederatedCredential
from keyless.model.resources import Tenant
from keyless.model.secret_text import SecretText
from keyless.planes.entra import refusals
from keyless.planes.entra.assertion_audiences import is_login_issuer, is_ours
from keyless.planes.entra.assertion_refusals import (
    federation_refused,
    no_match,
    refused,
    unavailable,
)
from keyless.planes.entra.federated_credentials import Owner, federated_credentials_of, owner_id
from keyless.planes.entra.issuer_key_source import KeysUnavailable
from keyless.planes.entra.managed_identity_assertions import managed_identity_credential, own_keys
from keyless.planes.entra.proven import Proven
from keyless.planes.entra.service import Entra
from keyless.planes.entra.sign_ins import failed
from keyless.store.collections import TRUSTED_ISSUERS
from keyless.tokens.assertions import (
    Assertion,
    AssertionRejected,
    read_assertion,
    verify_certificate_assertion,
)
from keyless.tokens.client_certificates import client_certificate
from keyless.tokens.federation import (
    NoMatch,
    check_algorithm,
    matching_credential,
    verify_federated_assertion,
)
from keyless.tokens.issuer_keys import IssuerKeys, read_issuer_keys
from keyless.wire.errors import InvalidGrant


async def prove_by_assertion(
    entra: Entra, tenant: Tenant, client_id: str | None, text: SecretText, now: int
) -> Proven:
    """The client whose assertion this is; ``client_id`` is what the request says, if it says so.

    Raises:
        InvalidGrant: it is nobody's, or does not hold.
    """
    try:
        assertion = read_assertion(text.reveal())
    except AssertionRejected as rejected:
        raise refused(rejected) from rejected
    if "://" in assertion.claims.iss:
        return await _prove_by_federation(entra, tenant, client_id, assertion, now)
    return await _prove_by_certificate(entra, tenant, client_id, assertion, now)


async def _prove_by_certificate(
    entra: Entra, tenant: Tenant, client_id: str | None, assertion: Assertion, now: int
) -> Proven:
    claimed = client_id or assertion.claims.sub
    application = await find_application(entra.store, claimed)
    if application is None:
        raise refusals.unknown_application(claimed, tenant.name)
    try:
        certificate = verify_certificate_assertion(
            assertion,
            client_id=application.client_id,
            certificates=[
                client_certificate(one.der) for one in application.certificates if one.holds_at(now)
            ],
            is_audience=lambda audience: is_ours(audience, tenant),
            now=now,
        )
    except AssertionRejected as rejected:
        raise failed(refused(rejected), application, SignInMethod.CERTIFICATE) from rejected
    return Proven(tenant, application, SignInMethod.CERTIFICATE, certificate.thumbprint, assertion)


async def _prove_by_federation(
    entra: Entra, tenant: Tenant, client_id: str | None, assertion: Assertion, now: int
) -> Proven:
    if client_id is None:
        raise refusals.missing_parameter("client_id")
    owner = await entra.owners.find(entra.store, client_id)
    if owner is None:
        raise refusals.unknown_application(client_id, tenant.name)
    credentials = await federated_credentials_of(entra.store, owner_id(owner))
    try:
        credential = await _holding_credential(entra, tenant, owner, list(credentials), assertion, now)
    except InvalidGrant as error:
        raise failed(error, owner, SignInMethod.FEDERATED_CREDENTIAL) from error
    return Proven(tenant, owner, SignInMethod.FEDERATED_CREDENTIAL, credential.name)


async def _holding_credential(
    entra: Entra,
    tenant: Tenant,
    owner: Owner,
    credentials: list[FederatedCredential],
    assertion: Assertion,
    now: int,
) -> FederatedCredential:
    """The credential that an assertion proves to be for.

    Raises:
        InvalidGrant: it proves nothing.
    """
    issuer = assertion.claims.iss
    try:
        if is_login_issuer(issuer):
            return await managed_identity_credential(entra, tenant, owner, credentials, assertion, now)
        credential = matching_credential(credentials, assertion.claims)
        check_algorithm(assertion)
        verify_federated_assertion(assertion, await _keys_of(entra, tenant, assertion, now), now)
    except NoMatch as mismatch:
        raise no_match(mismatch, assertion.claims) from mismatch
    except KeysUnavailable as error:
        raise unavailable(issuer, error) from error
    except AssertionRejected as rejected:
        raise federation_refused(rejected, issuer) from rejected
    return credential


async def _keys_of(entra: Entra, tenant: Tenant, assertion: Assertion, now: int) -> IssuerKeys:
    """The keys of an issuer that a credential names: our own cluster's, those given, or fetched ones."""
    issuer = assertion.claims.iss
    if is_cluster_issuer(issuer, tenant.tenant_id):
        return await own_keys(entra)
    known = await entra.store.get(TRUSTED_ISSUERS, (issuer,))
    if known is not None and known.jwks is not None:
        return read_issuer_keys(known.jwks)
    header, loopback = assertion.header, known is not None and known.loopback
    return await entra.issuer_keys.keys(issuer, header.kid, header.alg, now, loopback=loopback)
