"""Keys on the wire: the JSON of requests and answers of managing them.

What is unknown in a request is ignored, and what is read-only is too, as the service does; what has no value
is left out of answers.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane/Keys
"""

from __future__ import annotations

import msgspec

from keyless.planes.keyvault.keys.material.jwk import JsonWebKey
from keyless.planes.keyvault.objects.schemas import ObjectAttributes, SettableAttributes


class SettableKeyAttributes(SettableAttributes):
    """The attributes that a request may set; times in epoch seconds."""

    exportable: bool | None = None


class ReleasePolicyJson(msgspec.Struct, omit_defaults=True, rename="camel"):
    """`KeyReleasePolicy`: the policy in base64url."""

    data: str
    content_type: str | None = None
    immutable: bool | None = None


class CreateKeyRequest(msgspec.Struct):
    """`KeyCreateParameters`."""

    kty: str
    key_size: int | None = None
    public_exponent: int | None = None
    key_ops: list[str] | None = None
    attributes: SettableKeyAttributes | None = None
    tags: dict[str, str] | None = None
    crv: str | None = None
    release_policy: ReleasePolicyJson | None = None


class ImportKeyRequest(msgspec.Struct):
    """`KeyImportParameters`: a key in full."""

    key: JsonWebKey
    hsm: bool | None = msgspec.field(default=None, name="Hsm")
    attributes: SettableKeyAttributes | None = None
    tags: dict[str, str] | None = None
    release_policy: ReleasePolicyJson | None = None


class UpdateKeyRequest(msgspec.Struct):
    """`KeyUpdateParameters`."""

    key_ops: list[str] | None = None
    attributes: SettableKeyAttributes | None = None
    tags: dict[str, str] | None = None
    release_policy: ReleasePolicyJson | None = None


class KeyAttributes(ObjectAttributes, omit_defaults=True, rename="camel"):
    """`KeyAttributes`; ``hsm_platform`` is `0` for keys in software, ``key_size`` that of a symmetric key."""

    exportable: bool | None = None
    hsm_platform: str | None = None
    key_size: int | None = msgspec.field(default=None, name="key_size")


class KeyBundle(msgspec.Struct, omit_defaults=True):
    """`KeyBundle`: one version, with its public part."""

    key: JsonWebKey
    attributes: KeyAttributes
    tags: dict[str, str] | None = None
    managed: bool | None = None
    release_policy: ReleasePolicyJson | None = None


class KeyItem(msgspec.Struct, omit_defaults=True):
    """`KeyItem`: a key in a list, or a version in a list of versions."""

    kid: str
    attributes: KeyAttributes
    tags: dict[str, str] | None = None
    managed: bool | None = None


class DeletedKeyBundle(KeyBundle, omit_defaults=True, kw_only=True):
    """`DeletedKeyBundle`; times in epoch seconds."""

    recovery_id: str = msgspec.field(name="recoveryId")
    deleted_date: int = msgspec.field(name="deletedDate")
    scheduled_purge_date: int = msgspec.field(name="scheduledPurgeDate")


class DeletedKeyItem(KeyItem, omit_defaults=True, kw_only=True):
    """`DeletedKeyItem`; times in epoch seconds."""

    recovery_id: str = msgspec.field(name="recoveryId")
    deleted_date: int = msgspec.field(name="deletedDate")
    scheduled_purge_date: int = msgspec.field(name="scheduledPurgeDate")


class KeyListResult(msgspec.Struct, rename="camel"):
    """A page of keys or versions."""

    value: list[KeyItem]
    next_link: str | None


class DeletedKeyListResult(msgspec.Struct, rename="camel"):
    """A page of deleted keys."""

    value: list[DeletedKeyItem]
    next_link: str | None


class TriggerJson(msgspec.Struct, omit_defaults=True, rename="camel"):
    """`LifetimeActionsTrigger`: ISO 8601 durations."""

    time_after_create: str | None = None
    time_before_expiry: str | None = None


class ActionTypeJson(msgspec.Struct):
    """`LifetimeActionsType`."""

    type: str


class LifetimeActionJson(msgspec.Struct):
    """`LifetimeActions`: an action and when it is taken."""

    trigger: TriggerJson
    action: ActionTypeJson


class PolicyAttributesJson(msgspec.Struct, omit_defaults=True, rename="camel"):
    """`KeyRotationPolicyAttributes`: an ISO 8601 duration; times in epoch seconds."""

    expiry_time: str | None = None
    created: int | None = None
    updated: int | None = None


class RotationPolicyJson(msgspec.Struct, rename="camel"):
    """`KeyRotationPolicy`."""

    lifetime_actions: list[LifetimeActionJson] = []
    attributes: PolicyAttributesJson = msgspec.field(default_factory=PolicyAttributesJson)
    id: str | None = None
