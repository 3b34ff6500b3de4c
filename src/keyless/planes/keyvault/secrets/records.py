"""What the store keeps of secrets: as of every object, with their values."""

from __future__ import annotations

from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import DeletedHead, Head, Version
from keyless.planes.keyvault.secrets.errors import DeletedSecretNotFound, SecretNotFound
from keyless.store.ports import Collection


class SecretVersion(Version, frozen=True, omit_defaults=True, rename="camel", kw_only=True):
    """One version, with its value.

    ``previous`` is the id of the version before, of a secret that stands behind a certificate.
    """

    value: str
    content_type: str | None = None
    previous: str | None = None

    def __repr__(self) -> str:
        return super().__repr__()


SECRETS = Collection("secrets", Head)
"""By vault and name."""
DELETED_SECRETS = Collection("deleted-secrets", DeletedHead)
"""By vault and name."""
SECRET_VERSIONS = Collection("secret-versions", SecretVersion, sealed=True)
"""By vault, name and version."""

SECRET = Kind("secret", SECRETS, DELETED_SECRETS, SECRET_VERSIONS, SecretNotFound, DeletedSecretNotFound)
