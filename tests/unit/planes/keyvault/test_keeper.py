"""The keeper: what is due is done once, in the order of time, and nothing before it is due."""

from __future__ import annotations

import math
from typing import Any

import pytest
from kept_vault import DAY, EXPIRED, NEAR, NEW, KeptVault

from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.contents import VaultContents
from keyless.planes.keyvault.keeper import Agenda, Keeper
from keyless.planes.keyvault.keys.material.make import key_spec
from keyless.planes.keyvault.keys.properties import KeyProperties
from keyless.planes.keyvault.keys.records import LifetimeAction, RotationAction
from keyless.planes.keyvault.keys.service import Keys
from keyless.planes.keyvault.objects.records import Version
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.secrets.records import SECRET_VERSIONS
from keyless.planes.keyvault.upkeep import Due, ObjectUpkeep, Place
from keyless.planes.keyvault.upkeeps import upkeeps_of
from keyless.store.collections import EVENT_SUBSCRIPTIONS, EXPIRY_TOLD, VAULTS
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore


@pytest.fixture
async def kept(store: SqliteStore) -> KeptVault:
    made = await KeptVault.made(store)
    await made.subscribe()
    return made


async def test_where_nothing_expires_nothing_is_due(kept: KeptVault, now: int) -> None:
    await kept.set("db", now)
    assert await kept.keeper.next_at() == math.inf
    assert await kept.keep(now + 10_000 * DAY) == []


async def test_a_secret_is_told_of_thirty_days_before_its_end_and_at_its_end(
    kept: KeptVault, now: int
) -> None:
    end = now + 45 * DAY
    await kept.set("db", now, end)
    assert await kept.keeper.next_at() == end - 30 * DAY
    assert await kept.keep(end - 30 * DAY - 1) == []
    assert [(one.done, one.at) for one in await kept.keep(end - 30 * DAY)] == [
        ("expires soon", end - 30 * DAY)
    ]
    assert [(one.done, one.at) for one in await kept.keep(end)] == [("expired", end)]
    assert await kept.keep(end + 1000 * DAY) == []
    assert await kept.noted() == [(NEW, "db", now), (NEAR, "db", end - 30 * DAY), (EXPIRED, "db", end)]


async def test_several_things_are_done_in_the_order_of_time_however_late(kept: KeptVault, now: int) -> None:
    await kept.set("late", now, now + 90 * DAY)
    await kept.set("early", now, now + 40 * DAY)
    done = await kept.keep(now + 365 * DAY)
    assert [(one.name, one.done) for one in done] == [
        ("early", "expires soon"),
        ("early", "expired"),
        ("late", "expires soon"),
        ("late", "expired"),
    ]
    assert [one.at for one in done] == sorted(one.at for one in done)


async def test_a_secret_that_is_made_close_to_its_end_is_told_of_at_once(kept: KeptVault, now: int) -> None:
    await kept.set("db", now, now + DAY)
    assert await kept.keeper.next_at() == now
    await kept.keep(now)
    assert await kept.noted() == [(NEW, "db", now), (NEAR, "db", now)]


async def test_one_that_has_ended_before_it_is_made_is_told_of_as_both(kept: KeptVault, now: int) -> None:
    await kept.set("db", now, now - DAY)
    await kept.keep(now)
    assert [kind for kind, _, _ in await kept.noted()] == [NEW, NEAR, EXPIRED]


async def test_of_an_older_version_nothing_is_told(kept: KeptVault, now: int) -> None:
    await kept.set("db", now, now + 45 * DAY)
    await kept.keep(now + 15 * DAY)
    await kept.set("db", now + 16 * DAY, now + 100 * DAY)
    done = await kept.keep(now + 100 * DAY)
    assert [(one.done, one.at) for one in done] == [
        ("expires soon", now + 70 * DAY),
        ("expired", now + 100 * DAY),
    ]


