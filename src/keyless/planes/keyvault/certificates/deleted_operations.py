"""Operations on deleted certificates, which take their keys and their secrets with them.

Source: https://learn.microsoft.com/rest/api/keyvault/certificates/operation-groups
"""

from __future__ import annotations

from keyless.planes.keyvault.api_versions import KEY_VAULT
from keyless.planes.keyvault.certificates import object_rendering
from keyless.planes.keyvault.certificates.errors import CertificateNotFound, DeletedCertificateNotFound
from keyless.planes.keyvault.certificates.include_pending import IncludePending
from keyless.planes.keyvault.certificates.object_schemas import (
    DeletedCertificateBundle,
    DeletedCertificateListResult,
)
from keyless.planes.keyvault.certificates.schemas import CertificateBundle
from keyless.planes.keyvault.objects.access import on_all, on_one, vault_of
from keyless.planes.keyvault.objects.errors import PurgeProtected
from keyless.planes.keyvault.paging import Paging
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import OTHERS
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/keyvault/certificates/"


@operation(
    id="KeyVault.GetDeletedCertificates",
    route="GET /deletedcertificates",
    api_versions=KEY_VAULT,
    access=on_all("certificates", "read", "list"),
    response=DeletedCertificateListResult,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "get-deleted-certificates/get-deleted-certificates",
)
async def get_deleted_certificates(
    call: Authorized[None], vault_service: KeyVault
) -> DeletedCertificateListResult:
    """List a vault's deleted certificates; those that were never finished where that is asked for."""
    vault, paging = vault_of(call), Paging.of(call, "/deletedcertificates")
    pending = IncludePending.of(call)
    page = await vault_service.certificates.listed_deleted(
        vault, paging, include_pending=pending.included, now=call.now
    )
    items = [object_rendering.deleted_item(vault, deleted, call.api_version) for deleted in page.items]
    return DeletedCertificateListResult(items, pending.kept(paging.next_link(vault, page.after)))


@operation(
    id="KeyVault.GetDeletedCertificate",
    route="GET /deletedcertificates/{certificate_name}",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "read", "get"),
    response=DeletedCertificateBundle,
    errors=(DeletedCertificateNotFound,),
    counts=OTHERS,
    spec=_SPEC + "get-deleted-certificate/get-deleted-certificate",
)
async def get_deleted_certificate(
    call: Authorized[None], vault_service: KeyVault
) -> DeletedCertificateBundle:
    """Show a deleted certificate."""
    vault, certificates = vault_of(call), vault_service.certificates
    deleted = await certificates.deleted.find(vault, call.params["certificate_name"], now=call.now)
    belongings = await certificates.belongings(vault, deleted.head.name)
    return object_rendering.deleted_bundle(vault, deleted, belongings, call.api_version)


@operation(
    id="KeyVault.RecoverDeletedCertificate",
    route="POST /deletedcertificates/{certificate_name}/recover",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "recover/action", "recover"),
    response=CertificateBundle,
    errors=(CertificateNotFound,),
    counts=OTHERS,
    spec=_SPEC + "recover-deleted-certificate/recover-deleted-certificate",
)
async def recover_deleted_certificate(call: Authorized[None], vault_service: KeyVault) -> CertificateBundle:
    """Bring a deleted certificate back, with all its versions, their keys and their secrets."""
    vault, certificates = vault_of(call), vault_service.certificates
    recovered = await certificates.deleted.recover(vault, call.params["certificate_name"], now=call.now)
    belongings = await certificates.belongings(vault, recovered.name)
    return object_rendering.bundle(vault, recovered, belongings, call.api_version)


@operation(
    id="KeyVault.PurgeDeletedCertificate",
    route="DELETE /deletedcertificates/{certificate_name}",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "purge/action", "purge"),
    errors=(DeletedCertificateNotFound, PurgeProtected),
    counts=OTHERS,
    spec=_SPEC + "purge-deleted-certificate/purge-deleted-certificate",
)
async def purge_deleted_certificate(call: Authorized[None], vault_service: KeyVault) -> Reply:
    """Remove a deleted certificate for good, with its key and its secret."""
    await vault_service.certificates.deleted.purge(
        vault_of(call), call.params["certificate_name"], now=call.now
    )
    return Reply(status=204)


OPERATIONS: tuple[Operation, ...] = (
    get_deleted_certificates,
    get_deleted_certificate,
    recover_deleted_certificate,
    purge_deleted_certificate,
)
