"""What may be said of a key besides its material.

Rules:
- HSM types are for vaults of the premium tier;
- a key that may be exported is of an HSM type and has a release policy; the policy is for such keys alone;
- whether it may be exported is settled with a key's first version; further ones have it, and the policy, of
  the one before them; a policy is changed for the key, and never for a version that is named;
- operations are those that the key's family can do, `import` (of other keys, by RSA-HSM ones, and nothing
  beside it) and `export` (of keys that may be exported).

Source: https://learn.microsoft.com/azure/key-vault/keys/about-keys-details, and for messages about release
policies what the clients' maintainers have recorded of the service for their tests
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.keys.errors import HardwareNotAllowed
from keyless.planes.keyvault.keys.material.types import DEFAULT_OPERATIONS, POSSIBLE_OPERATIONS, KeyType
from keyless.planes.keyvault.keys.records import KeyVersion, ReleasePolicy
from keyless.planes.keyvault.objects.properties import check_tags, check_times
from keyless.wire.errors import InvalidProperty, InvalidRequest

_IMPORT, _EXPORT = "import", "export"

EXPORT_NOT_HERE = (
    "AKV.SKR.1001: The exportable attribute is only supported with premium vaults "
    "and API version >= '7.3-preview'."
)
_EXPORT_FIXED = "AKV.SKR.1003: The exportable attribute of an existing key cannot be changed."
_EXPORT_IN_SOFTWARE = "AKV.SKR.1006: Only keys of an HSM type can be exportable in a vault."
_POLICY_OF_VERSION = "AKV.SKR.1016: Key Release Policy can only be set on versionless key."
_POLICY_WANTED = "AKV.SKR.1004: Exportable keys must have release policy."
_NO_POLICY_WANTED = "AKV.SKR.1005: Non-exportable keys must not have release policy."
_POLICY_FIXED = "AKV.SKR.1020: Immutable Key Release Policy cannot be modified."


class KeyProperties(msgspec.Struct, frozen=True):
    """Properties of a version; what is none keeps its value on an update, and its default on a creation.

    ``not_before`` and ``expires`` are epoch seconds.
    """

    tags: Mapping[str, str] | None = None
    enabled: bool | None = None
    not_before: int | None = None
    expires: int | None = None
    key_ops: Sequence[str] | None = None
    exportable: bool | None = None
    release_policy: ReleasePolicy | None = None


NO_PROPERTIES = KeyProperties()


def check_properties(vault: Vault, key_type: KeyType, properties: KeyProperties) -> None:
    """Check every property of a key that is new.

    Raises:
        HardwareNotAllowed: it is of an HSM type, and the vault is not of the premium tier.
        InvalidRequest: a property is out of range, or does not suit the vault or the key's type.
    """
    if vault.sku.lower() != "premium":
        if key_type.in_hardware:
            raise HardwareNotAllowed
        if properties.exportable:
            raise InvalidRequest(EXPORT_NOT_HERE, field="exportable")
    check_values(key_type, properties)


def check_values(key_type: KeyType, properties: KeyProperties) -> None:
    """Check every property that is given, whatever the vault.

    Raises:
        InvalidRequest: one is out of range, or does not suit the key's type; ``field`` names it.
    """
    check_tags(properties.tags)
    check_times(properties.not_before, properties.expires)
    _check_export(key_type, properties)
    _check_operations(key_type, properties)


def _check_export(key_type: KeyType, properties: KeyProperties) -> None:
    """Refuse what does not go together, in the order and the words of the service."""
    if not properties.exportable:
        if properties.release_policy is not None:
            raise InvalidRequest(_NO_POLICY_WANTED, field="release_policy")
        return
    if properties.release_policy is None:
        raise InvalidRequest(_POLICY_WANTED, field="release_policy")
    if not key_type.in_hardware:
        raise InvalidRequest(_EXPORT_IN_SOFTWARE, field="exportable")


def continued(current: KeyVersion | None, given: KeyProperties) -> KeyProperties:
    """What is given, with what a key has as a whole, by its current version.

    Raises:
        InvalidRequest: it would change what may not change.
    """
    if current is None:
        return given
    if given.exportable is not None and given.exportable != current.exportable:
        raise InvalidRequest(_EXPORT_FIXED, field="exportable")
    policy, wanted = current.release_policy, given.release_policy
    if policy is not None and policy.immutable and wanted not in (None, policy):
        raise InvalidRequest(_POLICY_FIXED, field="release_policy")
    return msgspec.structs.replace(given, exportable=current.exportable, release_policy=wanted or policy)


def check_named(version_id: str | None, changes: KeyProperties) -> None:
    """Make sure that what a key has as a whole is not changed for a version that is named.

    Raises:
        InvalidRequest: it is.
    """
    if version_id and changes.release_policy is not None:
        raise InvalidRequest(_POLICY_OF_VERSION, field="release_policy")


def _check_operations(key_type: KeyType, properties: KeyProperties) -> None:
    asked = properties.key_ops or ()
    if _IMPORT in asked:
        if key_type is not KeyType.RSA_HSM or len(set(asked)) > 1:
            raise InvalidProperty("key_ops", f"`{_IMPORT}` is for RSA-HSM keys, and for nothing beside it")
        return
    possible = {str(one) for one in POSSIBLE_OPERATIONS[key_type.family]}
    if properties.exportable:
        possible.add(_EXPORT)
    for one in asked:
        if one not in possible:
            raise InvalidProperty("key_ops", f"keys of type {key_type} take {', '.join(sorted(possible))}")


def operations_of(key_type: KeyType, asked: Sequence[str] | None) -> tuple[str, ...]:
    """What a key may be used for: what was asked, each once; without that all that is usual."""
    if asked is None:
        return tuple(str(one) for one in DEFAULT_OPERATIONS[key_type.family])
    return tuple(dict.fromkeys(asked))
