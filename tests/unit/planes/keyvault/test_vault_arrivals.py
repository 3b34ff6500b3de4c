"""Objects that come into a vault: all or none, nothing twice, nothing over what is there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import msgspec
import pytest

from keyless.deploy.vaults.found import Making, secret_arrival
from keyless.model.events import EventSubscription
from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.arrivals import Arrival, Arrivals, Outcome
from keyless.planes.keyvault.objects.vault_records import ObjectWriter
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.secrets.records import SECRET, SecretVersion
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.collections import EVENT_SUBSCRIPTIONS, EVENTS_WAITING
from keyless.store.ports import Store

VAULT = Vault("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v", "v", "here")
Coming = Arrival[SecretVersion]


@pytest.fixture
def making(now: int) -> Making:
    ids: Iterator[int] = count()
    return Making(now, lambda: f"{next(ids):032x}")


@pytest.fixture
def secrets(store: Store) -> Secrets:
    return Secrets(store)


async def bring(
    store: Store, now: int, *coming: Coming, renew: bool = False, keep: bool = True
) -> list[Outcome]:
    arrived = await Arrivals(store).take_in(VAULT, coming, renew=renew, keep=keep, now=now)
    return [one.outcome for one in arrived]


def secret(making: Making, name: str, value: str, **said: object) -> Coming:
    properties = msgspec.convert(said, SecretProperties)
    return secret_arrival(name, SecretText(value), making, properties)


async def versions_of(store: Store, name: str) -> list[SecretVersion]:
    async with store.transaction() as transaction:
        return await ObjectWriter(transaction, SECRET, VAULT).versions(name)


async def test_what_was_brought_before_is_left_alone(store: Store, making: Making, now: int) -> None:
    assert await bring(store, now, secret(making, "db", "one")) == [Outcome.NEW]
    assert await bring(store, now, secret(making, "DB", "one"), renew=True) == [Outcome.UNCHANGED]
    assert len(await versions_of(store, "db")) == 1


async def test_where_one_is_refused_nothing_is_written(
    store: Store, secrets: Secrets, making: Making, now: int
) -> None:
    await bring(store, now, secret(making, "db", "one"))
    coming = [secret(making, "other", "x"), secret(making, "db", "two")]
    assert await bring(store, now, *coming) == [Outcome.NEW, Outcome.DIFFERS]
    assert await secrets.list_names(VAULT) == ["db"]
    assert await secrets.current_value(VAULT, "db") == SecretText("one")


async def test_what_is_renewed_keeps_the_older_version(
    store: Store, secrets: Secrets, making: Making, now: int
) -> None:
    await bring(store, now, secret(making, "db", "one"))
    assert await bring(store, now, secret(making, "db", "two"), renew=True) == [Outcome.CHANGED]
    assert await secrets.current_value(VAULT, "db") == SecretText("two")
    assert {one.value for one in await versions_of(store, "db")} == {"one", "two"}


async def test_without_keeping_it_is_said_what_would_be(
    store: Store, secrets: Secrets, making: Making, now: int
) -> None:
    await bring(store, now, secret(making, "db", "one"))
    await secrets.deleted.delete(VAULT, "db", now=now)
    coming = [secret(making, "db", "one"), secret(making, "new", "x")]
    assert await bring(store, now, *coming, renew=True, keep=False) == [Outcome.RECOVERED, Outcome.NEW]
    assert await secrets.list_names(VAULT) == []


async def test_only_properties_that_are_said_are_compared(store: Store, making: Making, now: int) -> None:
    await bring(store, now, secret(making, "db", "one", tags={"a": "b"}, content_type="text"))
    assert await bring(store, now, secret(making, "db", "one")) == [Outcome.UNCHANGED]
    assert await bring(store, now, secret(making, "db", "one", tags={"a": "b"})) == [Outcome.UNCHANGED]
    for said in ({"tags": {}}, {"content_type": "json"}, {"enabled": False}, {"expires": now}):
        assert await bring(store, now, secret(making, "db", "one", **said)) == [Outcome.DIFFERS], said


@pytest.mark.parametrize(("value", "versions"), [("one", 1), ("two", 2)])
async def test_what_is_deleted_is_in_the_way_until_it_is_recovered(
    store: Store, secrets: Secrets, making: Making, now: int, value: str, versions: int
) -> None:
    await bring(store, now, secret(making, "db", "one"))
    await secrets.deleted.delete(VAULT, "db", now=now)
    assert await bring(store, now, secret(making, "db", value)) == [Outcome.DELETED]
    assert await bring(store, now, secret(making, "db", value), renew=True) == [Outcome.RECOVERED]
    assert await secrets.current_value(VAULT, "db") == SecretText(value)
    assert len(await versions_of(store, "db")) == versions


async def test_one_whose_retention_is_over_is_gone(
    store: Store, secrets: Secrets, making: Making, now: int
) -> None:
    await bring(store, now, secret(making, "db", "one"))
    await secrets.deleted.delete(VAULT, "db", now=now)
    later = now + VAULT.soft_delete_retention_days * 86_400
    assert await bring(store, later, secret(making, "db", "two")) == [Outcome.NEW]
    assert [one.value for one in await versions_of(store, "db")] == ["two"]


async def test_what_stands_behind_a_certificate_is_not_written_over(
    store: Store, making: Making, now: int
) -> None:
    behind = secret(making, "web", "pfx")
    managed = msgspec.structs.replace(behind.current, managed=True)
    await bring(store, now, Arrival(SECRET, "web", (managed,)))
    assert await bring(store, now, secret(making, "web", "pfx"), renew=True) == [Outcome.MANAGED]


async def test_a_whole_copy_keeps_ids_and_is_there_only_to_the_letter(
    store: Store, secrets: Secrets, making: Making, now: int
) -> None:
    old, new = (secret(making, "db", value).current for value in ("old", "new"))
    whole = Arrival(SECRET, "db", (old, new))
    assert await bring(store, now, whole) == [Outcome.NEW]
    assert await bring(store, now, whole) == [Outcome.UNCHANGED]
    assert await versions_of(store, "db") == [old, new]
    current = await secrets.current(VAULT, "db")
    assert current is not None
    assert current.version == new
    await secrets.update(VAULT, "db", old.id, SecretProperties(enabled=False), now=now)
    assert await bring(store, now, whole) == [Outcome.DIFFERS]
    assert await bring(store, now, whole, renew=True) == [Outcome.CHANGED]
    await bring(store, now, secret(making, "db", "newer"), renew=True)
    assert await bring(store, now, whole) == [Outcome.DIFFERS]


async def test_who_is_subscribed_is_told_that_it_came_now_however_old_it_is(
    store: Store, making: Making, now: int
) -> None:
    async with store.transaction() as transaction:
        await transaction.put(EVENT_SUBSCRIPTIONS, ("v",), EventSubscription("v", "events.jsonl", None, ()))
    years_ago = Making(now - 3 * 365 * 86_400, making.new_id)
    assert await bring(store, now, secret(years_ago, "db", "one")) == [Outcome.NEW]
    ((_, waiting),) = await store.scan(EVENTS_WAITING)
    assert (waiting.event.time, waiting.published_at) == (now, now)
    (version,) = await versions_of(store, "db")
    assert version.created == now - 3 * 365 * 86_400
