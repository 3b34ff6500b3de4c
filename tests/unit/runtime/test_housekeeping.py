"""Keeping a project's vaults: second by second, or step by step as the estate's time is moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyless.model.events import Destination, EventSubscription, Waiting
from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.events.deliver import Answer, Delivered, Deliveries
from keyless.planes.keyvault.keeper import Keeper
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.planes.keyvault.upkeep import Kept
from keyless.planes.keyvault.upkeeps import upkeeps_of
from keyless.runtime.housekeeping import Housekeeping
from keyless.runtime.keeper_lock import keeping
from keyless.runtime.project import STATE_DIRECTORY, Project
from keyless.store.clock import ahead_s, estate_time
from keyless.store.collections import EVENT_SUBSCRIPTIONS, VAULTS
from keyless.store.sqlite.store import SqliteStore

DAY = 86_400
VAULT = Vault("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v", "v", "westeurope")


class House:
    """A project whose vault has a subscriber who rotates what ends soon."""

    def __init__(self, store: SqliteStore, root: Path, now: int) -> None:
        self.store = store
        self.now = now
        self.secrets = Secrets(store)
        self.project = Project(root, root / STATE_DIRECTORY)
        self.project.prepare()
        self.heard: list[tuple[str, int]] = []
        self.rotates = False
        deliveries = Deliveries(store, {Destination.FILE: self.hear})
        keeper = Keeper(store, upkeeps_of(store))
        self.housekeeping = Housekeeping(self.project, store, keeper, deliveries, lambda: float(self.now))

    async def hear(self, waiting: Waiting, subscription: EventSubscription) -> Answer:
        now = await estate_time(self.store, self.now)
        kind = waiting.event.type.removeprefix("Microsoft.KeyVault.Secret")
        self.heard.append((kind, now))
        if self.rotates and kind == "NearExpiry":
            await self.set(now, now + 60 * DAY)
        return Answer()

    async def set(self, now: int, expires: int) -> None:
        properties = SecretProperties(expires=expires)
        await self.secrets.set(VAULT, "db", SecretText("x"), properties, now=now)

    async def move(self, by_s: int) -> list[Kept | Delivered]:
        end = await estate_time(self.store, self.now) + by_s
        return [one async for one in self.housekeeping.move_to(lambda machine_time: end)]


@pytest.fixture
async def house(store: SqliteStore, tmp_path: Path, now: int) -> House:
    async with store.transaction() as transaction:
        await transaction.put(VAULTS, ("v",), VAULT)
        await transaction.put(EVENT_SUBSCRIPTIONS, ("v",), EventSubscription("v", "events.jsonl"))
    return House(store, tmp_path, now)


async def test_second_by_second_what_is_due_is_done_and_told(house: House) -> None:
    await house.set(house.now, house.now + 30 * DAY + 5)
    assert [type(one) for one in await house.housekeeping.tick()] == [Delivered]
    house.now += 4
    assert await house.housekeeping.tick() == []
    house.now += 1
    assert [type(one) for one in await house.housekeeping.tick()] == [Kept, Delivered]
    assert [kind for kind, _ in house.heard] == ["NewVersionCreated", "NearExpiry"]


async def test_while_another_process_keeps_a_plane_does_not(house: House) -> None:
    await house.set(house.now, house.now + DAY)
    with keeping(house.project, wait=False) as taken:
        assert taken
        assert await house.housekeeping.tick() == []
        assert await house.housekeeping.tick() == []
    assert len(await house.housekeeping.tick()) > 0


async def test_as_time_is_moved_each_thing_happens_at_its_own_time(house: House) -> None:
    start = house.now
    await house.set(start, start + 45 * DAY)
    done = await house.move(60 * DAY)
    assert house.heard == [
        ("NewVersionCreated", start),
        ("NearExpiry", start + 15 * DAY),
        ("Expired", start + 45 * DAY),
    ]
    assert [one.at for one in done if isinstance(one, Kept)] == [start + 15 * DAY, start + 45 * DAY]
    assert await ahead_s(house.store) == 60 * DAY


async def test_who_is_told_can_act_before_time_moves_on(house: House) -> None:
    start = house.now
    house.rotates = True
    await house.set(start, start + 45 * DAY)
    await house.move(80 * DAY)
    near = [at - start for kind, at in house.heard if kind == "NearExpiry"]
    assert near == [15 * DAY, 45 * DAY, 75 * DAY]
    assert "Expired" not in [kind for kind, _ in house.heard]


async def test_what_a_clock_that_was_moved_has_done_is_not_done_again(house: House) -> None:
    await house.set(house.now, house.now + 45 * DAY)
    await house.move(60 * DAY)
    heard = list(house.heard)
    assert await house.move(60 * DAY) == []
    assert await house.housekeeping.tick() == []
    assert house.heard == heard


async def test_where_nothing_is_due_time_moves_and_nothing_happens(house: House) -> None:
    assert await house.move(365 * DAY) == []
    assert await estate_time(house.store, house.now) == house.now + 365 * DAY


async def test_one_who_is_not_told_is_tried_again_as_time_is_moved(house: House) -> None:
    async def deaf(waiting: Waiting, subscription: EventSubscription) -> Answer:
        return Answer("it cannot be reached")

    deliveries = Deliveries(house.store, {Destination.FILE: deaf})
    keeper = Keeper(house.store, upkeeps_of(house.store))
    house.housekeeping = Housekeeping(
        house.project, house.store, keeper, deliveries, lambda: float(house.now)
    )
    await house.set(house.now, house.now + 365 * DAY)
    done = await house.move(2 * DAY)
    last = done[-1]
    assert isinstance(last, Delivered)
    assert (last.again_at, last.problem) == (None, "it cannot be reached")
    assert 5 < len(done) <= 30
