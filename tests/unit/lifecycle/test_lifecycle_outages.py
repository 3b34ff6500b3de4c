"""Taking parts of an estate down: what can be, what is remembered, and how it ends."""

from __future__ import annotations

import pytest

from keyless.lifecycle import outages
from keyless.lifecycle.outages import CannotTakeDown, all_outages, bring_back, take_down
from keyless.model.outages import Manner, Outage
from keyless.model.resources import ConfigurationStore, Replica, Vault
from keyless.store.collections import STORES, VAULTS
from keyless.store.ports import Store

VAULT = Vault("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/Orders", "Orders", "x")
SETTINGS = ConfigurationStore("/subscriptions/s/c", "Settings", "x", replicas=(Replica("North", "y"),))


@pytest.fixture
async def estate(store: Store) -> Store:
    async with store.transaction() as transaction:
        await transaction.put(VAULTS, ("orders",), VAULT)
        await transaction.put(STORES, ("settings",), SETTINGS)
    return store


async def test_what_is_taken_down_is_known_by_its_host_name(estate: Store, now: int) -> None:
    vault = await take_down(estate, outages.vault("ORDERS"), Manner.UNAVAILABLE, now + 0.5)
    assert vault == Outage("orders.vault.azure.net", "the vault `orders`", Manner.UNAVAILABLE, now)
    part = outages.configuration_store("settings")
    assert part == ("settings.azconfig.io", "the store `settings`")
    replica = outages.replica("Settings", "NORTH")
    assert replica == ("settings-north.azconfig.io", "the replica `north` of the store `settings`")
    assert await all_outages(estate) == [vault]


async def test_taken_down_again_it_is_down_in_the_last_manner(estate: Store, now: int) -> None:
    part = outages.vault("orders")
    await take_down(estate, part, Manner.UNAVAILABLE, now)
    last = await take_down(estate, part, Manner.UNREACHABLE, now + 5)
    assert await all_outages(estate) == [last]


async def test_only_what_is_brought_back_is_back(estate: Store, now: int) -> None:
    for part in (outages.identity(), outages.login(), outages.vault("orders")):
        await take_down(estate, part, Manner.UNAVAILABLE, now)
    await bring_back(estate, ["identity", "orders.vault.azure.net", "nothing.azconfig.io"])
    assert [outage.what for outage in await all_outages(estate)] == ["the sign-in endpoint"]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (outages.vault("order"), "the vault `order` is not there: did you mean `orders`?"),
        (
            outages.configuration_store("x"),
            "the store `x` is not there: of its kind there is `settings`, `settings-north`",
        ),
        (outages.replica("settings", "nort"), "did you mean `settings-north`?"),
    ],
)
async def test_what_is_not_there_cannot_be_taken_down(
    estate: Store, now: int, part: outages.Part, told: str
) -> None:
    with pytest.raises(CannotTakeDown) as refused:
        await take_down(estate, part, Manner.UNAVAILABLE, now)
    assert told in str(refused.value)
    assert await all_outages(estate) == []


async def test_what_is_gone_meanwhile_can_still_be_brought_back(estate: Store, now: int) -> None:
    await take_down(estate, outages.vault("orders"), Manner.UNAVAILABLE, now)
    async with estate.transaction() as transaction:
        await transaction.delete(VAULTS, ("orders",))
    await bring_back(estate, [outages.vault("orders")[0]])
    assert await all_outages(estate) == []
