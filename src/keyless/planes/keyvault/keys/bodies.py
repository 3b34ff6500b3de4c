"""From what requests about keys say to what is meant."""

from __future__ import annotations

from collections.abc import Sequence

from keyless.planes.keyvault.api_versions import has
from keyless.planes.keyvault.keys.material.base64url import decode
from keyless.planes.keyvault.keys.properties import EXPORT_NOT_HERE, KeyProperties
from keyless.planes.keyvault.keys.records import LifetimeAction, ReleasePolicy, RotationAction
from keyless.planes.keyvault.keys.schemas import (
    CreateKeyRequest,
    ImportKeyRequest,
    LifetimeActionJson,
    ReleasePolicyJson,
    UpdateKeyRequest,
)
from keyless.wire.errors import InvalidProperty, InvalidRequest

_ACTIONS = {str(action).lower(): action for action in RotationAction}


def properties(
    request: CreateKeyRequest | ImportKeyRequest | UpdateKeyRequest,
    key_ops: Sequence[str] | None,
    api_version: str,
) -> KeyProperties:
    """The properties that a request gives, as far as its api-version has them.

    Raises:
        InvalidRequest: a release policy is malformed, or the api-version knows no keys that may be exported.
    """
    given = request.attributes
    exportable = None if given is None else given.exportable
    if exportable and not has("attributes.exportable", api_version):
        raise InvalidRequest(EXPORT_NOT_HERE, field="exportable")
    return KeyProperties(
        request.tags,
        None if given is None else given.enabled,
        None if given is None else given.not_before,
        None if given is None else given.expires,
        key_ops,
        exportable,
        _release_policy(request.release_policy) if has("key.release_policy", api_version) else None,
    )


def _release_policy(given: ReleasePolicyJson | None) -> ReleasePolicy | None:
    if given is None:
        return None
    decode(given.data, "release_policy")
    content_type = given.content_type or "application/json; charset=utf-8"
    return ReleasePolicy(given.data, content_type, bool(given.immutable))


def lifetime_actions(given: Sequence[LifetimeActionJson]) -> tuple[LifetimeAction, ...]:
    """The actions of a rotation policy.

    Raises:
        InvalidRequest: there is no such action.
    """
    return tuple(
        LifetimeAction(
            _action(one.action.type), one.trigger.time_after_create, one.trigger.time_before_expiry
        )
        for one in given
    )


def _action(name: str) -> RotationAction:
    action = _ACTIONS.get(name.lower())
    if action is None:
        raise InvalidProperty("action.type", f"it must be {' or '.join(RotationAction)}")
    return action
