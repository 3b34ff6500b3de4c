"""Feature flags as resources of their own: set, read, listed, deleted, and what they were."""

from __future__ import annotations

from typing import Any

import pytest
from app_configuration_caller import Answer, Caller, make_store

from keyless.planes.appconfig.api_versions import FEATURE_FLAGS as VERSIONS
from keyless.planes.appconfig.contents import StoreContents
from keyless.planes.appconfig.feature_flags.records import FEATURE_FLAGS, FLAG_REVISIONS
from keyless.store.sqlite.store import SqliteStore

FLAG_TYPE = 'application/json; profile="https://azconfig.io/mime-profiles/ff"; charset=utf-8'
WHOLE: dict[str, Any] = {
    "enabled": True,
    "description": "who sees the new page",
    "conditions": {
        "requirement_type": "All",
        "filters": [
            {"name": "Microsoft.TimeWindow", "parameters": {"Start": "2027-01-01"}},
            {"name": "Mine"},
        ],
    },
    "variants": [
        {"name": "small", "value": "10", "content_type": "text/plain", "status_override": "Disabled"},
        {"name": "large"},
    ],
    "allocation": {
        "default_when_enabled": "small",
        "default_when_disabled": "large",
        "percentile": [{"variant": "small", "from": 0.0, "to": 50.0}],
        "user": [{"variant": "large", "users": ["ann"]}],
        "group": [{"variant": "large", "groups": ["staff"]}],
        "seed": "x",
    },
    "telemetry": {"enabled": True, "metadata": {"team": "web"}},
    "tags": {"org": "shop"},
}


@pytest.fixture
def flags(caller: Caller) -> Caller:
    """Someone who may do everything, at an api-version that has flags."""
    return caller.speaking(VERSIONS.known[-1])


def names(answer: Answer) -> list[tuple[str, str | None]]:
    """The names and labels of a list."""
    return [(one["name"], one["label"]) for one in answer.body["items"]]


async def test_a_flag_reads_back_whole(flags: Caller) -> None:
    answer = await flags.put("/ff/Beta page", WHOLE, label="prod")
    assert (answer.status, answer.headers["content-type"]) == (200, FLAG_TYPE)
    assert answer.headers["last-modified"] == "Fri, 15 Jan 2027 08:00:00 GMT"
    assert answer.body == {
        **WHOLE,
        "etag": answer.etag.strip('"'),
        "name": "Beta page",
        "label": "prod",
        "last_modified": "2027-01-15T08:00:00+00:00",
    }
    for version in VERSIONS.known:
        assert (await flags.speaking(version).get("/ff/Beta page", label="prod")).body == answer.body


async def test_what_a_flag_does_not_say_is_left_out(flags: Caller) -> None:
    body = (await flags.put("/ff/bare", {})).body
    assert sorted(body) == ["description", "enabled", "etag", "label", "last_modified", "name", "tags"]
    assert (body["enabled"], body["label"], body["tags"]) == (False, None, {})


async def test_a_flag_and_a_key_value_of_its_name_are_two_things(flags: Caller) -> None:
    await flags.put("/ff/beta", {"enabled": True})
    assert (await flags.get("/kv")).body["items"] == []
    await flags.put("/kv/.appconfig.featureflag/beta", {"value": "{}"})
    assert names(await flags.get("/ff")) == [("beta", None)]
    await flags.delete("/kv/.appconfig.featureflag/beta")
    assert (await flags.get("/ff/beta")).status == 200
    assert (await flags.get("/kv/beta")).status == 404


@pytest.mark.parametrize(
    ("method", "path", "about"),
    [("PUT", "/ff/a%b", "name"), ("GET", "/ff/..", "name"), ("GET", "/ff", "name"), ("GET", "/labels", "")],
)
async def test_what_cannot_be_asked_is_refused_by_name(
    flags: Caller, method: str, path: str, about: str
) -> None:
    query = {"name": "a*b"} if path == "/ff" else {"resourceType": "other"} if path == "/labels" else {}
    answer = await flags.call(method, path, {} if method == "PUT" else None, **query)
    assert (answer.status, answer.body["name"]) == (400, about or "resourceType")


