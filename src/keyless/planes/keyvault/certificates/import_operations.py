"""The operation that imports certificates.

Source: https://learn.microsoft.com/rest/api/keyvault/certificates/import-certificate/import-certificate
"""

from __future__ import annotations

from keyless.planes.keyvault.api_versions import KEY_VAULT, has
from keyless.planes.keyvault.certificates import object_rendering
from keyless.planes.keyvault.certificates.errors import CertificateInProgress, NameIsTaken
from keyless.planes.keyvault.certificates.imported import Content
from keyless.planes.keyvault.certificates.object_schemas import ImportCertificateRequest
from keyless.planes.keyvault.certificates.schemas import CertificateBundle
from keyless.planes.keyvault.certificates.settling import Wanted
from keyless.planes.keyvault.objects.access import on_one, vault_of
from keyless.planes.keyvault.objects.errors import ObjectIsDeleted
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import CREATES
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Operation, operation


@operation(
    id="KeyVault.ImportCertificate",
    route="POST /certificates/{certificate_name}/import",
    api_versions=KEY_VAULT,
    access=on_one("certificates", "import/action", "import"),
    body=ImportCertificateRequest,
    response=CertificateBundle,
    errors=(InvalidRequest, CertificateInProgress, ObjectIsDeleted, NameIsTaken),
    counts=CREATES,
    spec="https://learn.microsoft.com/rest/api/keyvault/certificates/import-certificate/import-certificate",
)
async def import_certificate(
    call: Authorized[ImportCertificateRequest], vault_service: KeyVault
) -> CertificateBundle:
    """Take a certificate that was made elsewhere, with its private key, as a new version."""
    vault, body, certificates = vault_of(call), call.body, vault_service.certificates
    order = body.preserve_cert_order if has("certificate.preserveCertOrder", call.api_version) else None
    enabled = None if body.attributes is None else body.attributes.enabled
    imported = await certificates.imports.take(
        vault,
        call.params["certificate_name"],
        Content(body.value, body.pwd, body.policy, bool(order)),
        Wanted(enabled, body.tags, order),
        now=call.now,
    )
    belongings = await certificates.belongings(vault, imported.name)
    return object_rendering.bundle(vault, imported, belongings, call.api_version)


OPERATIONS: tuple[Operation, ...] = (import_certificate,)
