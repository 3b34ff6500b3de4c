"""Service Fabric's identity endpoint: over TLS, known to its clients by the certificate's thumbprint.

Rules:
- the workload proves itself with the value of `IDENTITY_HEADER`, in the header `Secret`;
- which identity a service has, its cluster says: a request names none. Where one does, it must be an identity
  of the resource; it is never ignored, so that nobody gets another identity's token;
- a client that was refused with a token names it by its hash (`token_sha256_to_refresh`), and gets another;
- `expires_on` is a text in epoch seconds, as the service sends it, though its documentation shows a number.

Sources: https://learn.microsoft.com/azure/service-fabric/how-to-managed-identity-service-fabric-app-code;
`token_sha256_to_refresh`, `xms_cc` and the type of `expires_on`: msal for Python, `managed_identity.py`
"""

from __future__ import annotations

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

PATH = "/metadata/identity/oauth2/token"
_NOT_FOUND = "Managed identity not found for the specified application host"
_ENDPOINT = Endpoint(
    host_kind=HostKind.SERVICE_FABRIC,
    says={
        Refusal.SEVERAL_NAMED: "client_id, object_id and mi_res_id are mutually exclusive",
        Refusal.UNKNOWN: _NOT_FOUND,
        Refusal.AMBIGUOUS: f"{_NOT_FOUND}, because there are several user-assigned ones and none is named",
        Refusal.NONE: _NOT_FOUND,
    },
    missing_resource="The parameter 'resource' should not be null or empty string.",
)


class ServiceFabricToken(msgspec.Struct, frozen=True):
    """A token answer."""

    access_token: str
    expires_on: str
    resource: str
    token_type: str


@operation(
    id="ServiceFabric.GetToken",
    route=f"GET {PATH}",
    api_versions=ApiVersions(("2019-07-01-preview",)),
    access=WorkloadOnly("the identity of a service is there for its own code alone"),
    response=ServiceFabricToken,
    errors=(InvalidRequest,),
    spec="https://learn.microsoft.com/azure/service-fabric/how-to-managed-identity-service-fabric-app-code",
)
async def get_token(call: Authorized[None], service: IdentityService) -> Reply:
    """Return an access token of the service's identity."""
    granted = await service.grant(call.workload, call.request.query, call.now)
    answer = ServiceFabricToken(
        access_token=granted.token.jwt,
        expires_on=str(granted.token.expires_at),
        resource=granted.resource,
        token_type=TOKEN_TYPE,
    )
    return Reply(answer, headers=(("cache-control", "no-store"),), sign_in=granted.sign_in)


def service_fabric_plane(store: Store, authority: TokenAuthority, issuer: TokenIssuer) -> Plane:
    """The plane behind Service Fabric's `IDENTITY_ENDPOINT`; it is served over TLS."""
    return Plane(
        name="service-fabric-identity",
        operations=(get_token,),
        service=IdentityService(store, authority, issuer, _ENDPOINT),
        locate=on_loopback,
        shape=shapes.service_fabric_identity,
        workload_secret=lambda request: request.headers.get("secret"),
        host_kinds=frozenset({HostKind.SERVICE_FABRIC}),
        part=IDENTITY,
    )
