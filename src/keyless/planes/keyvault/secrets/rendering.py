"""From what is kept of a secret to what is said of it on the wire."""

from __future__ import annotations

from keyless.model.resources import Vault
from keyless.planes.keyvault.api_versions import has
from keyless.planes.keyvault.keys.records import KEY
from keyless.planes.keyvault.objects.rendering import attributes, object_id, recovery_id
from keyless.planes.keyvault.secrets.records import SECRET
from keyless.planes.keyvault.secrets.schemas import DeletedSecretItem, SecretBundle, SecretItem
from keyless.planes.keyvault.secrets.service import DeletedSecret, Secret


def bundle(vault: Vault, secret: Secret, api_version: str, *, value: bool = False) -> SecretBundle:
    """One version, with its value where that was asked for."""
    version = secret.version
    shown = SecretBundle(
        f"{object_id(vault, SECRET, secret.name)}/{version.id}",
        attributes(vault, version, api_version),
        version.value if value else None,
        version.content_type,
        version.tags,
    )
    if version.managed:
        _tell_certificate(shown, vault, secret, api_version)
    return shown


def _tell_certificate(
    shown: SecretBundle | DeletedSecretItem, vault: Vault, secret: Secret, api_version: str
) -> None:
    """Say what is said of a secret that stands behind a certificate, and of no other."""
    name, version = secret
    shown.managed = True
    shown.kid = object_id(vault, KEY, name, version.id)
    shown.previous_version = version.previous if has("secret.previousVersion", api_version) else None


def item(vault: Vault, secret: Secret, api_version: str, *, with_version: bool = False) -> SecretItem:
    """A secret in a list; its id names the version only in a list of versions."""
    version = secret.version
    of_secret = object_id(vault, SECRET, secret.name)
    return SecretItem(
        f"{of_secret}/{version.id}" if with_version else of_secret,
        attributes(vault, version, api_version),
        version.content_type,
        version.tags,
        version.managed or None,
    )


def deleted_item(
    vault: Vault, deleted: DeletedSecret, api_version: str, *, with_version: bool = False
) -> DeletedSecretItem:
    """A deleted secret; its id names the newest version outside of lists."""
    head, version = deleted
    of_secret = object_id(vault, SECRET, head.name)
    shown = DeletedSecretItem(
        recovery_id(vault, SECRET, head.name),
        head.deleted_at,
        head.purge_at,
        f"{of_secret}/{version.id}" if with_version else of_secret,
        attributes(vault, version, api_version),
        version.content_type,
        version.tags,
        version.managed or None,
    )
    if version.managed and with_version:
        _tell_certificate(shown, vault, Secret(head.name, version), api_version)
    return shown
