"""What the store keeps of keys: as of every object, with their material; and their rotation policies."""

from __future__ import annotations

import enum

import msgspec

from keyless.planes.keyvault.keys.errors import DeletedKeyNotFound, KeyNotFound
from keyless.planes.keyvault.keys.material.kept import KeyMaterial
from keyless.planes.keyvault.keys.material.types import KeyType
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import DeletedHead, Head, Version
from keyless.store.ports import Collection


class ReleasePolicy(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Under which rules a key may be released: ``data`` in base64url, as it was given."""

    data: str
    content_type: str
    immutable: bool = False


class KeyVersion(Version, frozen=True, omit_defaults=True, rename="camel", kw_only=True):
    """One version. ``key_ops`` is what it may be used for, in the words of JWK."""

    key_type: KeyType
    material: KeyMaterial
    key_ops: tuple[str, ...] = ()
    exportable: bool = False
    release_policy: ReleasePolicy | None = None

    def __repr__(self) -> str:
        return super().__repr__()


class RotationAction(enum.StrEnum):
    """`KeyRotationPolicyAction`."""

    ROTATE = "Rotate"
    NOTIFY = "Notify"


class LifetimeAction(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What is to be done in a version's life, and when: one of the two times, an ISO 8601 duration."""

    action: RotationAction
    time_after_create: str | None = None
    time_before_expiry: str | None = None


class RotationPolicy(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A key's rotation policy. ``expiry_time`` (ISO 8601 duration) is how long versions that rotation makes
    are valid; times are epoch seconds."""

    actions: tuple[LifetimeAction, ...]
    created: int
    updated: int
    expiry_time: str | None = None


KEYS = Collection("keys", Head)
"""By vault and name."""
DELETED_KEYS = Collection("deleted-keys", DeletedHead)
"""By vault and name."""
KEY_VERSIONS = Collection("key-versions", KeyVersion, sealed=True)
"""By vault, name and version."""
ROTATION_POLICIES = Collection("key-rotation-policies", RotationPolicy)
"""By vault and name."""

KEY = Kind("key", KEYS, DELETED_KEYS, KEY_VERSIONS, KeyNotFound, DeletedKeyNotFound, (ROTATION_POLICIES,))
