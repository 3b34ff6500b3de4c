"""From certificates as objects to what is said of them on the wire: in lists, and when they are deleted."""

from __future__ import annotations

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates import rendering
from keyless.planes.keyvault.certificates.object_schemas import (
    CertificateItem,
    DeletedCertificateBundle,
    DeletedCertificateItem,
)
from keyless.planes.keyvault.certificates.objects import Belongings
from keyless.planes.keyvault.certificates.records import CERTIFICATE, CertificateVersion
from keyless.planes.keyvault.certificates.schemas import CertificateBundle
from keyless.planes.keyvault.certificates.x509.thumbprints import x5t
from keyless.planes.keyvault.objects.rendering import attributes, object_id, recovery_id
from keyless.planes.keyvault.objects.vault_records import Deleted, Live


def bundle(
    vault: Vault, certificate: Live[CertificateVersion], belongings: Belongings, api_version: str
) -> CertificateBundle:
    """One version, with the certificate's policy, and with its operation where it has one."""
    policy, has_operation = belongings
    return rendering.bundle(vault, certificate, api_version, policy=policy, has_operation=has_operation)


def item(
    vault: Vault, certificate: Live[CertificateVersion], api_version: str, *, with_version: bool = False
) -> CertificateItem:
    """A certificate in a list; its id names the version only in a list of versions."""
    name, version = certificate
    return CertificateItem(
        object_id(vault, CERTIFICATE, name, version.id if with_version else None),
        attributes(vault, version, api_version),
        version.tags,
        x5t(version.cer) if version.is_finished else None,
    )


def deleted_item(
    vault: Vault, deleted: Deleted[CertificateVersion], api_version: str
) -> DeletedCertificateItem:
    """A deleted certificate in a list."""
    head, version = deleted
    shown = item(vault, Live(head.name, version), api_version)
    return DeletedCertificateItem(
        **msgspec.structs.asdict(shown),
        recovery_id=recovery_id(vault, CERTIFICATE, head.name),
        deleted_date=head.deleted_at,
        scheduled_purge_date=head.purge_at,
    )


def deleted_bundle(
    vault: Vault, deleted: Deleted[CertificateVersion], belongings: Belongings, api_version: str
) -> DeletedCertificateBundle:
    """A deleted certificate, with its newest version."""
    head, version = deleted
    shown = bundle(vault, Live(head.name, version), belongings, api_version)
    return DeletedCertificateBundle(
        **msgspec.structs.asdict(shown),
        recovery_id=recovery_id(vault, CERTIFICATE, head.name),
        deleted_date=head.deleted_at,
        scheduled_purge_date=head.purge_at,
    )
