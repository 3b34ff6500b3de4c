"""The instance metadata service's identity endpoint, at the bare address 169.254.169.254.

Rules:
- every request carries `Metadata: true` and no `X-Forwarded-For`; both are looked at before anything else, so
  that a probe without the header gets its 400 at once;
- the workload is proven by `x-keyless-workload`, which only the proxy of its own run puts in;
- it answers for every path at its address that is not the machine's (`keyless.planes.identity.instance`).

Sources: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service on versions, and
Azure/azure-rest-api-specs, specification/imds/data-plane, Identity_GetToken and Identity_GetInfo
"""

from __future__ import annotations

import msgspec

from keyless.model.hosts import HostKind
from keyless.model.outages import IDENTITY
from keyless.planes.identity.metadata_token import MetadataToken, metadata_token
from keyless.planes.identity.select import Refusal
from keyless.planes.identity.service import Endpoint, IdentityService
from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority, TokenIssuer
from keyless.wire import shapes
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import ApiVersions, WorkloadOnly, operation
from keyless.wire.plane import Plane
from keyless.wire.request import Request

HOST = "169.254.169.254"
WORKLOAD_HEADER = "x-keyless-workload"
API_VERSIONS = ApiVersions(
    (
        "2018-02-01",
        "2018-04-02",
        "2018-10-01",
        "2019-02-01",
        "2019-03-11",
        "2019-04-30",
        "2019-06-01",
        "2019-06-04",
        "2019-08-01",
        "2019-08-15",
        "2019-11-01",
        "2020-06-01",
        "2020-07-15",
        "2020-09-01",
        "2020-10-01",
        "2020-12-01",
        "2021-01-01",
        "2021-02-01",
        "2021-03-01",
        "2021-05-01",
        "2021-08-01",
        "2021-10-01",
        "2021-11-01",
        "2021-11-15",
        "2021-12-13",
        "2023-07-01",
        "2023-11-15",
        "2024-03-15",
        "2024-07-17",
        "2025-04-07",
    )
)
_ENDPOINT = Endpoint(
    host_kind=HostKind.VM,
    says={
        Refusal.SEVERAL_NAMED: "client_id, object_id and msi_res_id are mutually exclusive",
        Refusal.UNKNOWN: "Identity not found",
        Refusal.AMBIGUOUS: (
            "Multiple user assigned identities exist, please specify the clientId / resourceId of the "
            "identity in the token request"
        ),
        Refusal.NONE: "Identity not found",
    },
    missing_resource="Required audience parameter not specified: give the query parameter `resource`",
)
_ACCESS = WorkloadOnly("the identities of a machine are there for the workloads that run on it")
_NO_STORE = (("cache-control", "no-store"),)


class ImdsIdentityInfo(msgspec.Struct, frozen=True, rename="camel"):
    """What a machine may know of its identities without a token."""

    tenant_id: str


@operation(
    id="Imds.GetToken",
    route="GET /metadata/identity/oauth2/token",
    api_versions=API_VERSIONS,
    access=_ACCESS,
    response=MetadataToken,
    errors=(InvalidRequest,),
    spec="https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#get-a-token-using-http",
)
async def get_token(call: Authorized[None], service: IdentityService) -> Reply:
    """Return an access token of one of the machine's identities."""
    granted = await service.grant(call.workload, call.request.query, call.now)
    return Reply(metadata_token(granted, call.now), headers=_NO_STORE, sign_in=granted.sign_in)


@operation(
    id="Imds.GetIdentityInfo",
    route="GET /metadata/identity/info",
    api_versions=API_VERSIONS,
    access=_ACCESS,
    response=ImdsIdentityInfo,
    spec="https://github.com/Azure/azure-rest-api-specs/tree/main/specification/imds/data-plane/InstanceMetadataService",
)
async def get_identity_info(call: Authorized[None], service: IdentityService) -> ImdsIdentityInfo:
    """Return the tenant of the machine's identities."""
    return ImdsIdentityInfo(await service.tenant_id())


def check_metadata_request(request: Request) -> None:
    """Refuse what no program on the machine means to send: a redirected or forwarded request.

    Raises:
        InvalidRequest: `Metadata: true` is missing, or there is an `X-Forwarded-For`.
    """
    if request.headers.get("metadata") != "true":
        raise InvalidRequest(
            "Required metadata header not specified: send `Metadata: true`",
            field="Metadata",
            code="bad_request_102",
        )
    refuse_forwarded(request)


def refuse_forwarded(request: Request) -> None:
    """Refuse a request that came through a proxy; raises InvalidRequest."""
    if request.headers.get("x-forwarded-for") is not None:
        raise InvalidRequest(
            "a request with `X-Forwarded-For` is refused: ask from the machine itself, not through a proxy",
            field="X-Forwarded-For",
            code="bad_request",
        )


def imds_plane(store: Store, authority: TokenAuthority, issuer: TokenIssuer) -> Plane:
    """The plane of the metadata service; the proxy of a run reaches it with the workload's secret."""
    return Plane(
        name="imds",
        operations=(get_token, get_identity_info),
        service=IdentityService(store, authority, issuer, _ENDPOINT),
        locate=_locate,
        shape=shapes.imds,
        workload_secret=lambda request: request.headers.get(WORKLOAD_HEADER),
        precheck=check_metadata_request,
        paths=("/metadata/identity/",),
        host_kinds=frozenset({HostKind.VM}),
        part=IDENTITY,
    )


async def _locate(host: str) -> str | None:
    return host if host == HOST else None
