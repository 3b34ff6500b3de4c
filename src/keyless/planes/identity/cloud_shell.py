"""Cloud Shell's identity endpoint: a form that is posted, or a query that is asked, and no secret.

A person's own shell (`keyless shell`) gets tokens of the person there, as Cloud Shell has it; a workload that
runs as one gets those of its managed identity.

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
from keyless.model.outages import IDENTITY
from keyless.planes.identity.imds import WORKLOAD_HEADER, check_metadata_request
from keyless.planes.identity.loopback import on_loopback
from keyless.planes.identity.select import Refusal
from keyless.planes.identity.service import Endpoint, Given, IdentityService
from keyless.planes.identity.signed_in_users import SignedInUsers
from keyless.store.ports import Store
from keyless.tokens.issuer import TOKEN_TYPE, TokenAuthority, TokenIssuer
from keyless.wire import shapes
from keyless.wire.call import Authorized, Reply, Workload
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


class CloudShell:
    """What answers: for a person's shell with the person's tokens, for a workload with its identity's."""

    def __init__(self, store: Store, authority: TokenAuthority, issuer: TokenIssuer) -> None:
        self._identities = IdentityService(store, authority, issuer, _ENDPOINT)
        no_choice = _ENDPOINT.says[Refusal.NO_CHOICE]
        self._users = SignedInUsers(store, authority, issuer, no_choice, _ENDPOINT.missing_resource)

    async def grant(self, shell: Workload | None, query: Query, now: int) -> Given:
        """The token that a program in a shell asks for; raises InvalidRequest where it gets none."""
        if shell is not None and shell.user_id:
            return await self._users.grant(shell, query, now)
        return await self._identities.grant(shell, query, now)


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
async def get_token(call: Authorized[None], service: CloudShell) -> Reply:
    """Return an access token of the shell's user, or of its identity where a workload runs as one."""
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
        service=CloudShell(store, authority, issuer),
        locate=on_loopback,
        shape=shapes.cloud_shell_identity,
        workload_secret=lambda request: request.headers.get(WORKLOAD_HEADER),
        attests_peer=True,
        precheck=check_metadata_request,
        paths=(f"{PATH}/",),
        host_kinds=frozenset({HostKind.CLOUD_SHELL}),
        max_body_bytes=64 * 1024,
        part=IDENTITY,
    )
