"""Snapshots: made of what their filters choose, read, listed, archived, recovered, and gone."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from app_configuration_caller import Answer, Caller, make_store
from msgspec import structs

from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.snapshots.records import SNAPSHOT_PAGES, SNAPSHOTS
from keyless.store.sqlite.store import SqliteStore

SNAPSHOT_TYPE = "application/vnd.microsoft.appconfig.snapshot+json; charset=utf-8"
SNAPSHOT_SET_TYPE = "application/vnd.microsoft.appconfig.snapshotset+json; charset=utf-8"
EVERYTHING = {"filters": [{"key": "*", "label": "*"}], "composition_type": "key_label"}
HOUR, DAY = 60 * 60, 24 * 60 * 60


async def fill(caller: Caller, *settings: tuple[str, str | None, str]) -> None:
    """Write key-values: (key, label, value)."""
    for key, label, value in settings:
        await caller.put(f"/kv/{key}", {"value": value}, **({"label": label} if label else {}))


async def make(caller: Caller, name: str = "one", **asked: Any) -> Answer:
    """Make a snapshot, of everything unless asked otherwise."""
    answer = await caller.put(f"/snapshots/{name}", asked or EVERYTHING)
    assert answer.status == 201, answer.text
    return answer


async def values(caller: Caller, name: str = "one") -> list[tuple[str, str | None, str]]:
    """What is in a snapshot: (key, label, value)."""
    pages = await caller.pages("/kv", snapshot=name)
    return [(one["key"], one["label"], one["value"]) for page in pages for one in page.body["items"]]


def problem(answer: Answer) -> tuple[int, str, str]:
    """The status, the type and the name that a refusal is about."""
    return answer.status, answer.body["type"].rpartition("/")[2], answer.body.get("name", "")


async def test_a_snapshot_is_made_at_once_and_says_first_that_it_is_being_made(caller: Caller) -> None:
    await fill(caller, ("app:color", None, "blue"), ("app:size", None, "10"))
    asked = {
        "filters": [{"key": "app:*"}],
        "tags": {"of": "v1"},
        "description": "first",
        "retention_period": HOUR,
    }
    answer = await make(caller, "release 1", **asked)
    assert answer.headers["content-type"] == SNAPSHOT_TYPE
    first = answer.body
    assert (first["status"], answer.etag) == ("provisioning", f'"{first["etag"]}"')
    found = await caller.get("/snapshots/release 1")
    assert found.body == {
        "etag": found.body["etag"],
        "name": "release 1",
        "status": "ready",
        "filters": [{"key": "app:*", "label": None, "tags": []}],
        "composition_type": "key",
        "created": "2027-01-15T08:00:00+00:00",
        "size": len("app:colorblueapp:size10"),
        "items_count": 2,
        "tags": {"of": "v1"},
        "description": "first",
        "retention_period": HOUR,
    }
    assert found.etag == f'"{found.body["etag"]}"' != answer.etag
    assert found.headers["last-modified"] == "Fri, 15 Jan 2027 08:00:00 GMT"
    link = '</kv?snapshot=release%201&api-version=2026-04-01>; rel="items"'
    assert found.headers["link"] == answer.headers["link"] == link


async def test_where_to_ask_says_that_it_is_done(caller: Caller) -> None:
    where = urlsplit((await make(caller, "a&b/ü")).headers["operation-location"])
    assert (where.scheme, where.netloc, where.path) == ("https", "contoso-orders.azconfig.io", "/operations")
    assert parse_qs(where.query) == {"snapshot": ["a&b/ü"], "api-version": ["2026-04-01"]}
    answer = await caller.send("GET", where.path, where.query, None, {})
    assert answer.body == {"id": "a&b/ü", "status": "Succeeded", "error": None}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert (await caller.get("/operations", snapshot="two")).status == 404
    assert problem(await caller.get("/operations")) == (400, "invalid-argument", "snapshot")


async def test_a_snapshot_stays_as_it_was_made(caller: Caller) -> None:
    await fill(caller, ("a", None, "1"), ("b", "prod", "2"))
    await caller.put("/kv/c", {"value": "3", "content_type": "x", "tags": {"t": None}, "description": "d"})
    await caller.put("/locks/c")
    kept = (await caller.get("/kv")).body["items"]
    await make(caller)
    await caller.put("/kv/a", {"value": "changed"})
    await caller.delete("/kv/b", label="prod")
    await caller.delete("/locks/c")
    await fill(caller, ("d", None, "new"))
    assert (await caller.get("/kv", snapshot="one")).body["items"] == kept


async def test_a_filter_without_a_label_chooses_what_has_none(caller: Caller) -> None:
    await fill(caller, ("a", None, "plain"), ("a", "prod", "labelled"))
    for number, label in enumerate(({}, {"label": None}, {"label": ""}, {"label": "\0"})):
        await make(caller, f"s{number}", filters=[{"key": "*", **label}])
        assert await values(caller, f"s{number}") == [("a", None, "plain")]


async def test_composed_by_key_the_last_filter_that_chooses_a_key_counts(caller: Caller) -> None:
    await fill(
        caller,
        ("app1/color", None, "black"),
        ("app1/color", "label1", "blue"),
        ("app1/color", "label2", "green"),
        ("app1/message", "label2", "hi"),
        ("app2/message", "label1", "morning"),
    )
    await make(caller, filters=[{"key": "app1/*", "label": "label2"}, {"key": "app1/*", "label": "label1"}])
    assert await values(caller) == [("app1/color", "label1", "blue"), ("app1/message", "label2", "hi")]
    await make(caller, "two", filters=[{"key": "app1/*", "label": "label1"}, {"key": "*"}])
    assert await values(caller, "two") == [("app1/color", None, "black")]


async def test_composed_by_key_and_label_everything_chosen_is_there_once(caller: Caller) -> None:
    await fill(caller, ("a", None, "1"), ("a", "x", "2"), ("a", "y", "3"), ("b", "x", "4"), ("c", None, "5"))
    filters = [{"key": "a", "label": "*"}, {"key": "*", "label": "x"}]
    await make(caller, filters=filters, composition_type="key_label")
    assert await values(caller) == [("a", None, "1"), ("a", "x", "2"), ("a", "y", "3"), ("b", "x", "4")]


async def test_a_filter_chooses_by_tags_too_since_2023_11_01(caller: Caller) -> None:
    await caller.put("/kv/a", {"value": "1", "tags": {"team": "blue", "x": "1"}})
    await caller.put("/kv/b", {"value": "2", "tags": {"team": "red"}})
    asked = {"filters": [{"key": "*", "tags": ["team=blue", " "]}]}
    await make(caller, **asked)
    assert await values(caller) == [("a", None, "1")]
    assert (await caller.get("/snapshots/one")).body["filters"] == [
        {"key": "*", "label": None, "tags": ["team=blue"]}
    ]
    old = caller.speaking("2023-10-01")
    assert "tags" not in (await old.get("/snapshots/one")).body["filters"][0]
    await make(old, "two", **asked)
    assert [key for key, _, _ in await values(caller, "two")] == ["a", "b"]


@pytest.mark.parametrize(
    ("asked", "about"),
    [
        ({}, "filters"),
        ({"filters": []}, "filters"),
        ({"filters": [{"key": "a"}] * 4}, "filters"),
        ({"filters": [{"label": "x"}]}, "filters[0].key"),
        ({"filters": [{"key": "a"}, {"key": "b" * 257}]}, "filters[1].key"),
        ({"filters": [{"key": "a*b"}]}, "filters[0].key"),
        ({"filters": [{"key": "a\x01"}]}, "filters[0].key"),
        ({"filters": [{"key": "a,b,c,d,e,f"}]}, "filters[0].key"),
        ({"filters": [{"key": "a", "label": "x,y"}]}, "filters[0].label"),
        ({"filters": [{"key": "a", "label": "x*"}]}, "filters[0].label"),
        ({"filters": [{"key": "a", "label": "*"}]}, "filters[0].label"),
        ({"filters": [{"key": "a", "label": "x" * 257}]}, "filters[0].label"),
        ({"filters": [{"key": "a", "label": "\0,x"}], "composition_type": "key_label"}, "filters[0].label"),
        ({"filters": [{"key": "a", "tags": ["team"]}]}, "filters[0].tags"),
        ({"filters": [{"key": "a", "tags": [None]}]}, "filters[0].tags"),
        ({"filters": [{"key": "a", "tags": ["a=b"] * 6}]}, "filters[0].tags"),
        ({"filters": [{"key": "a", "tags": ["a=" + "b" * 600]}]}, "filters[0].tags"),
        ({"filters": [{"key": "a"}], "composition_type": "all"}, "composition_type"),
        ({"filters": [{"key": "a"}], "retention_period": HOUR - 1}, "retention_period"),
        ({"filters": [{"key": "a"}], "retention_period": 90 * DAY + 1}, "retention_period"),
        ({"filters": [{"key": "a"}], "tags": {"a": "b" * 257}}, "tags"),
        ({"filters": [{"key": "a"}], "tags": {"a\n": "b"}}, "tags"),
    ],
)
async def test_what_no_snapshot_can_be_is_refused_by_name(
    caller: Caller, asked: dict[str, Any], about: str
) -> None:
    assert problem(await caller.put("/snapshots/one", asked)) == (400, "invalid-argument", about)
    assert (await caller.get("/snapshots")).body["items"] == []


@pytest.mark.parametrize("name", ["x" * 257, "a\nb"])
async def test_a_name_is_short_and_has_no_control_characters(caller: Caller, name: str) -> None:
    assert problem(await caller.put(f"/snapshots/{name}", EVERYTHING)) == (400, "invalid-argument", "name")


@pytest.mark.parametrize(
    ("sku", "default", "longest"),
    [("Free", 7 * DAY, 7 * DAY), ("standard", 30 * DAY, 90 * DAY), ("premium", 30 * DAY, 90 * DAY)],
)
async def test_how_long_an_archived_snapshot_is_kept_goes_by_the_tier(
    caller: Caller, configuration_store: ConfigurationStore, sku: str, default: int, longest: int
) -> None:
    caller = caller.of(structs.replace(configuration_store, sku=sku))
    assert (await make(caller)).body["retention_period"] == default
    asked = {"filters": [{"key": "*"}]}
    assert (await make(caller, "two", **asked, retention_period=longest)).body["retention_period"] == longest
    longer = await caller.put("/snapshots/three", {**asked, "retention_period": longest + 1})
    assert problem(longer) == (400, "invalid-argument", "retention_period")


async def test_a_name_is_taken_once_whatever_became_of_the_snapshot(caller: Caller) -> None:
    await make(caller)
    again = await caller.put("/snapshots/one", EVERYTHING)
    assert again.body == {
        "type": "https://azconfig.io/errors/already-exists",
        "title": "The resource already exists.",
        "detail": "there is a snapshot `one` already, and it cannot be changed: take another name",
        "status": 409,
    }
    await caller.call("PATCH", "/snapshots/one", {"status": "archived"})
    assert (await caller.put("/snapshots/one", EVERYTHING)).status == 409
    assert (await caller.put("/snapshots/One", EVERYTHING)).status == 201


async def test_a_snapshot_is_archived_and_recovered(caller: Caller) -> None:
    await fill(caller, ("a", None, "1"))
    await make(caller, filters=[{"key": "*"}], retention_period=2 * HOUR)
    ready = await caller.get("/snapshots/one")
    later = caller.later(10)
    archived = await later.call("PATCH", "/snapshots/one", {"status": "archived"})
    assert (archived.status, archived.headers["content-type"]) == (200, SNAPSHOT_TYPE)
    assert archived.body == {
        **ready.body,
        "status": "archived",
        "etag": archived.body["etag"],
        "expires": "2027-01-15T10:00:10+00:00",
    }
    assert archived.body["etag"] != ready.body["etag"]
    assert archived.headers["last-modified"] == "Fri, 15 Jan 2027 08:00:10 GMT"
    assert (
        await later.later(5).call("PATCH", "/snapshots/one", {"status": "archived"})
    ).body == archived.body
    assert await values(later) == [("a", None, "1")]
    recovered = await later.call("PATCH", "/snapshots/one", {"status": "ready"})
    assert recovered.body == {**ready.body, "etag": recovered.body["etag"]}
    assert recovered.body["etag"] not in {ready.body["etag"], archived.body["etag"]}
    assert (await later.call("PATCH", "/snapshots/one", {"status": "ready"})).body == recovered.body


@pytest.mark.parametrize("body", [{}, {"status": "failed"}, {"status": "provisioning"}, {"status": "Ready"}])
async def test_a_snapshot_is_brought_to_no_other_status(caller: Caller, body: dict[str, str]) -> None:
    await make(caller)
    assert problem(await caller.call("PATCH", "/snapshots/one", body)) == (400, "invalid-argument", "status")


async def test_what_is_not_there_is_neither_read_nor_archived(caller: Caller) -> None:
    for method in ("GET", "HEAD"):
        assert (await caller.call(method, "/snapshots/none")).status == 404
    assert (await caller.call("PATCH", "/snapshots/none", {"status": "archived"})).status == 404


async def test_an_archived_snapshot_is_gone_when_its_time_is_over(caller: Caller, store: SqliteStore) -> None:
    await fill(caller, ("a", None, "1"))
    await make(caller, filters=[{"key": "*"}], retention_period=HOUR)
    await make(caller, "kept")
    await caller.call("PATCH", "/snapshots/one", {"status": "archived"})
    assert (await caller.later(HOUR - 1).get("/snapshots/one")).status == 200
    gone = caller.later(HOUR)
    assert (await gone.get("/snapshots/one")).status == 404
    assert (await gone.get("/operations", snapshot="one")).status == 404
    assert await values(gone) == []
    assert (await gone.get("/snapshots")).names == ["kept"]
    assert (await gone.call("PATCH", "/snapshots/one", {"status": "ready"})).status == 404
    await make(gone, "other")
    assert {place[1] for place, _ in await store.scan(SNAPSHOT_PAGES)} == {"kept", "other"}
    await fill(gone, ("a", None, "2"))
    await make(gone)
    assert await values(gone) == [("a", None, "2")]


async def test_writes_are_made_on_the_conditions_of_their_request(caller: Caller) -> None:
    first = await make(caller)
    etag = (await caller.get("/snapshots/one")).etag
    archive = {"status": "archived"}
    for headers in (
        {"if-match": first.etag},
        {"if-match": '"x"'},
        {"if-none-match": etag},
        {"if-none-match": "*"},
    ):
        refused = await caller.call("PATCH", "/snapshots/one", archive, headers=headers)
        assert refused.status == 412
    archived = await caller.call("PATCH", "/snapshots/one", archive, headers={"if-match": etag})
    assert archived.status == 200
    stale = await caller.call("PATCH", "/snapshots/one", {"status": "ready"}, headers={"if-match": etag})
    assert stale.status == 412
    missing = await caller.call("PATCH", "/snapshots/none", archive, headers={"if-match": etag})
    assert missing.status == 404


async def test_reads_are_made_on_conditions_too(caller: Caller) -> None:
    await make(caller)
    etag = (await caller.get("/snapshots/one")).etag
    for method in ("GET", "HEAD"):
        same = await caller.call(method, "/snapshots/one", headers={"if-none-match": etag})
        assert (same.status, same.text, same.etag) == (304, "", etag)
        assert (await caller.call(method, "/snapshots/one", headers={"if-match": etag})).status == 200
        assert (await caller.call(method, "/snapshots/one", headers={"if-match": '"x"'})).status == 412


async def test_snapshots_are_listed_by_name_and_status_a_page_at_a_time(caller: Caller) -> None:
    names = [f"s{number:03d}" for number in range(101)]
    for name in reversed(names):
        await make(caller, name)
    await make(caller, "other,one")
    for name in names[:2]:
        await caller.call("PATCH", f"/snapshots/{name}", {"status": "archived"})
    first, second = await caller.pages("/snapshots")
    assert first.names == ["other,one", *names[:99]]
    assert second.names == names[99:]
    assert first.headers["content-type"] == SNAPSHOT_SET_TYPE
    assert first.headers["link"] == f'<{first.body["@nextLink"]}>; rel="next"'
    assert (await caller.get("/snapshots", name=r"other\,one,s005")).names == ["other,one", "s005"]
    assert (await caller.get("/snapshots", name="s00*", status="archived")).names == names[:2]
    assert (await caller.get("/snapshots", name="s00*", status="ready,failed")).names == names[2:10]
    assert (await caller.get("/snapshots", name="s000", status="*")).names == names[:1]
    for query, about in (
        ({"status": "done"}, "status"),
        ({"name": "a*b"}, "name"),
        ({"after": "x"}, "after"),
    ):
        assert problem(await caller.get("/snapshots", **query)) == (400, "invalid-argument", about)


async def test_fields_are_selected(caller: Caller) -> None:
    await fill(caller, ("a", None, "1"))
    await make(caller)
    assert (await caller.get("/snapshots/one", select="name,items_count,unknown")).body == {
        "name": "one",
        "items_count": 1,
    }
    assert (await caller.get("/snapshots", select="status")).body["items"] == [{"status": "ready"}]
    assert (await caller.get("/kv", snapshot="one", select="key")).body["items"] == [{"key": "a"}]


async def test_what_is_in_a_snapshot_comes_in_pages_with_etags(caller: Caller) -> None:
    await fill(caller, *((f"k{number:03d}", None, str(number)) for number in range(250)))
    await make(caller)
    pages = await caller.pages("/kv", snapshot="one")
    assert [len(page.keys) for page in pages] == [100, 100, 50]
    assert [key for page in pages for key in page.keys] == [f"k{number:03d}" for number in range(250)]
    for page in pages:
        assert page.etag == f'"{page.body["etag"]}"'
    for method in ("GET", "HEAD"):
        same = await caller.call(method, "/kv", snapshot="one", headers={"if-none-match": pages[0].etag})
        assert (same.status, same.etag) == (304, pages[0].etag)
    assert (await caller.get("/kv", snapshot="one", headers={"if-match": '"x"'})).status == 412


async def test_a_full_last_page_has_none_behind_it(caller: Caller) -> None:
    await fill(caller, *((f"k{number:03d}", None, "") for number in range(100)))
    await make(caller)
    [page] = await caller.pages("/kv", snapshot="one")
    assert len(page.keys) == 100


async def test_of_a_snapshot_that_is_not_there_the_list_is_empty(caller: Caller) -> None:
    await fill(caller, ("a", None, "1"))
    assert (await caller.get("/kv", snapshot="none")).body["items"] == []


@pytest.mark.parametrize("query", [{"key": "a"}, {"label": "x"}, {"tags": "a=b"}, {"snapshot": ""}])
async def test_a_snapshots_key_values_are_not_filtered_again(caller: Caller, query: dict[str, str]) -> None:
    await make(caller)
    [about] = query
    assert problem(await caller.get("/kv", **{"snapshot": "one", **query})) == (
        400,
        "invalid-argument",
        about,
    )


@pytest.mark.parametrize("token", ["WyItMSJd", "WyJ4Il0", "WyIxMjM0NTY3OCJd", "WyIxIiwiMiJd"])
async def test_a_snapshots_pages_are_followed_by_their_links_alone(caller: Caller, token: str) -> None:
    await make(caller)
    assert problem(await caller.get("/kv", snapshot="one", after=token)) == (400, "invalid-argument", "after")


async def test_more_than_a_snapshot_can_hold_makes_a_failed_one(caller: Caller, store: SqliteStore) -> None:
    value = "x" * 10_000
    await fill(caller, *((f"k{number:03d}", None, value) for number in range(105)))
    first = await make(caller, filters=[{"key": "*"}], retention_period=HOUR)
    assert first.body["status"] == "provisioning"
    assert "expires" not in first.body
    failed = (await caller.get("/snapshots/one")).body
    assert (failed["status"], failed["items_count"], failed["size"]) == ("failed", 0, 0)
    operation = (await caller.get("/operations", snapshot="one")).body
    assert (operation["status"], operation["error"]["code"]) == ("Failed", "QuotaExceeded")
    assert await values(caller) == []
    assert await store.scan(SNAPSHOT_PAGES) == []
    for status in ("archived", "ready"):
        refused = await caller.call("PATCH", "/snapshots/one", {"status": status})
        assert problem(refused) == (409, "invalid-state", "")
        assert refused.body["title"] == "Target resource state invalid."
    assert (await caller.later(HOUR).get("/snapshots/one")).status == 404
    await make(caller, "two", filters=[{"key": "k00*"}])
    assert (await caller.get("/snapshots/two")).body["items_count"] == 10


async def test_all_snapshots_of_a_free_store_together_have_ten_megabytes(
    caller: Caller, configuration_store: ConfigurationStore
) -> None:
    await fill(caller, *((f"k{number:03d}", None, "x" * 10_000) for number in range(104)))
    free = caller.of(structs.replace(configuration_store, sku="free"))
    for number in range(11):
        await make(free, f"s{number}")
    found = (await free.get("/snapshots", name="s1*")).body["items"]
    assert [(one["name"], one["status"]) for one in found] == [("s1", "ready"), ("s10", "failed")]


async def test_at_1_0_there_are_no_snapshots(caller: Caller) -> None:
    for operation in caller.plane.operations:
        if "Snapshot" in operation.id or operation.id.endswith("GetOperationDetails"):
            assert "1.0" in operation.api_versions.others
            assert "1.0" not in operation.api_versions


async def test_a_description_is_shown_at_the_versions_that_know_it(caller: Caller) -> None:
    await make(caller, filters=[{"key": "*"}], description="d")
    assert (await caller.get("/snapshots/one")).body["description"] == "d"
    assert "description" not in (await caller.speaking("2024-09-01").get("/snapshots/one")).body


async def test_stores_do_not_see_each_others_snapshots(caller: Caller) -> None:
    await make(caller)
    other = caller.of(make_store("other"))
    assert (await other.get("/snapshots/one")).status == 404
    assert (await other.get("/snapshots")).body["items"] == []


async def test_snapshots_are_sealed_at_rest(caller: Caller, store: SqliteStore) -> None:
    assert SNAPSHOTS.sealed
    assert SNAPSHOT_PAGES.sealed


async def test_every_write_to_snapshots_raises_the_sync_token(caller: Caller) -> None:
    before = caller.plane.service.sequence()
    await make(caller)
    made = caller.plane.service.sequence()
    await caller.call("PATCH", "/snapshots/one", {"status": "archived"})
    assert before < made < caller.plane.service.sequence()
