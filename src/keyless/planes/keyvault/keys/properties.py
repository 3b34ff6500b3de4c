"""What may be said of a key besides its material.

Rules:
- HSM types are for vaults of the premium tier;
- a key that may be exported is of an HSM type and has a release policy; the policy is for such keys alone;
- operations are those that the key's family can do, `import` (of other keys, by RSA-HSM ones, and nothing
  beside it) and `export` (of keys that may be exported).

Source: https://learn.microsoft.com/azure/key-vault/keys/about-keys-details, and for messages about release
policies what the clients' maintainers have recorded of the service for their tests
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.keys.material.types import DEFAULT_OPERATIONS, POSSIBLE_OPERATIONS, KeyType
from keyless.planes.keyvault.keys.records import ReleasePolicy
from keyless.planes.keyvault.objects.properties import check_tags, check_times
from keyless.wire.errors import InvalidProperty, InvalidRequest

_IMPORT, _EXPORT = "import", "export"

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
    """Check every property that is given.

    Raises:
        InvalidRequest: one is out of range, or does not suit the key's type; ``field`` names it.
    """
    check_tags(properties.tags)
    check_times(properties.not_before, properties.expires)
    if key_type.in_hardware and vault.sku.lower() != "premium":
        raise InvalidProperty("kty", f"keys of type {key_type} are for vaults of the premium tier")
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
        raise InvalidProperty("exportable", "only keys of an HSM type can be exported")


def check_policy_unchanged(policy: ReleasePolicy, wanted: ReleasePolicy | None) -> None:
    """Make sure that a policy which may not change is left as it is.

    Raises:
        InvalidRequest: another is wanted.
    """
    if policy.immutable and wanted is not None and wanted != policy:
        raise InvalidRequest(_POLICY_FIXED, field="release_policy")


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
