"""Events on their way: who is told of what, in which form, how often it is tried, and when it is given up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import pytest
from azure.core.messaging import CloudEvent
from kept_vault import DAY, EXPIRED, NEAR, KeptVault
from msgspec import structs

from keyless.lifecycle.events import note_policy_change
from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.events import Destination, EventSubscription, Waiting
from keyless.planes.keyvault.events.cloud_events import cloud_event
from keyless.planes.keyvault.events.deliver import Answer, Deliveries
from keyless.planes.keyvault.events.retries import LIFE_S, MOST_ATTEMPTS, next_attempt
from keyless.store.collections import EVENT_SUBSCRIPTIONS, EVENTS_TOLD
from keyless.store.sqlite.store import SqliteStore

WEBHOOK = "http://localhost:7071/events"


class Ear:
    """A destination that keeps what it is told, and answers as the test wants."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.heard: list[Waiting] = []

    async def __call__(self, waiting: Waiting, subscription: EventSubscription) -> Answer:
        self.heard.append(waiting)
        return self.answers.pop(0) if self.answers else Answer()

    @property
    def types(self) -> Sequence[str]:
        """The types of what was heard."""
        return [one.event.type.removeprefix("Microsoft.KeyVault.") for one in self.heard]


class Post:
    """Deliveries to a file and a webhook that both are ears."""

    def __init__(self, store: SqliteStore) -> None:
        self.file, self.webhook = Ear(), Ear()
        senders = {Destination.FILE: self.file, Destination.WEBHOOK: self.webhook}
        self.deliveries = Deliveries(store, senders)


@pytest.fixture
async def kept(store: SqliteStore) -> KeptVault:
    return await KeptVault.made(store)


@pytest.fixture
def post(store: SqliteStore) -> Post:
    return Post(store)


async def test_who_is_subscribed_when_it_happens_is_told_and_nobody_else(
    kept: KeptVault, post: Post, now: int
) -> None:
    await kept.set("before", now)
    await kept.subscribe(webhook=WEBHOOK)
    await kept.set("after", now)
    await post.deliveries.deliver(now)
    for ear in (post.file, post.webhook):
        assert [one.event.subject.name for one in ear.heard] == ["after"]


async def test_types_that_are_not_wanted_are_not_told(kept: KeptVault, post: Post, now: int) -> None:
    await kept.subscribe(NEAR, EXPIRED)
    await kept.set("db", now, now + 45 * DAY)
    await kept.keep(now + 45 * DAY)
    await post.deliveries.deliver(now + 45 * DAY)
    assert post.file.types == [NEAR, EXPIRED]


async def test_what_was_told_is_told_once(kept: KeptVault, post: Post, now: int) -> None:
    await kept.subscribe()
    await kept.set("db", now)
    assert len(await post.deliveries.deliver(now)) == 1
    assert await post.deliveries.deliver(now + DAY) == []
    ((_, told),) = await kept.store.scan(EVENTS_TOLD)
    assert (told.attempts, told.problem, told.at) == (1, "", now)


async def test_events_of_one_second_are_told_in_the_order_in_which_they_happened(
    kept: KeptVault, post: Post, now: int
) -> None:
    await kept.subscribe()
    names = [f"s{number:02}" for number in range(12)]
    for name in reversed(names):
        await kept.set(name, now)
        await post.deliveries.deliver(now)
    assert [one.event.subject.name for one in post.file.heard] == names[::-1]
    assert len({one.event.id for one in post.file.heard}) == len(names)


async def test_one_that_is_not_taken_is_tried_again_ever_later(kept: KeptVault, post: Post, now: int) -> None:
    await kept.subscribe(file=None, webhook=WEBHOOK)
    await kept.set("db", now)
    post.webhook.answers = [Answer("it answered with status 503")] * 4
    waits = []
    at = now
    while await post.deliveries.deliver(at):
        kept.store.refresh()
        again = await post.deliveries.next_at(at)
        if again == float("inf"):
            break
        waits.append(int(again) - at)
        assert await post.deliveries.deliver(int(again) - 1) == []
        at = int(again)
    assert waits == [10, 30, 60, 300]
    assert [one.attempts for one in post.webhook.heard] == [1, 2, 3, 4, 5]


async def test_after_a_day_it_is_given_up(kept: KeptVault, post: Post, now: int) -> None:
    await kept.subscribe(file=None, webhook=WEBHOOK)
    await kept.set("db", now)
    post.webhook.answers = [Answer("it cannot be reached")] * 100
    await post.deliveries.deliver(now)
    (last,) = await post.deliveries.deliver(now + LIFE_S)
    assert (last.again_at, last.problem) == (None, "it cannot be reached")
    ((_, told),) = await kept.store.scan(EVENTS_TOLD)
    assert told.problem == "it cannot be reached"
    assert await kept.waiting(Destination.WEBHOOK) == []


async def test_after_thirty_attempts_it_is_given_up(kept: KeptVault, now: int) -> None:
    await kept.subscribe()
    await kept.set("db", now)
    (waiting,) = await kept.waiting()
    assert next_attempt(structs.replace(waiting, attempts=MOST_ATTEMPTS - 1), now) == now + LIFE_S // 2
    assert next_attempt(structs.replace(waiting, attempts=MOST_ATTEMPTS), now) is None


