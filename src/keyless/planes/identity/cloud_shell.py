"""Cloud Shell's identity endpoint: a form that is posted, or a query that is asked, and no secret.

Rules:
- every request carries `Metadata: true`, and no `X-Forwarded-For`;
- a form is posted, as documented, or its fields are a GET request's query, as MSAL for Java sends them;
- who asks is settled by the secret that the proxy puts in, else by the process that asks;
- no identity can be named: Cloud Shell has one, and here it is the system-assigned identity, else the only
  user-assigned one;
- every value of the answer is a text.

Sources: https://learn.microsoft.com/azure/cloud-shell/msi-authorization; on GET, msal4j's
`CloudShellManagedIdentitySource`
"""

from __future__ import annotations

import msgspec

from keyless.model.hosts import HostKind
from keyless.planes.identity.imds import WORKLOAD_HEADER, check_metadata_request
from keyless.planes.identity.loopback import on_loopback
from keyless.planes.identity.select import Refusal
from keyless.planes.identity.service import Endpoint, IdentityService
from keyless.store.ports import Store
from keyless.tokens.issuer import TOKEN_TYPE, TokenAuthority, TokenIssuer
from keyless.wire import shapes
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import ApiVersions, WorkloadOnly, operation
from keyless.wire.plane import Plane
from keyless.wire.request import Query, Request

PATH = "/oauth2/token"
_NONE = "there is no identity to sign in with"
_ENDPOINT = Endpoint(
    host_kind=HostKind.CLOUD_SHELL,
    says={
        Refusal.NO_CHOICE: "Cloud Shell offers no choice of identities: name none (unset `AZURE_CLIENT_ID`)",
        Refusal.SEVERAL_NAMED: "Cloud Shell offers no choice of identities: name none",
        Refusal.UNKNOWN: _NONE,
        Refusal.AMBIGUOUS: "there are several user-assigned identities, and Cloud Shell offers no choice",
        Refusal.NONE: _NONE,
    },
    missing_resource="the form's field `resource` is missing: give the audience that the token is for",
)


class CloudShellToken(msgspec.Struct, frozen=True):
    """A token answer; every value is a text, times in epoch seconds and lifetimes in seconds."""

    access_token: str
    expires_in: str
    expires_on: str
    not_before: str
    resource: str
    token_type: str


@operation(
    id="CloudShell.GetToken",
    route=f"GET|POST {PATH}",
    api_versions=ApiVersions(),
    access=WorkloadOnly("the identity of a shell is there for what runs in it"),
    response=CloudShellToken,
    errors=(InvalidRequest,),
    spec="https://learn.microsoft.com/azure/cloud-shell/msi-authorization",
)
async def get_token(call: Authorized[None], service: IdentityService) -> Reply:
    """Return an access token of the shell's identity."""
    granted = await service.grant(call.workload, _form(call.request), call.now)
    token = granted.token
    answer = CloudShellToken(
        access_token=token.jwt,
        expires_in=str(token.expires_at - call.now),
        expires_on=str(token.expires_at),
        not_before=str(token.not_before),
        resource=granted.resource,
        token_type=TOKEN_TYPE,
    )
    return Reply(answer, headers=(("cache-control", "no-store"),), sign_in=granted.sign_in)


def _form(request: Request) -> Query:
    return request.query if request.method == "GET" else Query(request.body.decode("utf-8", "replace"))


def cloud_shell_plane(store: Store, authority: TokenAuthority, issuer: TokenIssuer) -> Plane:
    """The plane behind Cloud Shell's `MSI_ENDPOINT`."""
    return Plane(
        name="cloud-shell-identity",
        operations=(get_token,),
        service=IdentityService(store, authority, issuer, _ENDPOINT),
        locate=on_loopback,
        shape=shapes.cloud_shell_identity,
        workload_secret=lambda request: request.headers.get(WORKLOAD_HEADER),
        attests_peer=True,
        precheck=check_metadata_request,
        paths=(f"{PATH}/",),
        host_kinds=frozenset({HostKind.CLOUD_SHELL}),
        max_body_bytes=64 * 1024,
    )
