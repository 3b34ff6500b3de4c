"""From what is kept of an object to what is said of it on the wire, as far as all kinds have it."""

from __future__ import annotations

from typing import Any

from keyless.model.resources import Vault
from keyless.planes.keyvault.api_versions import has_recoverable_days
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import Version
from keyless.planes.keyvault.objects.schemas import ObjectAttributes
from keyless.planes.keyvault.vaults import recovery_level, vault_url


def object_id(vault: Vault, kind: Kind[Any], name: str, version_id: str | None = None) -> str:
    """The URL of an object, or of one version of it."""
    whole = f"{vault_url(vault.name)}/{kind.noun}s/{name}"
    return whole if version_id is None else f"{whole}/{version_id}"


def recovery_id(vault: Vault, kind: Kind[Any], name: str) -> str:
    """The URL of a deleted object."""
    return f"{vault_url(vault.name)}/deleted{kind.noun}s/{name}"


def attributes(vault: Vault, version: Version, api_version: str) -> ObjectAttributes:
    """A version's attributes, as an api-version has them."""
    return ObjectAttributes(
        version.enabled,
        version.created,
        version.updated,
        recovery_level(vault),
        vault.soft_delete_retention_days if has_recoverable_days(api_version) else None,
        version.not_before,
        version.expires,
    )
