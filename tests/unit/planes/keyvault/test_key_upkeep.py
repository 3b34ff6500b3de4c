"""Keys that rotate by themselves: when their policy says so, once, and as often as time allows."""

from __future__ import annotations

import pytest
from kept_vault import DAY, KeptVault

from keyless.planes.keyvault.keys.material.make import KeySpec
from keyless.planes.keyvault.keys.material.types import KeyType
from keyless.planes.keyvault.keys.properties import KeyProperties
from keyless.planes.keyvault.keys.records import LifetimeAction, RotationAction
from keyless.planes.keyvault.keys.service import Keys
from keyless.store.sqlite.store import SqliteStore

EC = KeySpec(KeyType.EC, curve="P-256")
ROTATE = LifetimeAction(RotationAction.ROTATE, time_after_create="P30D")
NOTIFY = LifetimeAction(RotationAction.NOTIFY, time_before_expiry="P10D")


@pytest.fixture
async def kept(store: SqliteStore) -> KeptVault:
    made = await KeptVault.made(store)
    await made.subscribe()
    return made


@pytest.fixture
def keys(store: SqliteStore) -> Keys:
    return Keys(store)


async def test_a_key_without_a_policy_does_not_rotate(kept: KeptVault, keys: Keys, now: int) -> None:
    await keys.create(kept.vault, "sign", EC, now=now)
    assert await kept.keep(now + 1000 * DAY) == []


async def test_a_key_rotates_as_often_as_its_policy_says(kept: KeptVault, keys: Keys, now: int) -> None:
    await keys.create(kept.vault, "sign", EC, now=now)
    await keys.set_rotation_policy(kept.vault, "sign", (ROTATE,), None, now=now)
    assert await kept.keep(now + 30 * DAY - 1) == []
    done = await kept.keep(now + 95 * DAY)
    assert [(one.done, one.at) for one in done] == [("rotated", now + days * DAY) for days in (30, 60, 90)]
    current = await keys.find(kept.vault, "sign", now=now)
    assert current.version.created == now + 90 * DAY
    assert [kind for kind, _, _ in await kept.noted()] == ["KeyNewVersionCreated"] * 4


async def test_a_policy_that_comes_late_does_not_rotate_what_was_before_it(
    kept: KeptVault, keys: Keys, now: int
) -> None:
    await keys.create(kept.vault, "sign", EC, now=now)
    await keys.set_rotation_policy(kept.vault, "sign", (ROTATE,), None, now=now + 100 * DAY)
    (done,) = await kept.keep(now + 100 * DAY)
    assert done.at == now + 100 * DAY


async def test_a_policy_says_when_a_key_ends_soon(kept: KeptVault, keys: Keys, now: int) -> None:
    await keys.create(kept.vault, "sign", EC, KeyProperties(expires=now + 60 * DAY), now=now)
    await keys.set_rotation_policy(kept.vault, "sign", (NOTIFY,), None, now=now)
    done = await kept.keep(now + 60 * DAY)
    assert [(one.done, one.at) for one in done] == [
        ("expires soon", now + 50 * DAY),
        ("expired", now + 60 * DAY),
    ]


async def test_a_policy_that_only_rotates_lets_a_key_tell_of_its_end_as_without_one(
    kept: KeptVault, keys: Keys, now: int
) -> None:
    await keys.create(kept.vault, "sign", EC, KeyProperties(expires=now + 60 * DAY), now=now)
    rotate = LifetimeAction(RotationAction.ROTATE, time_after_create="P90D")
    await keys.set_rotation_policy(kept.vault, "sign", (rotate,), None, now=now)
    done = await kept.keep(now + 60 * DAY)
    assert [(one.done, one.at) for one in done] == [
        ("expires soon", now + 30 * DAY),
        ("expired", now + 60 * DAY),
    ]


async def test_what_rotates_before_it_ends_never_expires(kept: KeptVault, keys: Keys, now: int) -> None:
    await keys.create(kept.vault, "sign", EC, KeyProperties(expires=now + 60 * DAY), now=now)
    rotate = LifetimeAction(RotationAction.ROTATE, time_before_expiry="P10D")
    await keys.set_rotation_policy(kept.vault, "sign", (rotate,), "P60D", now=now)
    done = await kept.keep(now + 365 * DAY)
    assert {one.done for one in done} == {"expires soon", "rotated"}
    rotated = [one.at for one in done if one.done == "rotated"]
    assert rotated == [now + days * DAY for days in range(50, 365, 50)]
