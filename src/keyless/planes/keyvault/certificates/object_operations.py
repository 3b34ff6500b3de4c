"""Operations on live certificates as objects: read, list, update, delete, back up.

Source: https://learn.microsoft.com/rest/api/keyvault/certificates/operation-groups
"""

from __future__ import annotations

from keyless.model.resources import Vault
from keyless.planes.keyvault.api_versions import CERTIFICATE_BACKUPS, KEY_VAULT
from keyless.planes.keyvault.certificates import object_rendering
from keyless.planes.keyvault.certificates.errors import CertificateNotFound
from keyless.planes.keyvault.certificates.include_pending import IncludePending
from keyless.planes.keyvault.certificates.object_schemas import (
    CertificateListResult,
    DeletedCertificateBundle,
    UpdateCertificateRequest,
)
from keyless.planes.keyvault.certificates.objects import Certificate
from keyless.planes.keyvault.certificates.schemas import CertificateBundle
from keyless.planes.keyvault.certificates.settling import Wanted
from keyless.planes.keyvault.objects.access import on_all, on_one, vault_of
from keyless.planes.keyvault.objects.backups import read_backup, written_backup
from keyless.planes.keyvault.objects.errors import ObjectExists, ObjectIsDeleted
from keyless.planes.keyvault.objects.schemas import BackupResult, RestoreRequest
from keyless.planes.keyvault.paging import Paging
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import OTHERS
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/keyvault/certificates/"


@operation(
    id="KeyVault.GetCertificate",
    route=(
        "GET /certificates/{certificate_name}",
        "GET /certificates/{certificate_name}/{certificate_version}",
    ),
    api_versions=KEY_VAULT,
    access=on_one("certificates", "read", "get"),
    response=CertificateBundle,
    errors=(CertificateNotFound,),
    counts=OTHERS,
    spec=_SPEC + "get-certificate/get-certificate",
)
async def get_certificate(call: Authorized[None], vault_service: KeyVault) -> CertificateBundle:
    """Read one version of a certificate, without its private key; no version means the newest."""
    vault, params = vault_of(call), call.params
    found = await vault_service.certificates.find(
        vault, params["certificate_name"], params.get("certificate_version"), now=call.now
    )
    return await _bundle(vault, found, vault_service, call.api_version)


@operation(
    id="KeyVault.UpdateCertificate",
    route=(
        "PATCH /certificates/{certificate_name}",
        "PATCH /certificates/{certificate_name}/{certificate_version}",
    ),
    api_versions=KEY_VAULT,
    access=on_one("certificates", "update/action", "update"),
    body=UpdateCertificateRequest,
    response=CertificateBundle,
    errors=(CertificateNotFound, InvalidRequest),
    counts=OTHERS,
    spec=_SPEC + "update-certificate/update-certificate",
)
async def update_certificate(
    call: Authorized[UpdateCertificateRequest], vault_service: KeyVault
) -> CertificateBundle:
    """Enable, disable or tag one version of a certificate; no version means the newest."""
    vault, params, body = vault_of(call), call.params, call.body
    enabled = None if body.attributes is None else body.attributes.enabled
    updated = await vault_service.certificates.update(
        vault,
        params["certificate_name"],
        params.get("certificate_version"),
        Wanted(enabled, body.tags),
        body.policy,
        now=call.now,
    )
    return await _bundle(vault, updated, vault_service, call.api_version)


@operation(
    id="KeyVault.GetCertificates",
    route="GET /certificates",
    api_versions=KEY_VAULT,
    access=on_all("certificates", "read", "list"),
    response=CertificateListResult,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "get-certificates/get-certificates",
)
async def get_certificates(call: Authorized[None], vault_service: KeyVault) -> CertificateListResult:
    """List a vault's certificates; those that were never finished where that is asked for."""
    vault, paging, pending = vault_of(call), Paging.of(call, "/certificates"), IncludePending.of(call)
    page = await vault_service.certificates.listed(vault, paging, include_pending=pending.included)
    items = [object_rendering.item(vault, live, call.api_version) for live in page.items]
    return CertificateListResult(items, pending.kept(paging.next_link(vault, page.after)))


