"""A client that proves itself with an assertion: from the text of one to who has sent it."""

from __future__ import annotations

from keyless.model.evidence import SignInMethod
from keyless.model.resources import Tenant
from keyless.model.secret_text import SecretText
from keyless.planes.entra import refusals
from keyless.planes.entra.applications import find_application
from keyless.planes.entra.assertion_audiences import is_ours
from keyless.planes.entra.assertion_refusals import refused
from keyless.planes.entra.proven import Proven
from keyless.planes.entra.service import Entra
from keyless.planes.entra.sign_ins import failed
from keyless.tokens.assertions import (
    Assertion,
    AssertionRejected,
    read_assertion,
    verify_certificate_assertion,
)
from keyless.tokens.client_certificates import client_certificate


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
            certificates=[client_certificate(one.der) for one in application.certificates],
            is_audience=lambda audience: is_ours(audience, tenant),
            now=now,
        )
    except AssertionRejected as rejected:
        raise failed(refused(rejected), application, SignInMethod.CERTIFICATE) from rejected
    return Proven(tenant, application, SignInMethod.CERTIFICATE, certificate.thumbprint, assertion)
