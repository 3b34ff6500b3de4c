"""From what is kept of a key to what is said of it on the wire."""

from __future__ import annotations

from keyless.model.resources import Vault
from keyless.planes.keyvault.api_versions import has, has_recoverable_days
from keyless.planes.keyvault.keys.material.jwk import JsonWebKey
from keyless.planes.keyvault.keys.material.types import LEGACY_CURVE, RENAMED_CURVE, Family
from keyless.planes.keyvault.keys.records import KEY, KeyVersion, RotationPolicy
from keyless.planes.keyvault.keys.rotation import DEFAULT_ACTIONS
from keyless.planes.keyvault.keys.schemas import (
    ActionTypeJson,
    DeletedKeyBundle,
    DeletedKeyItem,
    KeyAttributes,
    KeyBundle,
    KeyItem,
    LifetimeActionJson,
    PolicyAttributesJson,
    ReleasePolicyJson,
    RotationPolicyJson,
    TriggerJson,
)
from keyless.planes.keyvault.keys.service import DeletedKey, Key
from keyless.planes.keyvault.objects.rendering import object_id, recovery_id
from keyless.planes.keyvault.vaults import recovery_level

_SOFTWARE, _HARDWARE = "0", "1"


def attributes(vault: Vault, version: KeyVersion, api_version: str) -> KeyAttributes:
    """A version's attributes, as an api-version has them."""
    in_hardware = version.key_type.in_hardware
    return KeyAttributes(
        version.enabled,
        version.created,
        version.updated,
        recovery_level(vault),
        vault.soft_delete_retention_days if has_recoverable_days(api_version) else None,
        version.not_before,
        version.expires,
        version.exportable if has("attributes.exportable", api_version) else None,
        (_HARDWARE if in_hardware else _SOFTWARE) if has("attributes.hsmPlatform", api_version) else None,
        version.material.bits if _tells_size(version, api_version) else None,
    )


def _tells_size(version: KeyVersion, api_version: str) -> bool:
    """Whether the size is told: of a symmetric key, which no public part tells."""
    return version.key_type.family is Family.OCT and has("attributes.key_size", api_version)


def json_web_key(vault: Vault, name: str, version: KeyVersion, api_version: str) -> JsonWebKey:
    """The public part, with the name that an api-version has for its curve."""
    jwk = version.material.public_jwk()
    if jwk.crv == RENAMED_CURVE and not has("crv.P-256K", api_version):
        jwk.crv = LEGACY_CURVE
    jwk.kid = object_id(vault, KEY, name, version.id)
    jwk.kty = str(version.key_type)
    jwk.key_ops = list(version.key_ops)
    return jwk


def bundle(vault: Vault, key: Key, api_version: str) -> KeyBundle:
    """One version."""
    version = key.version
    return KeyBundle(
        json_web_key(vault, key.name, version, api_version),
        attributes(vault, version, api_version),
        version.tags,
        version.managed or None,
        _release_policy(version, api_version),
    )


def item(vault: Vault, key: Key, api_version: str, *, with_version: bool = False) -> KeyItem:
    """A key in a list; its id names the version only in a list of versions."""
    version = key.version
    return KeyItem(
        object_id(vault, KEY, key.name, version.id if with_version else None),
        attributes(vault, version, api_version),
        version.tags,
        version.managed or None,
    )


def deleted_bundle(vault: Vault, deleted: DeletedKey, api_version: str) -> DeletedKeyBundle:
    """A deleted key, with its newest version."""
    head, version = deleted
    return DeletedKeyBundle(
        json_web_key(vault, head.name, version, api_version),
        attributes(vault, version, api_version),
        version.tags,
        version.managed or None,
        _release_policy(version, api_version),
        recovery_id=recovery_id(vault, KEY, head.name),
        deleted_date=head.deleted_at,
        scheduled_purge_date=head.purge_at,
    )


def deleted_item(vault: Vault, deleted: DeletedKey, api_version: str) -> DeletedKeyItem:
    """A deleted key in a list."""
    head, version = deleted
    return DeletedKeyItem(
        object_id(vault, KEY, head.name),
        attributes(vault, version, api_version),
        version.tags,
        version.managed or None,
        recovery_id=recovery_id(vault, KEY, head.name),
        deleted_date=head.deleted_at,
        scheduled_purge_date=head.purge_at,
    )


def rotation_policy(vault: Vault, key: Key, policy: RotationPolicy | None) -> RotationPolicyJson:
    """A key's rotation policy; of one that has none, what holds then."""
    actions = DEFAULT_ACTIONS if policy is None else policy.actions
    return RotationPolicyJson(
        [
            LifetimeActionJson(
                TriggerJson(one.time_after_create, one.time_before_expiry), ActionTypeJson(one.action)
            )
            for one in actions
        ],
        PolicyAttributesJson()
        if policy is None
        else PolicyAttributesJson(policy.expiry_time, policy.created, policy.updated),
        f"{object_id(vault, KEY, key.name)}/rotationpolicy",
    )


def _release_policy(version: KeyVersion, api_version: str) -> ReleasePolicyJson | None:
    policy = version.release_policy
    if policy is None or not has("key.release_policy", api_version):
        return None
    return ReleasePolicyJson(policy.data, policy.content_type, policy.immutable)