async def test_an_end_that_is_moved_is_told_of_where_it_is_then(kept: KeptVault, now: int) -> None:
    version = await kept.set("db", now, now + 45 * DAY)
    assert await kept.keeper.next_at() == now + 15 * DAY
    later = SecretProperties(expires=now + 60 * DAY)
    await kept.secrets.update(kept.vault, "db", version, later, now=now)
    assert await kept.keeper.next_at() == now + 30 * DAY


async def test_a_deleted_secret_is_told_of_no_more_and_purged_when_its_time_is_over(
    kept: KeptVault, now: int
) -> None:
    await kept.set("db", now, now + 45 * DAY)
    await kept.keep(now + 20 * DAY)
    await kept.secrets.deleted.delete(kept.vault, "db", now=now + 20 * DAY)
    assert await kept.keep(now + 110 * DAY - 1) == []
    (done,) = await kept.keep(now + 110 * DAY)
    assert (done.done, done.name, done.at) == ("purged", "db", now + 110 * DAY)
    assert not await kept.store.scan(SECRET_VERSIONS)
    assert not await kept.store.scan(EXPIRY_TOLD)


async def test_one_that_is_recovered_is_told_of_again(kept: KeptVault, now: int) -> None:
    await kept.set("db", now, now + 45 * DAY)
    await kept.secrets.deleted.delete(kept.vault, "db", now=now)
    assert await kept.keep(now + 20 * DAY) == []
    await kept.secrets.deleted.recover(kept.vault, "db", now=now + 20 * DAY)
    assert [one.done for one in await kept.keep(now + 20 * DAY)] == ["expires soon"]


async def test_in_a_vault_that_is_deleted_nothing_is_done(kept: KeptVault, now: int) -> None:
    await kept.set("db", now, now + 45 * DAY)
    assert await kept.keeper.next_at() == now + 15 * DAY
    async with kept.store.transaction() as transaction:
        await transaction.delete(VAULTS, (kept.vault.name,))
    assert await kept.keep(now + 100 * DAY) == []
    async with kept.store.transaction() as transaction:
        await transaction.put(VAULTS, (kept.vault.name,), kept.vault)
    assert len(await kept.keep(now + 100 * DAY)) == 2


async def test_two_keepers_never_do_the_same_thing(kept: KeptVault, now: int) -> None:
    await kept.set("db", now, now + 45 * DAY)
    other = Keeper(kept.store, upkeeps_of(kept.store))
    assert await other.next_at() == await kept.keeper.next_at()
    due, _ = kept.keeper._agenda.next or pytest.fail("nothing is due")  # as seen before the other
    assert len([one async for one in other.keep(now + 15 * DAY)]) == 1
    assert await due.do(due.at, due.at) is None
    assert await kept.keep(now + 15 * DAY) == []
    assert [kind for kind, _, _ in await kept.noted()] == [NEW, NEAR]


async def test_what_another_process_wrote_is_seen(
    kept: KeptVault, now: int, root_key: RootKey, tmp_path: object
) -> None:
    await kept.keeper.next_at()
    beside = SqliteStore(kept.store._file, root_key)
    other = KeptVault(beside, kept.vault)
    await other.set("db", now, now + 45 * DAY)
    await other.set("db2", now, now + 40 * DAY)
    beside.close()
    assert await kept.keeper.next_at() == now + 10 * DAY
    assert len(await kept.keep(now + 100 * DAY)) == 4


async def test_without_a_subscription_time_passes_and_nothing_is_written_down(
    store: SqliteStore, now: int
) -> None:
    kept = await KeptVault.made(store)
    await kept.set("db", now, now + 45 * DAY)
    assert len(await kept.keep(now + 45 * DAY)) == 2
    assert await kept.noted() == []
    await kept.subscribe()
    assert await kept.keep(now + 45 * DAY) == []  # it was over before anybody was subscribed


async def test_events_hold_no_value(kept: KeptVault, now: int) -> None:
    await kept.secrets.set(
        kept.vault, "db", SecretText("a planted value"), SecretProperties(expires=now + DAY), now=now
    )
    await kept.keep(now + DAY)
    assert "planted" not in repr(await kept.waiting())


