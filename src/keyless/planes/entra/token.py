"""The token endpoint: client credentials with a client secret or an assertion.

Rules, in this order: what a request must have is looked at first, then its tenant, its application, the
credential, and last what it asks for; nothing about resources is told to a client that has not proven itself.

Version 2.0 takes `scope` (`RESOURCE/.default`), version 1.0 takes `resource`; the token is of the version
that the resource takes, whichever endpoint gives it.

Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keyless.lifecycle.applications import find_application
from keyless.model.evidence import SignInMethod
from keyless.model.resources import Tenant
from keyless.model.secret_text import SecretText
from keyless.planes.entra import refusals
from keyless.planes.entra.client_assertions import prove_by_assertion
from keyless.planes.entra.proven import Proven
from keyless.planes.entra.service import Entra
from keyless.planes.entra.sign_ins import failed
from keyless.planes.entra.tenants import require_tenant
from keyless.planes.entra.token_request import (
    Credentials,
    capabilities,
    credentials,
    form_fields,
    required,
)
from keyless.tokens.issuer import TOKEN_TYPE, IssuedToken, Signer
from keyless.wire.audiences import audience_of
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidGrant
from keyless.wire.operation import ApiVersions, Public, operation
from keyless.wire.revocations import PrincipalDisabled, signer_for

_SPEC = "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow"
_ACCESS = Public("the client proves itself by what is in the request: a secret or an assertion")
_NO_VERSIONS = ApiVersions()
_NO_STORE = (("cache-control", "no-store, no-cache"), ("pragma", "no-cache"))
_DEFAULT = "/.default"
_OPENID_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})
_SECRET = SignInMethod.CLIENT_SECRET


class TokenAnswer(msgspec.Struct, frozen=True):
    """A version 2.0 answer; lifetimes in seconds."""

    token_type: str
    expires_in: int
    ext_expires_in: int
    access_token: str


class TokenAnswerV1(msgspec.Struct, frozen=True):
    """A version 1.0 answer; every value is a text."""

    token_type: str
    expires_in: str
    ext_expires_in: str
    expires_on: str
    not_before: str
    resource: str
    access_token: str


@operation(
    id="Entra.GetToken",
    route="POST /{tenant}/oauth2/v2.0/token",
    api_versions=_NO_VERSIONS,
    access=_ACCESS,
    response=TokenAnswer,
    errors=(InvalidGrant,),
    spec=_SPEC,
)
async def get_token(call: Authorized[None], entra: Entra) -> Reply:
    """Return an access token for the application that proves itself, for a `.default` scope."""
    fields, credential = _read(call, "scope")
    if "resource" in fields:
        raise refusals.unsupported_resource_parameter()
    proven = await _authenticate(call, entra, credential)
    resource = _default_resource(fields["scope"])
    token = await _issue(call, entra, proven, resource, fields)
    expires_in = token.expires_at - call.now
    answer = TokenAnswer(TOKEN_TYPE, expires_in, expires_in, token.jwt)
    return Reply(answer, headers=_NO_STORE, sign_in=proven.sign_in(token.audience))


@operation(
    id="Entra.GetTokenV1",
    route="POST /{tenant}/oauth2/token",
    api_versions=_NO_VERSIONS,
    access=_ACCESS,
    response=TokenAnswerV1,
    errors=(InvalidGrant,),
    spec="https://learn.microsoft.com/previous-versions/azure/active-directory/azuread-dev/v1-oauth2-client-creds-grant-flow",
)
async def get_token_v1(call: Authorized[None], entra: Entra) -> Reply:
    """Return an access token for the application that proves itself, for a resource."""
    fields, credential = _read(call, "resource")
    proven = await _authenticate(call, entra, credential)
    resource = fields["resource"]
    token = await _issue(call, entra, proven, resource, fields)
    expires_in = str(token.expires_at - call.now)
    answer = TokenAnswerV1(
        token_type=TOKEN_TYPE,
        expires_in=expires_in,
        ext_expires_in=expires_in,
        expires_on=str(token.expires_at),
        not_before=str(token.not_before),
        resource=resource,
        access_token=token.jwt,
    )
    return Reply(answer, headers=_NO_STORE, sign_in=proven.sign_in(token.audience))


def _read(call: Authorized[None], target: str) -> tuple[Mapping[str, str], Credentials]:
    """The request's fields, complete; ``target`` is the field that says what the token is for."""
    headers = call.request.headers
    fields = form_fields(call.request.body, headers.get("content-type"))
    grant_type = required(fields, "grant_type")
    if grant_type != "client_credentials":
        raise refusals.unsupported_grant(grant_type)
    credential = credentials(fields, headers.get("authorization"))
    if credential is None:
        raise refusals.missing_credential()
    required(fields, target)
    return fields, credential


async def _authenticate(call: Authorized[None], entra: Entra, credential: Credentials) -> Proven:
    tenant = await entra.authority.tenant()
    require_tenant(tenant, call.params["tenant"])
    if credential.assertion is not None:
        return await prove_by_assertion(entra, tenant, credential.client_id, credential.assertion, call.now)
    return await _prove_by_secret(entra, tenant, credential.client_id or "", credential.secret, call.now)


async def _prove_by_secret(
    entra: Entra, tenant: Tenant, client_id: str, secret: SecretText | None, now: int
) -> Proven:
    application = await find_application(entra.store, client_id)
    if application is None:
        raise refusals.unknown_application(client_id, tenant.name)
    kept = await entra.secrets.verify(application, secret) if secret is not None else None
    if kept is None or (kept.starts_at is not None and now < kept.starts_at):
        raise failed(refusals.wrong_secret(application.client_id), application, _SECRET)
    if not kept.holds_at(now):
        raise failed(refusals.expired_secret(application.client_id), application, _SECRET)
    return Proven(tenant, application, _SECRET)


def _default_resource(scope: str) -> str:
    """The resource of a `.default` scope; its own trailing slash stays (`https://vault.azure.net//.default`).

    The scopes of OpenID Connect ask for nothing that an application has; MSAL for Java and for Go send them.
    """
    scopes = [one for one in scope.split() if one not in _OPENID_SCOPES]
    if len(scopes) > 1:
        raise refusals.several_scopes(scope)
    resource = scopes[0].removesuffix(_DEFAULT) if scopes else ""
    if not resource or resource == scopes[0]:
        raise refusals.not_a_default_scope(scope)
    return resource


async def _issue(
    call: Authorized[None], entra: Entra, proven: Proven, resource: str, fields: Mapping[str, str]
) -> IssuedToken:
    audience = await audience_of(entra.store, resource)
    if audience is None:
        raise refusals.unknown_resource(resource, proven.tenant.name)
    asked = capabilities(fields.get("claims"))
    signer = await _signer(entra, proven)
    proven.used_for(entra.used_assertions, f"{audience.aud} {fields.get('claims') or ''}", call.now)
    return proven.token(entra.issuer, signer, audience, call.now, asked)


async def _signer(entra: Entra, proven: Proven) -> Signer:
    client = proven.client
    if not client.principal_id:
        raise refusals.no_service_principal(client.client_id, proven.tenant.tenant_id)
    try:
        return await signer_for(entra.store, entra.authority, client.principal_id)
    except PrincipalDisabled:
        refused = refusals.disabled_application(client.client_id, client.name)
        raise failed(refused, client, proven.method, proven.by) from None
