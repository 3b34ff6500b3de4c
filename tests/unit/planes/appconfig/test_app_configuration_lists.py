"""Lists of key-values, keys and labels: order, filters, pages and their etags."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from app_configuration_caller import Caller, make_store

from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.key_values.service import KeyValues

KEY_VALUES = [
    ("app:color", None),
    ("app:color", "dev"),
    ("app:color", "prod"),
    ("app:size", "prod"),
    ("other", None),
    ("special*,\\", "a*b"),
]


async def _fill(caller: Caller, names: list[tuple[str, str | None]] = KEY_VALUES) -> None:
    for key, label in reversed(names):
        await caller.put(f"/kv/{key}", {"value": "v"}, **({"label": label} if label else {}))


async def _listed(caller: Caller, **query: object) -> list[tuple[str, str | None]]:
    answer = await caller.get("/kv", **query)
    assert answer.status == 200, answer.text
    return [(item["key"], item["label"]) for item in answer.body["items"]]


async def test_key_values_come_in_the_order_of_key_and_label(caller: Caller) -> None:
    await _fill(caller)
    answer = await caller.get("/kv")
    assert answer.headers["content-type"] == ("application/vnd.microsoft.appconfig.kvset+json; charset=utf-8")
    assert [(item["key"], item["label"]) for item in answer.body["items"]] == KEY_VALUES


async def test_order_is_by_code_point_and_not_by_alphabet(caller: Caller) -> None:
    names = [(key, None) for key in ("B", "a", "a:b", "ab", "é", "値", "🎈")]
    await _fill(caller, names)
    assert await _listed(caller) == names


@pytest.mark.parametrize(
    ("query", "indexes"),
    [
        ({"key": "*", "label": "*"}, [0, 1, 2, 3, 4, 5]),
        ({"key": "", "label": ""}, [0, 1, 2, 3, 4, 5]),
        ({"key": "app:color"}, [0, 1, 2]),
        ({"key": "app:*"}, [0, 1, 2, 3]),
        ({"key": "app:*", "label": "prod"}, [2, 3]),
        ({"key": "other,app:size,none"}, [3, 4]),
        ({"label": "\0"}, [0, 4]),
        ({"label": "\0,prod"}, [0, 2, 3, 4]),
        ({"label": "p*"}, [2, 3]),
        ({"label": "d*,"}, None),
        ({"key": r"special\*\,\\", "label": r"a\*b"}, [5]),
        ({"key": "APP:color"}, []),
        ({"key": "\0"}, []),
    ],
)
async def test_filters_choose_by_key_and_label(
    caller: Caller, query: dict[str, str], indexes: list[int] | None
) -> None:
    await _fill(caller)
    if indexes is None:
        assert (await caller.get("/kv", **query)).status == 400
    else:
        assert await _listed(caller, **query) == [KEY_VALUES[index] for index in indexes]


async def test_a_bad_filter_is_told_with_its_place(caller: Caller) -> None:
    answer = await caller.get("/kv", key="ab*c")
    assert answer.status == 400
    assert answer.text == (
        '{"type":"https://azconfig.io/errors/invalid-argument",'
        '"title":"Invalid request parameter \'key\'","name":"key","detail":"key(2): Invalid character",'
        '"status":400}'
    )


async def test_a_bad_name_of_labels_is_told_as_the_service_does(caller: Caller) -> None:
    answer = await caller.get("/labels", name="test'@*$!%")
    assert (
        '"title":"Invalid request parameter \'label\'","name":"label","detail":"label(6): Invalid character"'
        in answer.text
    )
    assert (await caller.get("/keys", name="a,*")).body["detail"] == "key(2): Invalid character"


async def test_tags_must_all_hold(caller: Caller) -> None:
    await caller.put("/kv/a", {"tags": {"group": "app1", "env": "prod"}})
    await caller.put("/kv/b", {"tags": {"group": "app1", "env": ""}})
    await caller.put("/kv/c", {"tags": {"group": "app1", "env": None}})
    await caller.put("/kv/d", {"tags": {"a=b": "c,d"}})

    async def found(*tags: str) -> list[str]:
        return (await caller.get("/kv", tags=list(tags))).keys

    assert await found("group=app1") == ["a", "b", "c"]
    assert await found("group=app1", "env=prod") == ["a"]
    assert await found("env=") == ["b"]
    assert await found("env=\0") == ["c"]
    assert await found(r"a\=b=c\,d") == ["d"]
    assert await found("", " ") == ["a", "b", "c", "d"]
    assert await found("missing=\0") == []


@pytest.mark.parametrize("tags", ["noequals", "a=b=c", "=b", "\0=b", "a=b*", ["a=b"] * 6])
async def test_a_bad_tag_filter_is_refused(caller: Caller, tags: str | list[str]) -> None:
    answer = await caller.get("/kv", tags=tags)
    assert (answer.status, answer.body["name"]) == (400, "tags")


async def test_versions_that_do_not_know_tags_pass_over_them(caller: Caller) -> None:
    await caller.put("/kv/a", {"tags": {"x": "y"}})
    assert (await caller.speaking("2023-10-01").get("/kv", tags="nonsense")).keys == ["a"]


async def test_selected_fields_are_all_that_items_have(caller: Caller) -> None:
    await _fill(caller)
    items = (await caller.get("/kv", select="key,content_type", label="dev")).body["items"]
    assert items == [{"key": "app:color", "content_type": None}]


async def _two_hundred(service: KeyValues, now: int) -> None:
    for number in range(200):
        name = Name(f"sample_key_{number}", f"sample_label_{number}")
        await service.set("contoso-orders", name, Content(), now)


SAMPLES = {"key": "sample_key_*", "label": "sample_label_*"}


async def test_two_hundred_key_values_are_three_pages(caller: Caller, service: KeyValues, now: int) -> None:
    await _two_hundred(service, now)
    pages = await caller.pages("/kv", **SAMPLES)
    assert [len(page.keys) for page in pages] == [100, 100, 0]
    assert len({page.etag for page in pages}) == 3
    assert all(page.body["etag"] == page.etag.strip('"') for page in pages)
    keys = [key for page in pages for key in page.keys]
    assert keys == sorted(keys)
    assert len(set(keys)) == 200


async def test_the_link_repeats_the_query_and_is_in_header_and_body(
    caller: Caller, service: KeyValues, now: int
) -> None:
    await _two_hundred(service, now)
    answer = await caller.get("/kv", label="*", tags=[], select="key", after="")
    link = answer.body["@nextLink"]
    assert answer.headers["link"] == f'<{link}>; rel="next"'
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path) == ("", "", "/kv")
    query = parse_qsl(parts.query, keep_blank_values=True)
    assert query[:-1] == [("api-version", "2026-04-01"), ("label", "*"), ("$Select", "key")]
    name, token = query[-1]
    assert name == "after"
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)


async def test_a_change_alters_the_etags_of_its_page_and_those_behind(
    caller: Caller, service: KeyValues, now: int
) -> None:
    await _two_hundred(service, now)
    before = [page.etag for page in await caller.pages("/kv", **SAMPLES)]
    await caller.put("/kv/sample_key_201", label="sample_label_202")
    after = [page.etag for page in await caller.pages("/kv", **SAMPLES)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, False]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_an_unchanged_page_is_not_sent_but_links_to_the_next(
    caller: Caller, service: KeyValues, now: int, method: str
) -> None:
    await _two_hundred(service, now)
    page = await caller.get("/kv", **SAMPLES)
    answer = await caller.call(method, "/kv", headers={"If-None-Match": page.etag}, **SAMPLES)
    assert (answer.status, answer.text, answer.etag) == (304, "", page.etag)
    assert answer.headers["link"] == page.headers["link"]


async def test_the_last_page_not_modified_has_no_link(caller: Caller) -> None:
    await _fill(caller)
    page = await caller.get("/kv")
    answer = await caller.get("/kv", headers={"If-None-Match": page.etag})
    assert answer.status == 304
    assert "link" not in answer.headers


async def test_a_page_can_be_asked_for_in_one_state_only(caller: Caller) -> None:
    await _fill(caller)
    page = await caller.get("/kv")
    assert (await caller.get("/kv", headers={"If-Match": page.etag})).status == 200
    assert (await caller.get("/kv", headers={"If-Match": '"other"'})).status == 412


async def test_a_bare_tag_on_a_list_is_not_looked_at(caller: Caller) -> None:
    made = await caller.put("/kv/k", {"value": "1"})
    answer = await caller.get("/kv", headers={"If-Match": made.body["etag"]})
    assert (answer.status, answer.keys) == (200, ["k"])


async def test_the_first_version_has_no_page_etags_and_no_conditions(caller: Caller) -> None:
    await _fill(caller)
    answer = await caller.speaking("1.0").get("/kv", headers={"If-Match": '"other"'})
    assert answer.status == 200
    assert "etag" not in answer.headers
    assert "etag" not in answer.body
    assert "etag" not in (await caller.speaking("1.0").get("/revisions")).headers


async def test_an_empty_store_has_one_empty_page(caller: Caller) -> None:
    answer = await caller.get("/kv")
    assert answer.body == {"etag": answer.etag.strip('"'), "items": []}


async def test_lists_are_of_one_store(caller: Caller) -> None:
    await _fill(caller)
    other = caller.of(make_store("contoso-order"))
    assert (await other.get("/kv")).keys == []
    assert (await other.get("/revisions")).keys == []
    assert (await other.get("/keys")).names == []


@pytest.mark.parametrize("after", ["%", "abc", "bm9uc2Vuc2U", "WyJvbmUiXQ", "WzFd", "WyJhIiwgMV0"])
async def test_a_foreign_continuation_token_is_refused(caller: Caller, after: str) -> None:
    answer = await caller.get("/kv", after=after)
    assert (answer.status, answer.body["name"]) == (400, "after")


async def test_pages_go_on_within_a_filter_of_several_keys(
    caller: Caller, service: KeyValues, now: int
) -> None:
    for number in range(120):
        for key in ("one", "two", "three"):
            await service.set("contoso-orders", Name(key, f"l{number:03}"), Content(), now)
    pages = await caller.pages("/kv", key="two,one")
    found = [(item["key"], item["label"]) for page in pages for item in page.body["items"]]
    assert [len(page.keys) for page in pages] == [100, 100, 40]
    assert found == [(key, f"l{number:03}") for key in ("one", "two") for number in range(120)]


async def test_a_sparse_filter_finds_everything_however_far_apart(
    caller: Caller, service: KeyValues, now: int
) -> None:
    for number in range(700):
        label = "rare" if number % 300 == 0 else f"l{number}"
        await service.set("contoso-orders", Name(f"k{number:03}", label), Content(), now)
    assert (await caller.get("/kv", label="rare")).keys == ["k000", "k300", "k600"]


async def test_keys_are_listed_once_each(caller: Caller) -> None:
    await _fill(caller)
    answer = await caller.get("/keys")
    assert answer.headers["content-type"] == (
        "application/vnd.microsoft.appconfig.keyset+json; charset=utf-8"
    )
    assert answer.names == ["app:color", "app:size", "other", "special*,\\"]
    assert (await caller.get("/keys", name="app*")).names == ["app:color", "app:size"]
    assert (await caller.get("/keys", name="other,app:size")).names == ["app:size", "other"]


async def test_labels_are_listed_once_each_with_no_label_first(caller: Caller) -> None:
    await _fill(caller)
    answer = await caller.get("/labels")
    assert answer.headers["content-type"] == (
        "application/vnd.microsoft.appconfig.labelset+json; charset=utf-8"
    )
    assert answer.names == [None, "a*b", "dev", "prod"]
    assert (await caller.get("/labels", name="p*")).names == ["prod"]
    assert (await caller.get("/labels", name="\0,dev")).names == [None, "dev"]
    assert (await caller.get("/labels", select="name")).names == [None, "a*b", "dev", "prod"]
    assert (await caller.get("/labels", select="other", name="dev")).body["items"] == [{}]


async def test_keys_and_labels_come_in_pages_too(caller: Caller, service: KeyValues, now: int) -> None:
    for number in range(150):
        for label in (None, f"l{number:03}"):
            await service.set("contoso-orders", Name(f"k{number:03}", label), Content(), now)
    keys = await caller.pages("/keys")
    labels = await caller.pages("/labels")
    assert [name for page in keys for name in page.names] == [f"k{number:03}" for number in range(150)]
    assert [name for page in labels for name in page.names] == [
        None,
        *(f"l{number:03}" for number in range(150)),
    ]
    assert [len(page.names) for page in labels] == [100, 51]
    assert labels[0].headers["link"].endswith('; rel="next"')


async def test_a_list_that_reads_many_lets_other_requests_go_on(
    caller: Caller, service: KeyValues, now: int
) -> None:
    for number in range(150):
        await service.set("contoso-orders", Name(f"{number:03}"), Content("v"), now)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    assert await _listed(caller, label="none") == []
    beside.cancel()
    assert turns
