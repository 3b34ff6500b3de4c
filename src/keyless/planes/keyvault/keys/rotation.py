"""Rotation policies: what they may say, and when a key is due by them.

Rules:
- a policy has at most one action to rotate, and always one to notify, 30 days before expiry where it names
  none; so it is where a key has no policy;
- each action has one time, after creation or before expiry; a key is notified of before its expiry alone;
- versions that rotation makes live at least 28 days, and the rotation is at least 7 days after their creation
  and 7 days before their expiry;
- a time before expiry needs an expiry: the policy's for what rotation makes, else the version's own;
- a disabled version is not rotated by policy, and neither is one that stands behind a certificate.

Source: https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation, and for the action to
notify what the clients' maintainers have recorded of the service for their tests
"""

from __future__ import annotations

from keyless.planes.keyvault.keys.durations import Duration, read_duration
from keyless.planes.keyvault.keys.records import (
    KeyVersion,
    LifetimeAction,
    RotationAction,
    RotationPolicy,
)
from keyless.wire.errors import InvalidProperty

LEAST_EXPIRY_DAYS = 28
LEAST_DAYS = 7
DEFAULT_ACTIONS = (LifetimeAction(RotationAction.NOTIFY, time_before_expiry="P30D"),)


def whole_actions(given: tuple[LifetimeAction, ...]) -> tuple[LifetimeAction, ...]:
    """The actions of a policy: those given, and the usual one to notify where there is none among them."""
    notifies = any(one.action is RotationAction.NOTIFY for one in given)
    return given if notifies else (*given, *DEFAULT_ACTIONS)


def check_policy(actions: tuple[LifetimeAction, ...], expiry_time: str | None) -> None:
    """Check what a policy says.

    Raises:
        InvalidRequest: a time is malformed or too short, or the actions do not go together.
    """
    expiry = None if expiry_time is None else _duration(expiry_time, "expiryTime")
    if expiry is not None and expiry.least_days < LEAST_EXPIRY_DAYS:
        raise InvalidProperty("expiryTime", f"it must be at least {LEAST_EXPIRY_DAYS} days")
    if len({one.action for one in actions}) != len(actions):
        raise InvalidProperty("lifetimeActions", "there may be one action to rotate and one to notify")
    for one in actions:
        _check_action(one, expiry)


def _check_action(one: LifetimeAction, expiry: Duration | None) -> None:
    times = [time for time in (one.time_after_create, one.time_before_expiry) if time is not None]
    if len(times) != 1:
        raise InvalidProperty("trigger", "it must have one of `timeAfterCreate` and `timeBeforeExpiry`")
    time = _duration(times[0], "trigger")
    if time.least_days < LEAST_DAYS:
        raise InvalidProperty("trigger", f"it must be at least {LEAST_DAYS} days")
    if one.action is RotationAction.NOTIFY and one.time_before_expiry is None:
        raise InvalidProperty("trigger", "an action to notify takes `timeBeforeExpiry`")
    if one.action is RotationAction.ROTATE:
        _check_rotation(one, time, expiry)


def _check_rotation(one: LifetimeAction, time: Duration, expiry: Duration | None) -> None:
    """A rotation by expiry needs one, and any has to be a week from both ends of a version's life."""
    if expiry is None:
        if one.time_before_expiry is not None:
            raise InvalidProperty("expiryTime", "a rotation by `timeBeforeExpiry` needs it")
        return
    if time.after(0) > expiry.after(0) - LEAST_DAYS * 86_400:
        raise InvalidProperty("trigger", f"it must be {LEAST_DAYS} days from creation and expiry")


def _duration(text: str, field: str) -> Duration:
    try:
        return read_duration(text)
    except ValueError as error:
        raise InvalidProperty(field, str(error)) from None


def expiry_of_next(policy: RotationPolicy | None, now: int) -> int | None:
    """When a version that rotation makes now expires; none where the policy says nothing of it."""
    if policy is None or policy.expiry_time is None:
        return None
    return read_duration(policy.expiry_time).after(now)


def rotation_due(policy: RotationPolicy | None, current: KeyVersion) -> int | None:
    """When a key, given by its newest version, is to be rotated, in epoch seconds; none where it is not."""
    if policy is None or current.managed or not current.enabled:
        return None
    return _first(policy, RotationAction.ROTATE, current)


def notice_due(policy: RotationPolicy | None, version: KeyVersion) -> int | None:
    """When a key's near expiry is to be told, in epoch seconds; none where it does not expire."""
    actions = DEFAULT_ACTIONS if policy is None else policy.actions
    known = RotationPolicy(actions, 0, 0) if policy is None else policy
    return _first(known, RotationAction.NOTIFY, version)


def _first(policy: RotationPolicy, action: RotationAction, version: KeyVersion) -> int | None:
    for one in policy.actions:
        if one.action is action:
            return _time_of(one, version)
    return None


def _time_of(one: LifetimeAction, version: KeyVersion) -> int | None:
    if one.time_after_create is not None:
        return read_duration(one.time_after_create).after(version.created)
    if version.expires is None or one.time_before_expiry is None:
        return None
    return read_duration(one.time_before_expiry).before(version.expires)
