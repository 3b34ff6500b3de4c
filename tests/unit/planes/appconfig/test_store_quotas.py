"""Each tier's quota and rates, as a client meets them: how many are answered, what the others are told."""

from __future__ import annotations

import json

import pytest
from msgspec import structs
from signed_site import READ_WRITE, RESOURCE_ID, SignedSite

from keyless.model.resources import ConfigurationStore, Replica
from keyless.planes.appconfig.key_values.records import KEY_VALUES
from keyless.planes.appconfig.key_values.storage import USAGE, Usage
from keyless.planes.appconfig.plane import OPERATIONS
from keyless.planes.appconfig.quotas import READS, WRITES, counted_at
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey
from keyless.wire.throttle import Throttle
from signed_requests_made import NOW

TO_MIDNIGHT_S = 16 * 3600
"""The tests begin at eight in the morning, in UTC."""


@pytest.fixture
async def site(store: SqliteStore, signing_key: SigningKey) -> SignedSite:
    """A free store with one key-value, of whose quota nothing is used up."""
    site = await SignedSite(store, signing_key).open()
    await site.ask("PUT", "/kv/color", {"value": "red"})
    await site.become(sku="free")
    site.serve(Throttle(0.01))
    return site


def store_of(tier: str) -> ConfigurationStore:
    return ConfigurationStore(RESOURCE_ID, "contoso", "westeurope", sku=tier)


@pytest.mark.parametrize(
    ("tier", "reads", "writes"),
    [
        ("free", [("requests", 1_000, 86_400)], [("requests", 1_000, 86_400)]),
        ("developer", [("requests", 6_000, 3_600)], [("requests", 6_000, 3_600)]),
        (
            "standard",
            [("requests", 30_000, 3_600), ("reads", 3_000, 10)],
            [("requests", 30_000, 3_600), ("writes", 600, 10)],
        ),
        ("premium", [("reads", 4_500, 10)], [("writes", 1_000, 10)]),
    ],
)
def test_a_tier_has_the_requests_and_the_rates_that_are_stated(tier: str, reads: object, writes: object):
    for counts, expected in ((READS, reads), (WRITES, writes)):
        pools = counts.pools(store_of(tier))
        assert [(pool.name, pool.units, pool.window_s) for pool in pools] == expected


def test_a_store_of_a_tier_that_nobody_knows_counts_as_standard():
    assert READS.pools(store_of("Platinum")) == READS.pools(store_of("standard"))
    assert READS.pools(store_of("Free")) == READS.pools(store_of("free"))


def test_every_operation_counts_as_a_read_or_as_a_write():
    reading = {one.id for one in OPERATIONS if one.counts is READS}
    writing = {one.id for one in OPERATIONS if one.counts is WRITES}
    assert reading | writing == {one.id for one in OPERATIONS}
    assert {"AppConfiguration.PutKeyValue", "AppConfiguration.PutLock"} <= writing
    assert {"AppConfiguration.GetKeyValues", "AppConfiguration.GetRevisions"} <= reading


def test_stores_are_counted_by_their_id_alone():
    assert counted_at(store_of("free")).resource == RESOURCE_ID.casefold()


def test_each_replica_is_counted_by_itself():
    store = structs.replace(store_of("standard"), replicas=(Replica("north", "northeurope"),))
    own, north = (f"{store.name}{one}.azconfig.io" for one in ("", "-north"))
    assert counted_at(store, own) == counted_at(store)
    assert counted_at(store, north).resource == f"{RESOURCE_ID.casefold()}/{north}"


async def test_a_free_store_answers_so_many_requests_a_day_and_no_more(site: SignedSite) -> None:
    assert await site.statuses(12) == {200: 10, 429: 2}
    site.now += TO_MIDNIGHT_S - 1
    assert await site.statuses(1) == {429: 1}
    site.now += 1
    assert await site.statuses(12) == {200: 10, 429: 2}


async def test_the_answer_names_the_policy_and_how_long_to_wait(site: SignedSite) -> None:
    await site.statuses(10)
    answer = await site.ask("GET", "/kv/color")
    headers = dict(answer.headers)
    assert answer.status == 429
    assert headers["content-type"] == "application/problem+json; charset=utf-8"
    assert json.loads(answer.body) == {
        "type": "https://azconfig.io/errors/too-many-requests",
        "title": "Resource utilization has surpassed the assigned quota",
        "policy": "Total Requests",
        "status": 429,
    }
    assert 0 <= int(headers["retry-after-ms"]) - TO_MIDNIGHT_S * 1000 <= 2
    assert "retry-after" not in headers
    assert headers["x-ms-request-id"]
    site.now += int(headers["retry-after-ms"]) / 1000
    assert (await site.ask("GET", "/kv/color")).status == 200


