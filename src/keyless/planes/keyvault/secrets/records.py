"""What the store keeps of secrets.

A live secret has a head under ``(vault, name)`` among `SECRETS`; deleting moves the head to
`DELETED_SECRETS`. Its versions stay where they are, sealed, under ``(vault, name, version)``, until the
secret is purged. Vault and name are case-folded in keys: names compare without case.
"""

from __future__ import annotations

import msgspec

from keyless.store.ports import Collection


class SecretHead(msgspec.Struct, frozen=True, rename="camel"):
    """A live secret. ``name`` is as it was first written, ``current`` its newest version's id."""

    name: str
    current: str


class DeletedHead(msgspec.Struct, frozen=True, rename="camel"):
    """A deleted secret that can still come back; both times are epoch seconds."""

    name: str
    current: str
    deleted_at: int
    purge_at: int

    def is_gone(self, now: int) -> bool:
        """Whether the time in which it could come back is over."""
        return now >= self.purge_at


class SecretVersion(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """One version, with its value. ``id`` is 32 hexadecimal digits; all times are epoch seconds."""

    id: str
    value: str
    created: int
    updated: int
    enabled: bool = True
    content_type: str | None = None
    tags: dict[str, str] | None = None
    not_before: int | None = None
    expires: int | None = None

    def __repr__(self) -> str:
        return f"SecretVersion(id={self.id!r}, …)"


class BackupKey(msgspec.Struct, frozen=True):
    """The key that a subscription's backups are sealed under (AES-256)."""

    key: bytes

    def __repr__(self) -> str:
        return "BackupKey(…)"


SECRETS = Collection("secrets", SecretHead)
"""By vault and name."""
DELETED_SECRETS = Collection("deleted-secrets", DeletedHead)
"""By vault and name."""
SECRET_VERSIONS = Collection("secret-versions", SecretVersion, sealed=True)
"""By vault, name and version."""
BACKUP_KEYS = Collection("backup-keys", BackupKey, sealed=True)
"""By tenant and subscription."""
