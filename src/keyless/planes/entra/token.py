"""The token endpoint: client credentials with a client secret, as applications did it before.

Rules, in this order: what a request must have is looked at first, then its tenant, its application, the
secret, and last what it asks for; nothing about resources is told to a client that has not proven itself.

Version 2.0 takes `scope` (`RESOURCE/.default`), version 1.0 takes `resource`; both give version 1.0 tokens,
which is what the resources that are served here take.

Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keyless.model.evidence import SignInMethod
from keyless.model.identities import Application
from keyless.model.resources import Tenant
from keyless.planes.entra import refusals
from keyless.planes.entra.applications import find_application
from keyless.planes.entra.service import Entra
from keyless.planes.entra.sign_ins import failed, signed_in
from keyless.planes.entra.tenants import require_tenant
from keyless.planes.entra.token_request import (
    Credentials,
    capabilities,
    credentials,
    form_fields,
    required,
)
from keyless.tokens.issuer import TOKEN_TYPE, IssuedToken, current_signer
from keyless.wire.audiences import known_audience
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidGrant
from keyless.wire.operation import ApiVersions, Public, operation

_SPEC = "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow"
_ACCESS = Public("the client proves itself by what is in the request: its id and its secret")
_NO_VERSIONS = ApiVersions()
_NO_STORE = (("cache-control", "no-store, no-cache"), ("pragma", "no-cache"))
_DEFAULT = "/.default"
_METHOD = SignInMethod.CLIENT_SECRET
_OPENID_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})


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
    tenant, application = await _authenticate(call, entra, credential)
    resource = _default_resource(fields["scope"])
    token = await _issue(call, entra, tenant, application, resource, fields)
    expires_in = token.expires_at - call.now
    answer = TokenAnswer(TOKEN_TYPE, expires_in, expires_in, token.jwt)
    return Reply(answer, headers=_NO_STORE, sign_in=signed_in(application, _METHOD, token.audience))


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
    tenant, application = await _authenticate(call, entra, credential)
    resource = fields["resource"]
    token = await _issue(call, entra, tenant, application, resource, fields)
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
    return Reply(answer, headers=_NO_STORE, sign_in=signed_in(application, _METHOD, token.audience))


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


async def _authenticate(
    call: Authorized[None], entra: Entra, credential: Credentials
) -> tuple[Tenant, Application]:
    tenant = await entra.authority.tenant()
    require_tenant(tenant, call.params["tenant"])
    application = await find_application(entra.store, credential.client_id)
    if application is None:
        raise refusals.unknown_application(credential.client_id, tenant.name)
    if credential.secret is None:
        raise refusals.unsupported_assertion()
    if not await entra.secrets.verify(application, credential.secret):
        raise failed(refusals.wrong_secret(application.client_id), application, _METHOD)
    return tenant, application


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
    call: Authorized[None],
    entra: Entra,
    tenant: Tenant,
    application: Application,
    resource: str,
    fields: Mapping[str, str],
) -> IssuedToken:
    audience = known_audience(resource)
    if audience is None:
        raise refusals.unknown_resource(resource, tenant.name)
    signer = await current_signer(entra.authority)
    asked = capabilities(fields.get("claims"))
    return entra.issuer.application_token(signer, application, audience, call.now, asked)
