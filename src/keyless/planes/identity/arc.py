"""Azure Arc's identity endpoint: the agent on a server of one's own, which challenges for a file's content.

Rules:
- every request carries `Metadata: true`, in any casing, and no `X-Forwarded-For`;
- a first request is answered with 401 and the path of a file (`WWW-Authenticate: Basic realm=PATH`, with no
  other `=` in it); a second one brings the file's content;
- whose file it is, is settled first: by the secret that the proxy puts in, else by the process that asks. Who
  is nobody's workload gets no challenge either, but 403, and so does a wrong or spent answer: a client that
  met a second 401 would report a missing header;
- the answer repeats the id that the request named, because client libraries refuse a token without it.

Sources: https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication;
msal and azure-identity for Python, on the echo and on what a challenge may look like
"""

from __future__ import annotations

from keyless.model.hosts import HostKind
from keyless.model.outages import IDENTITY
from keyless.planes.identity.arc_challenges import Challenges
from keyless.planes.identity.imds import WORKLOAD_HEADER, refuse_forwarded
from keyless.planes.identity.loopback import on_loopback
from keyless.planes.identity.metadata_token import MetadataToken, metadata_token
from keyless.planes.identity.select import Refusal
from keyless.planes.identity.service import Endpoint, IdentityService
from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority, TokenIssuer
from keyless.wire import shapes
from keyless.wire.call import Authorized, Reply, Workload
from keyless.wire.errors import Challenged, InvalidRequest, Unauthenticated
from keyless.wire.operation import ApiVersions, WorkloadOnly, operation
from keyless.wire.plane import Plane
from keyless.wire.request import Request

PATH = "/metadata/identity/oauth2/token"
_ENDPOINT = Endpoint(
    host_kind=HostKind.ARC,
    says={
        Refusal.SEVERAL_NAMED: "client_id, object_id and msi_res_id are mutually exclusive",
        Refusal.UNKNOWN: "Identity not found",
        Refusal.AMBIGUOUS: "Multiple user assigned identities exist: name one in the token request",
        Refusal.NONE: "Identity not found",
    },
    missing_resource="Required audience parameter not specified: give the query parameter `resource`",
)
_NOT_MET = (
    "the answer to the challenge is wrong, too late, or was given before: ask for a new challenge with a "
    "request without `Authorization`"
)


@operation(
    id="Arc.GetToken",
    route=f"GET {PATH}",
    api_versions=ApiVersions(("2019-08-15", "2019-11-01", "2020-06-01")),
    access=WorkloadOnly("the identities of a server are there for the workloads that run on it"),
    response=MetadataToken,
    errors=(InvalidRequest,),
    spec="https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication",
)
async def get_token(call: Authorized[None], service: IdentityService) -> Reply:
    """Return an access token of one of the server's identities, once the challenge is met."""
    granted = await service.grant(call.workload, call.request.query, call.now)
    answer = metadata_token(granted, call.now)
    return Reply(answer, headers=(("cache-control", "no-store"),), sign_in=granted.sign_in)


def check_arc_request(request: Request) -> None:
    """Refuse a request that was redirected or forwarded; raises InvalidRequest."""
    if (request.headers.get("metadata") or "").lower() != "true":
        raise InvalidRequest(
            "Required metadata header not specified: send `Metadata: true`",
            field="Metadata",
            code="bad_request_102",
        )
    refuse_forwarded(request)


class _Gate:
    """Asks a workload for the content of a file."""

    def __init__(self, challenges: Challenges) -> None:
        self._challenges = challenges

    def __call__(self, request: Request, workload: Workload) -> None:
        authorization = request.headers.get("authorization")
        if authorization is None:
            path = self._challenges.issue(workload, request.now)
            raise Challenged("Missing Basic Authorization header", path)
        scheme, _, answer = authorization.partition(" ")
        if scheme.lower() != "basic" or not self._challenges.redeem(workload, answer.strip(), request.now):
            raise Unauthenticated(_NOT_MET)


def arc_plane(store: Store, authority: TokenAuthority, issuer: TokenIssuer, challenges: Challenges) -> Plane:
    """The plane behind Azure Arc's `IDENTITY_ENDPOINT`."""
    return Plane(
        name="arc-identity",
        operations=(get_token,),
        service=IdentityService(store, authority, issuer, _ENDPOINT),
        locate=on_loopback,
        shape=shapes.arc_identity,
        workload_secret=lambda request: request.headers.get(WORKLOAD_HEADER),
        attests_peer=True,
        proof=_Gate(challenges),
        precheck=check_arc_request,
        paths=("/metadata/",),
        host_kinds=frozenset({HostKind.ARC}),
        part=IDENTITY,
    )
