"""The identity endpoint of Azure Machine Learning's compute, of the form of 2017-09-01.

Rules:
- the workload proves itself with the value of `MSI_SECRET`, in the header `secret`;
- an identity is named by `clientid`. Client libraries put `DEFAULT_IDENTITY_CLIENT_ID` there where the
  program names none, and so the system-assigned identity may be named too;
- `expires_on` is a number in epoch seconds, unlike App Service's of the same version.

Sources: https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication;
azure-identity for Python, `azure_ml.py`, and msal for Node, `MachineLearning`, on what is sent and read
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

PATH = "/msi/auth"
_ENDPOINT = Endpoint(
    host_kind=HostKind.AML,
    says={
        Refusal.SEVERAL_NAMED: "clientid, object_id and mi_res_id cannot be used together",
        Refusal.UNKNOWN: "Managed identity not found for the given clientid",
        Refusal.AMBIGUOUS: "Several user-assigned identities exist: name one by `clientid`",
        Refusal.NONE: "Managed identity not found",
    },
    missing_resource="the query parameter `resource` is missing: give the audience that the token is for",
)


class MachineLearningToken(msgspec.Struct, frozen=True):
    """A token answer; ``expires_on`` is in epoch seconds."""

    access_token: str
    client_id: str
    expires_on: int
    resource: str
    token_type: str


@operation(
    id="MachineLearning.GetToken",
    route=f"GET {PATH}",
    api_versions=ApiVersions(("2017-09-01",)),
    access=WorkloadOnly("the identities of a compute are there for what runs on it"),
    response=MachineLearningToken,
    errors=(InvalidRequest,),
    spec="https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
)
async def get_token(call: Authorized[None], service: IdentityService) -> Reply:
    """Return an access token of one of the compute's identities."""
    granted = await service.grant(call.workload, call.request.query, call.now)
    answer = MachineLearningToken(
        access_token=granted.token.jwt,
        client_id=granted.identity.client_id,
        expires_on=granted.token.expires_at,
        resource=granted.resource,
        token_type=TOKEN_TYPE,
    )
    return Reply(answer, headers=(("cache-control", "no-store"),), sign_in=granted.sign_in)


def machine_learning_plane(store: Store, authority: TokenAuthority, issuer: TokenIssuer) -> Plane:
    """The plane behind Azure Machine Learning's `MSI_ENDPOINT`."""
    return Plane(
        name="machine-learning-identity",
        operations=(get_token,),
        service=IdentityService(store, authority, issuer, _ENDPOINT),
        locate=on_loopback,
        shape=shapes.app_service_identity,
        workload_secret=lambda request: request.headers.get("secret"),
        paths=(f"{PATH}/",),
        host_kinds=frozenset({HostKind.AML}),
        part=IDENTITY,
    )
