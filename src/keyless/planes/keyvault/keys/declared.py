"""Keys as a deployment declares them, and live ones as it would.

Rules:
- a live key of the declared type, size and curve is left alone, but for operations and tags that differ;
- one of another kind gets a new version of the declared kind; the older ones stay;
- a deleted one is recovered first;
- a rotation policy is set where it differs, and left alone where none is declared.
"""

from __future__ import annotations

from keyless.model.resources import Vault
from keyless.model.vault_keys import OPERATIONS, DeclaredKey, DeclaredRotation
from keyless.planes.keyvault.keys.material.make import KeySpec, key_spec
from keyless.planes.keyvault.keys.material.types import DEFAULT_OPERATIONS
from keyless.planes.keyvault.keys.properties import KeyProperties
from keyless.planes.keyvault.keys.records import KeyVersion, LifetimeAction, RotationAction, RotationPolicy
from keyless.planes.keyvault.keys.service import Key, Keys
from keyless.wire.errors import NotFound


async def declare_key(keys: Keys, vault: Vault, declared: DeclaredKey, *, now: int) -> None:
    """Make sure that a live key is as it is declared.

    Raises:
        InvalidRequest: the vault does not take it.
        ObjectIsManaged: a key of that name stands behind a certificate.
    """
    spec = key_spec(declared.type, declared.size, declared.curve)
    live = await _live(keys, vault, declared.name, now)
    wanted = KeyProperties(tags=declared.tags or None, key_ops=declared.operations)
    if live is None or not _fits(live.version, spec):
        await keys.create(vault, declared.name, spec, wanted, now=now)
    elif changes := _changes(live.version, declared):
        await keys.update(vault, declared.name, None, changes, now=now)
    if declared.rotation is not None:
        await _declare_rotation(keys, vault, declared.name, declared.rotation, now)


async def _live(keys: Keys, vault: Vault, name: str, now: int) -> Key | None:
    """The live key of a name, recovered where it is deleted."""
    live = await keys.current(vault, name)
    if live is not None:
        return live
    try:
        return await keys.deleted.recover(vault, name, now=now)
    except NotFound:
        return None


def _fits(version: KeyVersion, spec: KeySpec) -> bool:
    material = version.material
    kind = material.curve if spec.curve else material.bits
    return version.key_type is spec.key_type and kind == (spec.curve or spec.bits)


def _changes(version: KeyVersion, declared: DeclaredKey) -> KeyProperties | None:
    """What is to be changed of a version that fits; none where nothing is."""
    tags = declared.tags if (version.tags or {}) != declared.tags else None
    operations = declared.operations
    if operations is not None and set(operations) == set(version.key_ops):
        operations = None
    return None if tags is None and operations is None else KeyProperties(tags=tags, key_ops=operations)


async def _declare_rotation(
    keys: Keys, vault: Vault, name: str, declared: DeclaredRotation, now: int
) -> None:
    actions = _actions(declared)
    _, policy = await keys.rotation_policy(vault, name, now=now)
    if policy is None or (policy.actions, policy.expiry_time) != (actions, declared.expiry_time):
        await keys.set_rotation_policy(vault, name, actions, declared.expiry_time, now=now)


def _actions(declared: DeclaredRotation) -> tuple[LifetimeAction, ...]:
    rotates = declared.time_after_create is not None or declared.time_before_expiry is not None
    rotate = LifetimeAction(RotationAction.ROTATE, declared.time_after_create, declared.time_before_expiry)
    notify = LifetimeAction(RotationAction.NOTIFY, None, declared.notify_before_expiry)
    return (*((rotate,) if rotates else ()), *((notify,) if declared.notify_before_expiry else ()))


async def declared_keys(keys: Keys, vault: Vault, *, now: int) -> list[DeclaredKey]:
    """The live keys of a vault that stand behind no certificate, as a file would declare them."""
    found = []
    for name in await keys.list_names(vault):
        live, policy = await keys.rotation_policy(vault, name, now=now)
        if not live.version.managed:
            found.append(_as_declared(vault, live, policy))
    return found


def _as_declared(vault: Vault, live: Key, policy: RotationPolicy | None) -> DeclaredKey:
    version = live.version
    usual = {str(one) for one in DEFAULT_OPERATIONS[version.key_type.family]}
    says_nothing = set(version.key_ops) == usual or not set(version.key_ops) <= set(OPERATIONS)
    curve = version.material.curve
    return DeclaredKey(
        vault.name,
        live.name,
        str(version.key_type),
        None if curve else version.material.bits,
        curve,
        None if says_nothing else version.key_ops,
        None if policy is None else _as_rotation(policy),
        dict(version.tags or {}),
    )


def _as_rotation(policy: RotationPolicy) -> DeclaredRotation:
    by_action = {one.action: one for one in policy.actions}
    rotate = by_action.get(RotationAction.ROTATE)
    notify = by_action.get(RotationAction.NOTIFY)
    return DeclaredRotation(
        rotate.time_after_create if rotate else None,
        rotate.time_before_expiry if rotate else None,
        notify.time_before_expiry if notify else None,
        policy.expiry_time,
    )
