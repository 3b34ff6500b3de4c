"""Operations that make certificates: create, the pending operation, merge, and the policy.

Source: https://learn.microsoft.com/rest/api/keyvault/certificates/operation-groups
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from keyless.planes.keyvault.api_versions import KEY_VAULT
from keyless.planes.keyvault.certificates import rendering
from keyless.planes.keyvault.certificates.errors import (
    CertificateInProgress,
    CertificateNotFound,
    IssuerDisabled,
    IssuerNotFound,
    MergeForbidden,
    NameIsTaken,
    NotInProgress,
    PendingCertificateNotFound,
)
from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy
from keyless.planes.keyvault.certificates.schemas import (
    CertificateBundle,
    CertificateOperation,
    CreateCertificateRequest,
    MergeCertificateRequest,
    UpdateOperationRequest,
)
from keyless.planes.keyvault.certificates.settling import Operation as Pending
from keyless.planes.keyvault.certificates.settling import Wanted
from keyless.planes.keyvault.objects.access import on_one, vault_of
from keyless.planes.keyvault.objects.errors import ObjectIsDeleted
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import OTHERS
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidProperty, InvalidRequest
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/keyvault/certificates/"
_TO_BASE64 = str.maketrans("-_", "+/")


@operation(
    id="KeyVault.CreateCertificate",
    route="POST /certificates/{certificate_name}/create",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "create/action", "create"),
    body=CreateCertificateRequest,
    response=CertificateOperation,
    errors=(
        InvalidRequest,
        IssuerNotFound,
        IssuerDisabled,
        CertificateInProgress,
        ObjectIsDeleted,
        NameIsTaken,
    ),
    counts=OTHERS,
    spec=_SPEC + "create-certificate/create-certificate",
)
async def create_certificate(call: Authorized[CreateCertificateRequest], vault_service: KeyVault) -> Reply:
    """Begin to make a new version of a certificate, with a key and a secret behind it."""
    vault, body = vault_of(call), call.body
    enabled = None if body.attributes is None else body.attributes.enabled
    wanted = Wanted(enabled, body.tags, body.preserve_cert_order)
    begun = await vault_service.certificates.operations.begin(
        vault, call.params["certificate_name"], body.policy, wanted, now=call.now
    )
    location = (
        f"{rendering.pending_id(vault, begun.name)}?api-version={call.api_version}"
        f"&request_id={begun.pending.request_id}"
    )
    return _shown(call, begun, status=202, headers=(("location", location),))


@operation(
    id="KeyVault.GetCertificateOperation",
    route="GET /certificates/{certificate_name}/pending",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "read", "get"),
    query_params=("request_id",),
    response=CertificateOperation,
    errors=(PendingCertificateNotFound,),
    counts=OTHERS,
    spec=_SPEC + "get-certificate-operation/get-certificate-operation",
)
async def get_certificate_operation(call: Authorized[None], vault_service: KeyVault) -> Reply:
    """Show how the making of a certificate stands."""
    found = await vault_service.certificates.operations.find(
        vault_of(call), call.params["certificate_name"], call.params.get("request_id"), now=call.now
    )
    return _shown(call, found)


@operation(
    id="KeyVault.UpdateCertificateOperation",
    route="PATCH /certificates/{certificate_name}/pending",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "update/action", "update"),
    query_params=("request_id",),
    body=UpdateOperationRequest,
    response=CertificateOperation,
    errors=(PendingCertificateNotFound, NotInProgress),
    counts=OTHERS,
    spec=_SPEC + "update-certificate-operation/update-certificate-operation",
)
async def update_certificate_operation(
    call: Authorized[UpdateOperationRequest], vault_service: KeyVault
) -> Reply:
    """Request that the making of a certificate be cancelled."""
    found = await vault_service.certificates.operations.cancel(
        vault_of(call),
        call.params["certificate_name"],
        call.params.get("request_id"),
        requested=call.body.cancellation_requested,
        now=call.now,
    )
    return _shown(call, found)


@operation(
    id="KeyVault.DeleteCertificateOperation",
    route="DELETE /certificates/{certificate_name}/pending",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "update/action", "update"),
    query_params=("request_id",),
    response=CertificateOperation,
    errors=(PendingCertificateNotFound,),
    counts=OTHERS,
    spec=_SPEC + "delete-certificate-operation/delete-certificate-operation",
)
async def delete_certificate_operation(call: Authorized[None], vault_service: KeyVault) -> Reply:
    """Forget the making of a certificate, and what it has not finished."""
    found = await vault_service.certificates.operations.delete(
        vault_of(call), call.params["certificate_name"], call.params.get("request_id"), now=call.now
    )
    return _shown(call, found)


@operation(
    id="KeyVault.MergeCertificate",
    route="POST /certificates/{certificate_name}/pending/merge",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "create/action", "create"),
    body=MergeCertificateRequest,
    response=CertificateBundle,
    errors=(PendingCertificateNotFound, MergeForbidden, NotInProgress, InvalidRequest),
    counts=OTHERS,
    spec=_SPEC + "merge-certificate/merge-certificate",
)
async def merge_certificate(call: Authorized[MergeCertificateRequest], vault_service: KeyVault) -> Reply:
    """Finish a certificate that somebody else has signed, by its chain."""
    vault, body, certificates = vault_of(call), call.body, vault_service.certificates
    enabled = None if body.attributes is None else body.attributes.enabled
    merged = await certificates.operations.merge(
        vault,
        call.params["certificate_name"],
        [_octets(entry) for entry in body.x5c],
        Wanted(enabled, body.tags),
        now=call.now,
    )
    _, policy = await certificates.policies.find(vault, merged.name)
    bundle = rendering.bundle(vault, merged, call.api_version, policy=policy, has_operation=True)
    return Reply(bundle, status=201)


def _octets(entry: str) -> bytes:
    """An entry of `x5c`: base64, which some clients write as base64url."""
    try:
        return base64.b64decode(entry.translate(_TO_BASE64) + "=" * (-len(entry) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidProperty("x5c", "an entry is not base64") from None


def _shown(
    call: Authorized[Any],
    found: Pending,
    *,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
) -> Reply:
    """An operation as it is answered; while it is in progress, clients may ask again at once."""
    body = rendering.operation(vault_of(call), found.name, found.pending, call.api_version)
    again = (("retry-after", "0"),) if found.pending.in_progress else ()
    return Reply(body, status, (*headers, *again))


@operation(
    id="KeyVault.GetCertificatePolicy",
    route="GET /certificates/{certificate_name}/policy",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "read", "get"),
    response=CertificatePolicy,
    errors=(CertificateNotFound,),
    counts=OTHERS,
    spec=_SPEC + "get-certificate-policy/get-certificate-policy",
)
async def get_certificate_policy(call: Authorized[None], vault_service: KeyVault) -> CertificatePolicy:
    """Show how a certificate's versions are made."""
    vault = vault_of(call)
    name, policy = await vault_service.certificates.policies.find(vault, call.params["certificate_name"])
    return rendering.policy_of(vault, name, policy, call.api_version)


@operation(
    id="KeyVault.UpdateCertificatePolicy",
    route="PATCH /certificates/{certificate_name}/policy",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "update/action", "update"),
    body=CertificatePolicy,
    response=CertificatePolicy,
    errors=(CertificateNotFound, InvalidRequest),
    counts=OTHERS,
    spec=_SPEC + "update-certificate-policy/update-certificate-policy",
)
async def update_certificate_policy(
    call: Authorized[CertificatePolicy], vault_service: KeyVault
) -> CertificatePolicy:
    """Change how the versions of a certificate are made from now on."""
    vault = vault_of(call)
    name, policy = await vault_service.certificates.policies.update(
        vault, call.params["certificate_name"], call.body, now=call.now
    )
    return rendering.policy_of(vault, name, policy, call.api_version)


OPERATIONS: tuple[Operation, ...] = (
    create_certificate,
    get_certificate_operation,
    update_certificate_operation,
    delete_certificate_operation,
    merge_certificate,
    get_certificate_policy,
    update_certificate_policy,
)
