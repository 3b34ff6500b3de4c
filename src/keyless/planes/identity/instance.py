"""The instance metadata service beside its identities: the machine, a signed word for it, and the versions.

Rules:
- every request carries `Metadata: true` and no `X-Forwarded-For`, and comes from a workload of a machine;
- `format` is `json` or `text`; a single value is given as text alone, as in Azure;
- the signed document is PKCS#7, by a leaf of the local authority for `metadata.azure.com`.

Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service and
Azure/azure-rest-api-specs, specification/imds/data-plane
"""

from __future__ import annotations

import base64
from typing import Any, Protocol

import msgspec

from keyless.model.hosts import HostKind
from keyless.model.identities import ComputeResource
from keyless.model.outages import IDENTITY
from keyless.planes.identity.attested_document import attested_document, is_nonce
from keyless.planes.identity.imds import API_VERSIONS, HOST, WORKLOAD_HEADER, check_metadata_request
from keyless.planes.identity.instance_document import as_text, instance_document, part
from keyless.planes.identity.service import compute_of
from keyless.store.ports import Store
from keyless.wire import shapes
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest, NotFound
from keyless.wire.operation import ApiVersions, WorkloadOnly, operation
from keyless.wire.plane import Plane
from keyless.wire.request import Request

_SPEC = "https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service"
_ACCESS = WorkloadOnly("what a machine is, is for the workloads that run on it")
_LEAF = "Bad request. A single value is given as text: add `format=text`"
_OLDER = ("2017-04-02", "2017-08-01", "2017-10-01", "2017-12-01")
INSTANCE_VERSIONS = ApiVersions((*_OLDER, *API_VERSIONS.known))
ATTESTED_VERSIONS = ApiVersions(tuple(one for one in API_VERSIONS.known if one >= "2018-10-01"))


class DocumentSigner(Protocol):
    """Signs documents in the name of the metadata service."""

    def sign(self, document: bytes) -> bytes:
        """A document, signed, as PKCS#7 in DER."""
        ...


class InstanceService:
    """Tells what the machine of a workload is."""

    def __init__(self, store: Store, signer: DocumentSigner) -> None:
        self._store = store
        self._signer = signer

    async def machine(self, call: Authorized[None]) -> ComputeResource:
        """The resource that the workload runs as."""
        return await compute_of(self._store, call.workload)

    def signed(self, document: bytes) -> str:
        """A document, signed, in base64."""
        return base64.b64encode(self._signer.sign(document)).decode("ascii")


class AttestedData(msgspec.Struct, frozen=True):
    """A signed document."""

    encoding: str
    signature: str


class Versions(msgspec.Struct, frozen=True, rename="camel"):
    """The api-versions that are served."""

    api_versions: tuple[str, ...]


@operation(
    id="Imds.GetInstance",
    route=("GET /metadata/instance", "GET /metadata/instance/{path*}"),
    api_versions=INSTANCE_VERSIONS,
    access=_ACCESS,
    errors=(InvalidRequest, NotFound),
    spec=f"{_SPEC}#instance-metadata",
)
async def get_instance(call: Authorized[None], service: InstanceService) -> Reply:
    """Return what the machine is, or the part of it that the path names."""
    document = instance_document(await service.machine(call), call.api_version)
    path = call.params.get("path", "").strip("/")
    found = part(document, path) if path else document
    if found is None:
        raise NotFound("Not found")
    if _format(call.request) == "text":
        return Reply(as_text(found).encode(), content_type="text/plain; charset=utf-8")
    if isinstance(found, str):
        raise InvalidRequest(_LEAF, field="format")
    return Reply(found)


@operation(
    id="Imds.GetAttestedDocument",
    route="GET /metadata/attested/document",
    api_versions=ATTESTED_VERSIONS,
    access=_ACCESS,
    response=AttestedData,
    errors=(InvalidRequest,),
    spec=f"{_SPEC}#attested-data",
)
async def get_attested_document(call: Authorized[None], service: InstanceService) -> AttestedData:
    """Return facts about the machine, signed, with a nonce of the caller's."""
    nonce = call.request.query.get("nonce") or None
    if nonce is not None and not is_nonce(nonce):
        raise InvalidRequest("Bad request. A nonce has at most 32 letters and digits", field="nonce")
    machine = await service.machine(call)
    document = attested_document(machine, nonce, call.now, call.api_version)
    return AttestedData("pkcs7", service.signed(document))


@operation(
    id="Imds.GetVersions",
    route="GET /metadata/versions",
    api_versions=ApiVersions(),
    access=_ACCESS,
    response=Versions,
    spec=f"{_SPEC}#versions",
)
async def get_versions(call: Authorized[None], service: InstanceService) -> Versions:
    """Return the api-versions that are served."""
    return Versions(INSTANCE_VERSIONS.known)


def _format(request: Request) -> str:
    wanted = (request.query.get("format") or "json").lower()
    if wanted not in {"json", "text"}:
        raise InvalidRequest("Bad request. `format` is `json` or `text`", field="format")
    return wanted


def instance_plane(store: Store, signer: DocumentSigner) -> Plane:
    """The plane of the metadata service, but for what stands below `/metadata/identity`."""
    service: Any = InstanceService(store, signer)
    return Plane(
        name="instance-metadata",
        operations=(get_instance, get_attested_document, get_versions),
        service=service,
        locate=_locate,
        shape=shapes.instance_metadata,
        workload_secret=lambda request: request.headers.get(WORKLOAD_HEADER),
        precheck=check_metadata_request,
        paths=("/metadata/instance/", "/metadata/attested/", "/metadata/versions/"),
        host_kinds=frozenset({HostKind.VM}),
        part=IDENTITY,
    )


async def _locate(host: str) -> str | None:
    return host if host == HOST else None