async def test_with_a_vault_that_is_purged_goes_who_is_told_and_what_was(kept: KeptVault, now: int) -> None:
    await kept.set("db", now, now + DAY)
    await kept.keep(now + DAY)
    async with kept.store.transaction() as transaction:
        await VaultContents().forget(transaction, kept.vault.name)
    for collection in (EXPIRY_TOLD, EVENT_SUBSCRIPTIONS, SECRET_VERSIONS):
        assert not await kept.store.scan(collection)
    assert await kept.keeper.next_at() == math.inf


async def test_what_goes_wrong_keeps_nothing_else_from_being_done(
    kept: KeptVault, now: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await kept.set("broken", now, now + 45 * DAY)
    await kept.set("whole", now, now + 45 * DAY)
    tell = ObjectUpkeep._tell

    async def broken(self: ObjectUpkeep, vault: Any, name: str, *given: Any) -> Any:
        if name == "broken":
            raise RuntimeError("no")
        return await tell(self, vault, name, *given)

    monkeypatch.setattr(ObjectUpkeep, "_tell", broken)
    assert [one.done for one in await kept.keep(now + 60 * DAY)] == ["expires soon", "expired"]
    assert "secret `broken` of `contoso-orders` cannot be done" in caplog.text


async def test_what_has_changed_since_it_was_seen_to_be_due_is_not_done(kept: KeptVault, now: int) -> None:
    version = await kept.set("db", now, now + 45 * DAY)
    await kept.keeper.next_at()
    due, _ = kept.keeper._agenda.next or pytest.fail("nothing is due")
    later = SecretProperties(expires=now + 60 * DAY)
    await kept.secrets.update(kept.vault, "db", version, later, now=now)
    assert await due.do(due.at, due.at) is None
    await kept.secrets.deleted.delete(kept.vault, "db", now=now)
    await kept.keeper.next_at()
    purge, _ = kept.keeper._agenda.next or pytest.fail("nothing is due")
    await kept.secrets.deleted.recover(kept.vault, "db", now=now)
    assert await purge.do(purge.at, purge.at) is None
    assert await kept.secrets.current(kept.vault, "db") is not None


def _held_by(something: object) -> list[object]:
    """What a function holds, and tuples within it, and lists."""
    if isinstance(something, tuple | list):
        return [something, *(one for part in something for one in _held_by(part))]
    closure = getattr(something, "__closure__", None) or ()
    return [something, *(one for cell in closure for one in _held_by(cell.cell_contents))]


async def test_what_is_due_holds_no_value_and_no_key_until_then(kept: KeptVault, now: int) -> None:
    await kept.set("db", now, now + 900 * DAY)
    keys = Keys(kept.store)
    spec = key_spec("EC", None, "P-256")
    await keys.create(kept.vault, "wrap", spec, KeyProperties(expires=now + 900 * DAY), now=now)
    rotate = LifetimeAction(RotationAction.ROTATE, "P60D", None)
    await keys.set_rotation_policy(kept.vault, "wrap", (rotate,), "P90D", now=now)
    due = [
        one
        for upkeep in upkeeps_of(kept.store)
        for place in await upkeep.places()
        for one in await upkeep.due(place)
    ]
    assert len(due) == 5
    held = [one for each in due for one in _held_by(each.do)]
    assert kept.vault in held
    assert not any(isinstance(one, Version) for one in held)


def test_what_is_no_longer_due_is_let_go_of_long_before_its_time() -> None:
    async def do(at: int, now: int) -> None: ...

    agenda, place, other = Agenda(), Place("secret", "v", "db"), Place("secret", "v", "other")
    agenda.put(other, [Due(7_000, 1, do)])
    for at in range(5_000, 6_000):
        agenda.put(place, [Due(at, 1, do)])
    assert len(agenda) < 20
    assert agenda.next == (Due(5_999, 1, do), place)
    agenda.put(place, [])
    assert agenda.next == (Due(7_000, 1, do), other)
