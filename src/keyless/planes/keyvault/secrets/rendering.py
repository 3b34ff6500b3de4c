"""From what is kept of a secret to what is said of it on the wire."""

from __future__ import annotations

from keyless.model.resources import Vault
from keyless.planes.keyvault.api_versions import has_recoverable_days
from keyless.planes.keyvault.secrets.records import SecretVersion
from keyless.planes.keyvault.secrets.schemas import (
    DeletedSecretItem,
    SecretAttributes,
    SecretBundle,
    SecretItem,
)
from keyless.planes.keyvault.secrets.vault_records import DeletedSecret, Secret
from keyless.planes.keyvault.vaults import recovery_level, vault_url


def secret_id(vault: Vault, name: str) -> str:
    """The URL of a secret."""
    return f"{vault_url(vault.name)}/secrets/{name}"


def attributes(vault: Vault, version: SecretVersion, api_version: str) -> SecretAttributes:
    """A version's attributes, as an api-version has them."""
    return SecretAttributes(
        version.enabled,
        version.created,
        version.updated,
        recovery_level(vault),
        vault.soft_delete_retention_days if has_recoverable_days(api_version) else None,
        version.not_before,
        version.expires,
    )


def bundle(vault: Vault, secret: Secret, api_version: str, *, value: bool = False) -> SecretBundle:
    """One version, with its value where that was asked for."""
    version = secret.version
    return SecretBundle(
        f"{secret_id(vault, secret.name)}/{version.id}",
        attributes(vault, version, api_version),
        version.value if value else None,
        version.content_type,
        version.tags,
    )


def item(vault: Vault, secret: Secret, api_version: str, *, with_version: bool = False) -> SecretItem:
    """A secret in a list; its id names the version only in a list of versions."""
    version = secret.version
    of_secret = secret_id(vault, secret.name)
    return SecretItem(
        f"{of_secret}/{version.id}" if with_version else of_secret,
        attributes(vault, version, api_version),
        version.content_type,
        version.tags,
    )


def deleted_item(
    vault: Vault, deleted: DeletedSecret, api_version: str, *, with_version: bool = False
) -> DeletedSecretItem:
    """A deleted secret; its id names the newest version outside of lists."""
    head, version = deleted
    of_secret = secret_id(vault, head.name)
    return DeletedSecretItem(
        f"{vault_url(vault.name)}/deletedsecrets/{head.name}",
        head.deleted_at,
        head.purge_at,
        f"{of_secret}/{version.id}" if with_version else of_secret,
        attributes(vault, version, api_version),
        version.content_type,
        version.tags,
    )