async def test_writes_and_reads_are_made_on_conditions(flags: Caller) -> None:
    first = await flags.put("/ff/beta", {"enabled": True}, headers={"if-none-match": "*"})
    assert (await flags.put("/ff/beta", {}, headers={"if-none-match": "*"})).status == 412
    assert (await flags.put("/ff/beta", {"enabled": True})).etag == first.etag
    second = await flags.put("/ff/beta", {"enabled": False}, headers={"if-match": first.etag})
    assert second.etag != first.etag
    assert (await flags.delete("/ff/beta", headers={"if-match": first.etag})).status == 412
    for method in ("GET", "HEAD"):
        same = await flags.call(method, "/ff/beta", headers={"if-none-match": second.etag})
        assert (same.status, same.text) == (304, "")
    assert (await flags.get("/ff/beta", headers={"if-match": first.etag})).status == 412
    deleted = await flags.delete("/ff/beta", headers={"if-match": second.etag})
    assert (deleted.status, deleted.body["name"]) == (200, "beta")
    assert (await flags.delete("/ff/beta")).status == 204
    assert (await flags.get("/ff/beta")).status == 404


async def test_flags_are_listed_by_name_label_and_tags_a_page_at_a_time(flags: Caller) -> None:
    for number in range(101):
        await flags.put(f"/ff/f{number:03d}", {"enabled": True})
    await flags.put("/ff/beta", {"tags": {"org": "shop"}}, label="prod")
    await flags.put("/ff/beta", {})
    first, second = await flags.pages("/ff")
    assert names(first)[:2] == [("beta", None), ("beta", "prod")]
    assert names(second) == [("f098", None), ("f099", None), ("f100", None)]
    assert names(await flags.get("/ff", name="f09*"))[0] == ("f090", None)
    assert names(await flags.get("/ff", name="beta", label="\0")) == [("beta", None)]
    assert names(await flags.get("/ff", tags="org=shop")) == [("beta", "prod")]
    assert (await flags.get("/ff", name="f000", select="name,enabled")).body["items"] == [
        {"name": "f000", "enabled": True}
    ]
    for method in ("GET", "HEAD"):
        same = await flags.call(method, "/ff", headers={"if-none-match": first.etag})
        assert (same.status, same.etag) == (304, first.etag)
    assert (await flags.get("/labels", resourceType="ff")).names == [None, "prod"]
    assert (await flags.get("/labels")).names == []


async def test_what_flags_were_is_kept(flags: Caller) -> None:
    await flags.put("/ff/beta", {"enabled": False})
    later = flags.later(60)
    await later.put("/ff/beta", {"enabled": True})
    await later.later(60).delete("/ff/beta")
    found = (await flags.later(200).get("/ff-revisions", name="beta")).body["items"]
    assert [one["enabled"] for one in found] == [True, False]
    then = {"accept-datetime": "Fri, 15 Jan 2027 08:00:30 GMT"}
    past = flags.later(200)
    old = await past.get("/ff/beta", headers=then)
    assert (old.body["enabled"], old.headers["memento-datetime"]) == (False, then["accept-datetime"])
    assert names(await past.get("/ff", headers=then)) == [("beta", None)]
    assert names(await past.get("/ff")) == []


async def test_flags_are_sealed_and_go_with_their_store(flags: Caller, store: SqliteStore) -> None:
    assert FEATURE_FLAGS.sealed
    assert FLAG_REVISIONS.sealed
    await flags.put("/ff/beta", {})
    assert names(await flags.of(make_store("other")).get("/ff")) == []
    before = flags.plane.service.sequence()
    await flags.put("/ff/beta", {"enabled": True})
    assert flags.plane.service.sequence() > before
    async with store.transaction() as transaction:
        await StoreContents(flags.plane.service).forget(transaction, flags.store.name)
    assert await store.scan(FEATURE_FLAGS) == await store.scan(FLAG_REVISIONS) == []


async def test_parameters_that_lie_too_deep_are_refused_and_leave_the_list_readable(flags: Caller) -> None:
    for depth in (64, 900, 939):
        deep: Any = "x"
        for _ in range(depth):
            deep = [deep]
        filters = [{"name": "Mine", "parameters": {"a": deep}}]
        answer = await flags.put("/ff/deep", {"enabled": True, "conditions": {"filters": filters}})
        assert (answer.status, answer.body["name"]) == (400, "conditions")
    assert (await flags.get("/ff")).body["items"] == []