async def test_an_answer_that_is_final_is_the_end(kept: KeptVault, post: Post, now: int) -> None:
    await kept.subscribe(file=None, webhook=WEBHOOK)
    await kept.set("db", now)
    post.webhook.answers = [Answer("it answered with status 400", final=True)]
    (only,) = await post.deliveries.deliver(now)
    assert only.again_at is None
    assert await post.deliveries.deliver(now + DAY) == []


async def test_a_webhook_that_fails_keeps_no_other_from_being_told(
    kept: KeptVault, post: Post, now: int
) -> None:
    await kept.subscribe(webhook=WEBHOOK)
    await kept.set("one", now)
    await kept.set("two", now)
    post.webhook.answers = [Answer("no")]
    await post.deliveries.deliver(now)
    assert len(post.file.heard) == len(post.webhook.heard) == 2
    assert [one.event.subject.name for one in await kept.waiting(Destination.WEBHOOK)] == ["one"]


async def test_when_the_subscription_is_gone_what_waits_is_given_up(
    kept: KeptVault, post: Post, now: int
) -> None:
    await kept.subscribe()
    await kept.set("db", now)
    async with kept.store.transaction() as transaction:
        await transaction.delete(EVENT_SUBSCRIPTIONS, (kept.vault.name,))
    (only,) = await post.deliveries.deliver(now)
    assert (only.problem, only.again_at) == ("nobody is subscribed any more", None)
    assert post.file.heard == []


async def test_what_a_process_that_died_was_telling_is_told_a_minute_later(
    kept: KeptVault, post: Post, now: int
) -> None:
    await kept.subscribe()
    await kept.set("db", now)
    await post.deliveries._claim((f"{now:016d}", "000000", "file"), now)
    assert await Post(kept.store).deliveries.deliver(now + 59) == []
    assert len(await post.deliveries.deliver(now + 60)) == 1


async def test_when_time_has_gone_back_what_waits_is_not_forgotten(
    kept: KeptVault, post: Post, now: int
) -> None:
    await kept.subscribe()
    await kept.set("db", now + 365 * DAY)
    assert await post.deliveries.next_at(now) == now
    assert len(await post.deliveries.deliver(now)) == 1


async def test_an_event_is_a_cloud_event_with_event_grids_members(kept: KeptVault, now: int) -> None:
    await kept.subscribe()
    version = await kept.set("Db-Password", now, now + 45 * DAY)
    (waiting,) = await kept.waiting()
    document = json.loads(cloud_event(waiting.event))
    assert set(document) == {"id", "source", "specversion", "type", "subject", "time", "data"}
    parsed = CloudEvent.from_json(cloud_event(waiting.event).decode())
    assert parsed.specversion == "1.0"
    assert parsed.type == "Microsoft.KeyVault.SecretNewVersionCreated"
    assert parsed.source == kept.vault.resource_id
    assert parsed.subject == "Db-Password"
    assert parsed.time is not None
    assert int(parsed.time.timestamp()) == now
    assert parsed.data == {
        "Id": f"https://contoso-orders.vault.azure.net/secrets/Db-Password/{version}",
        "VaultName": "contoso-orders",
        "ObjectType": "Secret",
        "ObjectName": "Db-Password",
        "Version": version,
        "NBF": None,
        "EXP": now + 45 * DAY,
    }


async def test_a_change_of_access_policies_is_told_and_any_other_is_not(
    kept: KeptVault, post: Post, now: int
) -> None:
    await kept.subscribe()
    before = kept.vault
    policy = AccessPolicy("t", "o", PolicyPermissions(secrets=("get",)))
    async with kept.store.transaction() as transaction:
        await note_policy_change(transaction, before, structs.replace(before, tags={"a": "1"}), now)
        await note_policy_change(transaction, None, before, now)
        await note_policy_change(transaction, before, structs.replace(before, access_policies=(policy,)), now)
        changed = structs.replace(before, enable_rbac_authorization=not before.enable_rbac_authorization)
        await note_policy_change(transaction, before, changed, now)
    await post.deliveries.deliver(now)
    assert post.file.types == ["VaultAccessPolicyChanged"] * 2


async def test_the_newest_thousand_of_what_was_told_is_kept(
    kept: KeptVault, post: Post, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.planes.keyvault.events.deliver._MOST_TOLD", 3)
    await kept.subscribe()
    for number in range(5):
        await kept.set(f"s{number}", now + number)
    await post.deliveries.deliver(now + 10)
    kept_events = [one.event.subject.name for _, one in await kept.store.scan(EVENTS_TOLD)]
    assert kept_events == ["s2", "s3", "s4"]


async def test_two_who_deliver_at_once_tell_each_event_once(kept: KeptVault, post: Post, now: int) -> None:
    await kept.subscribe()
    for number in range(5):
        await kept.set(f"s{number}", now)
    other = Post(kept.store)
    tried = await asyncio.gather(post.deliveries.deliver(now), other.deliveries.deliver(now))
    heard = [one.event.id for one in (*post.file.heard, *other.file.heard)]
    assert len(heard) == len(set(heard)) == 5 == sum(map(len, tried))