async def test_a_rate_is_told_by_another_policy_and_is_over_soon(site: SignedSite) -> None:
    await site.become(sku="standard")
    assert await site.statuses(40) == {200: 30, 429: 10}
    answer = await site.ask("GET", "/kv/color")
    assert json.loads(answer.body)["policy"] == "Total Requests Short Term"
    assert 9_900 <= int(dict(answer.headers)["retry-after-ms"]) <= 10_200
    assert await site.statuses(7, "PUT") == {200: 6, 429: 1}


async def test_another_tier_holds_from_the_next_request(site: SignedSite) -> None:
    assert await site.statuses(11) == {200: 10, 429: 1}
    await site.become(sku="developer")
    assert await site.statuses(61) == {200: 60, 429: 1}
    await site.become(sku="premium")
    assert await site.statuses(46) == {200: 45, 429: 1}


async def test_asking_whether_something_changed_is_free_in_a_tier_that_is_paid_for(site: SignedSite) -> None:
    etag = dict((await site.ask("GET", "/kv/color")).headers)["etag"]

    async def unchanged(times: int) -> list[int]:
        return [(await site.ask("GET", "/kv/color", if_none_match=etag)).status for _ in range(times)]

    assert await unchanged(10) == [304] * 9 + [429]
    await site.become(sku="developer")
    assert await unchanged(70) == [304] * 70
    assert await site.statuses(61) == {200: 60, 429: 1}
    await site.become(sku="standard")
    assert await unchanged(31) == [304] * 30 + [429]


async def test_nobody_counts_who_has_not_signed(site: SignedSite) -> None:
    for _ in range(15):
        assert (await site.ask("GET", "/kv/color", authorization="HMAC-SHA256 Credential=x")).status == 401
    assert await site.statuses(10) == {200: 10}


async def test_a_day_that_the_estates_clock_is_moved_over_is_over(site: SignedSite) -> None:
    assert await site.statuses(11) == {200: 10, 429: 1}
    await site.move_clock(TO_MIDNIGHT_S - 30)
    assert await site.statuses(1) == {429: 1}
    answer = await site.ask("GET", "/kv/color")
    assert 29_900 < int(dict(answer.headers)["retry-after-ms"]) < 30_100
    await site.move_clock(TO_MIDNIGHT_S)
    assert await site.statuses(11) == {200: 10, 429: 1}


async def test_a_plane_that_starts_later_in_the_day_goes_on_counting(site: SignedSite) -> None:
    assert await site.statuses(7) == {200: 7}
    site.serve(Throttle(0.01, earlier=site.throttle.spent()))
    site.now += 3600
    assert await site.statuses(5) == {200: 3, 429: 2}


async def test_that_there_is_no_room_is_recorded_as_a_limit_that_was_reached(site: SignedSite) -> None:
    async with site.store.transaction() as transaction:
        most = 10 * 1024 * 1024
        await transaction.put(USAGE, ("contoso", KEY_VALUES.name), Usage(most))
    answer = await site.ask("PUT", "/kv/color", {"value": "green"})
    assert (answer.status, json.loads(answer.body)["policy"]) == (429, "Storage")
    site.recorder.flush(NOW)
    ((key, count),) = site.sheet.throttled
    assert (key.pool, key.units, key.window_s, key.of_subscription, count) == ("bytes", most, 0, False, 1)
    assert (key.principal_id, key.operation) == (
        f"access-key:contoso:{READ_WRITE}",
        "AppConfiguration.PutKeyValue",
    )


async def test_what_is_refused_is_recorded_with_the_quota_and_whose_key_it_was(site: SignedSite) -> None:
    await site.statuses(12)
    site.recorder.flush(NOW)
    ((key, count),) = site.sheet.throttled
    assert count == 2
    assert (key.principal_id, key.operation) == (
        f"access-key:contoso:{READ_WRITE}",
        "AppConfiguration.GetKeyValue",
    )
    assert (key.pool, key.units, key.window_s, key.of_subscription) == ("requests", 10, 86_400, False)