@operation(
    id="KeyVault.GetCertificateVersions",
    route="GET /certificates/{certificate_name}/versions",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "read", "list"),
    response=CertificateListResult,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "get-certificate-versions/get-certificate-versions",
)
async def get_certificate_versions(call: Authorized[None], vault_service: KeyVault) -> CertificateListResult:
    """List the versions of a certificate."""
    vault, name = vault_of(call), call.params["certificate_name"]
    paging = Paging.of(call, f"/certificates/{name}/versions")
    page = await vault_service.certificates.listed_versions(vault, name, paging)
    items = [object_rendering.item(vault, live, call.api_version, with_version=True) for live in page.items]
    return CertificateListResult(items, paging.next_link(vault, page.after))


@operation(
    id="KeyVault.DeleteCertificate",
    route="DELETE /certificates/{certificate_name}",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "delete", "delete"),
    response=DeletedCertificateBundle,
    errors=(CertificateNotFound,),
    counts=OTHERS,
    spec=_SPEC + "delete-certificate/delete-certificate",
)
async def delete_certificate(call: Authorized[None], vault_service: KeyVault) -> DeletedCertificateBundle:
    """Delete a certificate with its key and its secret, so that they can be recovered."""
    vault, certificates = vault_of(call), vault_service.certificates
    deleted = await certificates.deleted.delete(vault, call.params["certificate_name"], now=call.now)
    belongings = await certificates.belongings(vault, deleted.head.name)
    return object_rendering.deleted_bundle(vault, deleted, belongings, call.api_version)


@operation(
    id="KeyVault.BackupCertificate",
    route="POST /certificates/{certificate_name}/backup",
    api_versions=CERTIFICATE_BACKUPS,
    access=on_one("certificates", "backup/action", "backup"),
    response=BackupResult,
    errors=(CertificateNotFound, InvalidRequest),
    counts=OTHERS,
    spec=_SPEC + "backup-certificate/backup-certificate",
)
async def backup_certificate(call: Authorized[None], vault_service: KeyVault) -> BackupResult:
    """Give out a sealed copy of a certificate with all its versions, their keys and their secrets."""
    backup = await vault_service.certificates.backups.take(vault_of(call), call.params["certificate_name"])
    return BackupResult(written_backup(backup))


@operation(
    id="KeyVault.RestoreCertificate",
    route="POST /certificates/restore",
    api_versions=CERTIFICATE_BACKUPS,
    access=on_all("certificates", "restore/action", "restore"),
    body=RestoreRequest,
    response=CertificateBundle,
    errors=(InvalidRequest, ObjectExists, ObjectIsDeleted),
    counts=OTHERS,
    spec=_SPEC + "restore-certificate/restore-certificate",
)
async def restore_certificate(call: Authorized[RestoreRequest], vault_service: KeyVault) -> CertificateBundle:
    """Write a backed-up certificate into a vault; its name is in the backup."""
    vault, backup = vault_of(call), read_backup(call.body.value)
    restored = await vault_service.certificates.backups.restore(vault, backup, now=call.now)
    return await _bundle(vault, restored, vault_service, call.api_version)


async def _bundle(
    vault: Vault, certificate: Certificate, vault_service: KeyVault, api_version: str
) -> CertificateBundle:
    belongings = await vault_service.certificates.belongings(vault, certificate.name)
    return object_rendering.bundle(vault, certificate, belongings, api_version)


OPERATIONS: tuple[Operation, ...] = (
    get_certificate,
    update_certificate,
    get_certificates,
    get_certificate_versions,
    delete_certificate,
    backup_certificate,
    restore_certificate,
)
