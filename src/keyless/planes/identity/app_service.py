"""The identity endpoint of App Service, Functions and Container Apps, on the loopback address.

Rules:
- the workload proves itself with the value of `IDENTITY_HEADER` (or `MSI_SECRET`, which is the same), in the
  header that its version of the protocol uses;
- with no identity named the system-assigned one is meant, also where there is only a user-assigned one;
- `expires_on` is in epoch seconds, in the older version a date, as it is on Linux there.

Sources: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference; the
date of the older version: what azure-identity and go-autorest read it with.
"""

from __future__ import annotations

import time

import msgspec

from keyless.model.hosts import HostKind
from keyless.model.outages import IDENTITY
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
from keyless.wire.request import Request

PATH = "/msi/token"
OLD_API_VERSION = "2017-09-01"
API_VERSIONS = ApiVersions((OLD_API_VERSION, "2019-08-01"))
_ENDPOINT = Endpoint(
    host_kind=HostKind.APP_SERVICE,
    says={
        Refusal.SEVERAL_NAMED: "client_id, principal_id and mi_res_id cannot be used together",
        Refusal.UNKNOWN: (
            "No User Assigned or Delegated Managed Identity found for specified "
            "ClientId/ResourceId/PrincipalId"
        ),
        Refusal.AMBIGUOUS: "No Managed Identity found for specified ClientId/ResourceId/PrincipalId",
        Refusal.NONE: "No Managed Identity found for specified ClientId/ResourceId/PrincipalId",
    },
    missing_resource="the query parameter `resource` is missing: give the audience that the token is for",
)


class AppServiceToken(msgspec.Struct, frozen=True):
    """A token answer; the times are texts, in epoch seconds (see the rules for the older version)."""

    access_token: str
    client_id: str
    expires_on: str
    not_before: str
    resource: str
    token_type: str


@operation(
    id="AppService.GetToken",
    route=f"GET {PATH}",
    api_versions=API_VERSIONS,
    access=WorkloadOnly("the identities of an app are there for the app alone"),
    response=AppServiceToken,
    errors=(InvalidRequest,),
    spec="https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference",
)
async def get_token(call: Authorized[None], service: IdentityService) -> Reply:
    """Return an access token of one of the app's identities."""
    granted = await service.grant(call.workload, call.request.query, call.now)
    answer = AppServiceToken(
        access_token=granted.token.jwt,
        client_id=granted.identity.client_id,
        expires_on=_moment(granted.token.expires_at, call.api_version),
        not_before=_moment(granted.token.not_before, call.api_version),
        resource=granted.resource,
        token_type=TOKEN_TYPE,
    )
    return Reply(answer, headers=(("cache-control", "no-store"),), sign_in=granted.sign_in)


def _moment(at: int, api_version: str) -> str:
    """A time, as a version of the protocol writes it."""
    if api_version != OLD_API_VERSION:
        return str(at)
    return time.strftime("%m/%d/%Y %H:%M:%S +00:00", time.gmtime(at))


def workload_secret(request: Request) -> str | None:
    """The secret in the header of the request's version of the protocol."""
    old = request.query.get("api-version") == OLD_API_VERSION
    return request.headers.get("secret" if old else "x-identity-header")


def app_service_plane(store: Store, authority: TokenAuthority, issuer: TokenIssuer) -> Plane:
    """The plane behind `IDENTITY_ENDPOINT` (``http://127.0.0.1:PORT/msi/token``)."""
    return Plane(
        name="app-service-identity",
        operations=(get_token,),
        service=IdentityService(store, authority, issuer, _ENDPOINT),
        locate=on_loopback,
        shape=shapes.app_service_identity,
        workload_secret=workload_secret,
        paths=("/msi/token/",),
        host_kinds=frozenset({HostKind.APP_SERVICE}),
        part=IDENTITY,
    )
