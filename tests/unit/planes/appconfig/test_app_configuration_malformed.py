"""Whatever is malformed is told so as a problem, in the plane's own form, and never with a 500.

Every answer is held to the form of problems by the site. Nothing that was refused is written, and no value
that was sent comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import pytest
from app_configuration_site import ConfigurationSite

from keyless.planes.appconfig.key_values.records import KEY_VALUES, REVISIONS
from keyless.tokens.keys import SigningKey
from plane_site import Answer
from plane_site_shared import SharedSite, shared_site

COLOUR = "/kv/colour"
CANARY = "hunter2-in-a-value"
JSON = "application/json"

NO_BODIES: tuple[bytes, ...] = (
    b"",
    b" ",
    b"{",
    b"}",
    b"[]",
    b"null",
    b'"v"',
    b"5",
    b"true",
    b"{}{}",
    b"value=v",
    b"{'value': 'v'}",
    b"{value: 'v'}",
    b'{"value": "v",}',
    b'{"value": "v"} // why',
    b'{"value": "\xff"}',
    b'{"value": "v\n"}',
    b'{"value": "\\ud800"}',
    b'{"value": "\\x41"}',
    b"\xef\xbb\xbf",
    b"\xff\xfe{\x00}\x00",
    b"\x00",
    b"[" * 9_000,
    b'{"value":' * 1_000,
    b'{"tags":' + b'{"a":' * 1_500,
    b'{"tags":{"a":"' + CANARY.encode() + b'"',
)
"""What is no JSON object."""

WRONG_MEMBERS: tuple[dict[str, Any], ...] = (
    {"value": 5},
    {"value": True},
    {"value": ["v"]},
    {"value": {"v": 1}},
    {"content_type": 5},
    {"content_type": ["text/plain"]},
    {"content_type": "text/\nplain"},
    {"content_type": "text/plain\x00"},
    {"content_type": "\x9f"},
    {"description": 5},
    {"tags": []},
    {"tags": "a=b"},
    {"tags": 5},
    {"tags": {"a": 1}},
    {"tags": {"a": True}},
    {"tags": {"a": {"b": "c"}}},
    {"tags": {"a": ["b"]}},
    {"tags": {"": "b"}},
    {"tags": {"  ": "b"}},
    {"tags": {"a\n": "b"}},
    {"tags": {"a": "b\x00"}},
    {"tags": {"a" * 257: "b"}},
    {"tags": {"a": "b" * 257}},
    {"tags": {"\U0001f511" * 129: "b"}},
)

TOO_LARGE: tuple[dict[str, Any], ...] = (
    {"value": "x" * 10_241},
    {"value": "é" * 5_121},
    {"content_type": "t" * 10_241},
    {"description": "d" * 10_241},
    {"tags": {f"{number:0200d}": "x" * 200 for number in range(30)}},
    {"value": "x" * 1_000_000},
)

BAD_MEDIA_TYPES: tuple[str, ...] = (
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/jsonp",
    "json",
    "application/",
    "application/json; charset=utf-16",
    "application/json; charset=iso-8859-1",
    "application/octet-stream",
    "text/json, application/json",
)

BAD_KEYS: tuple[str, ...] = (".", "..", "a%b", "%", "100%25", "a\x00", "a\nb", "\x7f", "\x85", "k" * 257)
NEVER_KEYS = BAD_KEYS[:-1]
"""What no key-value can be looked for by either."""

BAD_LABELS: tuple[str, ...] = ("a\x00", "\x00\x00", "a\nb", "\x1f", "\x7f", "l" * 257)
NEVER_LABELS = BAD_LABELS[:-1]

BAD_FILTERS: tuple[str, ...] = (
    "*a",
    "a*b",
    "a**",
    "**",
    "*,a",
    "a,*",
    "a,b*",
    "a*,b*",
    "a,b,c,d,e,f",
    ",,,,,",
    "a\\",
    "\\",
    "a\\\\\\",
    "a,b\\",
    "\\*a*b",
)

BAD_TAGS: tuple[str, ...] = (
    "a",
    "=",
    "=b",
    " =b",
    "\x00=b",
    "a=b=c",
    "a=b*",
    "a*=b",
    "a=b,c",
    "a,b=c",
    "a\\=b",
    "a=b\\",
    "==",
)

BAD_MOMENTS: tuple[str, ...] = (
    "yesterday",
    "2026",
    "12:00",
    "2026-13-01",
    "2026-01-01T25:00:00Z",
    "Sat, 32 May 2018 02:10:00 GMT",
    "1e400",
    "0000-00-00",
    "9" * 400,
    "",
    "0001-01-01T00:00:00+14:00",
    "Fri, 31 Dec 9999 23:59:59 -1400",
)

BAD_PLACES: tuple[str, ...] = (
    "x",
    "!",
    "=",
    "W10",  # []
    "bnVsbA",  # null
    "WzFd",  # [1]
    "WyJhIiwiYiIsImMiLCJkIl0",  # ["a","b","c","d"]
    "eyJhIjogImIifQ",  # {"a": "b"}
    "%FF",
    "A" * 5_000,
)

NOT_TAKEN: tuple[tuple[str, str], ...] = (
    ("POST", COLOUR),
    ("PATCH", COLOUR),
    ("PUT", "/kv"),
    ("POST", "/kv"),
    ("DELETE", "/kv"),
    ("PUT", "/keys"),
    ("POST", "/labels"),
    ("DELETE", "/revisions"),
    ("GET", "/locks/colour"),
    ("POST", "/locks/colour"),
)

NOWHERE: tuple[tuple[str, str], ...] = (
    ("GET", "/"),
    ("GET", ""),
    ("PUT", "/kv/"),
    ("GET", "/kvs"),
    ("GET", "/keys/colour"),
    ("GET", "/locks"),
    ("PUT", "/locks/"),
    ("GET", "/secrets/colour"),
    ("GET", "/\x00"),
    ("BREW", COLOUR),
    ("get", COLOUR),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, signing_key: SigningKey) -> Iterator[SharedSite]:
    """A store with one key-value, which holds what must not be shown by mistake."""
    file = tmp_path_factory.mktemp("malformed") / "store.db"
    with shared_site(file, lambda store: ConfigurationSite(store, signing_key, 1_800_000_000)) as made:
        assert made.ask("PUT", COLOUR, {"value": CANARY}).status == 200
        yield made


def refused(site: SharedSite, statuses: Iterable[int], *asked: Any, **options: Any) -> Answer:
    """What a malformed request is told: it is refused, and nothing of it stays or comes back."""
    before = site.kept(KEY_VALUES, REVISIONS)
    answer = site.ask(*asked, **options)
    assert answer.status in set(statuses), (asked, options, answer)
    assert site.kept(KEY_VALUES, REVISIONS) == before
    assert CANARY.encode() not in answer.raw
    return answer


def query(**parameters: str) -> str:
    """A query, encoded; names are given with underscores for dollar signs."""
    return "&".join(f"{name.replace('_', '$')}={quote(text, safe='')}" for name, text in parameters.items())


@pytest.mark.parametrize("body", NO_BODIES, ids=repr)
def test_a_body_that_is_no_object_is_refused(filled: SharedSite, body: bytes) -> None:
    answer = refused(filled, [400], "PUT", COLOUR, body, headers={"content-type": JSON})
    assert answer.body["title"] == "Invalid request parameter 'body'"


@pytest.mark.parametrize("members", WRONG_MEMBERS, ids=lambda members: repr(members)[:60])
def test_a_member_of_a_wrong_kind_is_refused(filled: SharedSite, members: dict[str, Any]) -> None:
    answer = refused(filled, [400], "PUT", COLOUR, {"value": CANARY, **members})
    assert answer.body["type"] == "https://azconfig.io/errors/invalid-argument"


@pytest.mark.parametrize("members", TOO_LARGE, ids=lambda members: repr(members)[:40])
def test_what_is_too_large_is_refused(filled: SharedSite, members: dict[str, Any]) -> None:
    refused(filled, [413], "PUT", COLOUR, {"value": CANARY, **members})


@pytest.mark.parametrize("media_type", BAD_MEDIA_TYPES)
def test_a_body_that_does_not_say_that_it_is_json_is_refused(filled: SharedSite, media_type: str) -> None:
    headers = {"content-type": media_type}
    refused(filled, [415], "PUT", COLOUR, {"value": CANARY + "2"}, headers=headers)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "Application/JSON; Charset=UTF-8",
        'application/json;charset="utf-8"',
        "text/json",
        "application/vnd.microsoft.appconfig.kv+json",
        "application/vnd.microsoft.appconfig.kv+json; charset=utf-8",
        "application/json; profile=x; charset=utf8",
        "application/problem+json",
    ],
)
def test_json_by_any_of_its_names_is_read(filled: SharedSite, media_type: str) -> None:
    headers = {"content-type": media_type}
    assert filled.ask("PUT", COLOUR, {"value": CANARY}, headers=headers).status == 200


@pytest.mark.parametrize("key", BAD_KEYS, ids=repr)
def test_nothing_is_written_under_what_is_no_key(filled: SharedSite, key: str) -> None:
    answer = refused(filled, [400], "PUT", f"/kv/{key}", {"value": CANARY})
    assert answer.body["name"] == "key"


@pytest.mark.parametrize("key", NEVER_KEYS, ids=repr)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "kv"), ("HEAD", "kv"), ("DELETE", "kv"), ("PUT", "locks")]
)
def test_nothing_is_looked_for_under_what_is_no_key(
    filled: SharedSite, method: str, path: str, key: str
) -> None:
    refused(filled, [400], method, f"/{path}/{key}")


@pytest.mark.parametrize("label", BAD_LABELS, ids=repr)
def test_nothing_is_written_under_what_is_no_label(filled: SharedSite, label: str) -> None:
    answer = refused(filled, [400], "PUT", COLOUR, {"value": CANARY}, query=query(label=label))
    assert answer.body["name"] == "label"


@pytest.mark.parametrize("label", NEVER_LABELS, ids=repr)
@pytest.mark.parametrize(("method", "path"), [("GET", "kv"), ("DELETE", "kv"), ("DELETE", "locks")])
def test_nothing_is_looked_for_under_what_is_no_label(
    filled: SharedSite, method: str, path: str, label: str
) -> None:
    refused(filled, [400], method, f"/{path}/colour", query=query(label=label))


@pytest.mark.parametrize("text", BAD_FILTERS, ids=repr)
@pytest.mark.parametrize(
    ("path", "parameter", "told"),
    [
        ("/kv", "key", "key"),
        ("/kv", "label", "label"),
        ("/revisions", "key", "key"),
        ("/revisions", "label", "label"),
        ("/keys", "name", "key"),
        ("/labels", "name", "label"),
    ],
)
def test_what_is_no_filter_is_told_with_its_place(
    filled: SharedSite, path: str, parameter: str, told: str, text: str
) -> None:
    answer = refused(filled, [400], "GET", path, query=query(**{parameter: text}))
    assert answer.body["name"] == told
    assert answer.body["detail"].startswith(f"{told}(")


@pytest.mark.parametrize("text", BAD_TAGS, ids=repr)
@pytest.mark.parametrize("path", ["/kv", "/revisions", COLOUR])
def test_what_is_no_filter_of_tags_is_told(filled: SharedSite, path: str, text: str) -> None:
    answer = refused(filled, [400], "GET", path, query=query(tags=text))
    assert answer.body["name"] == "tags"


@pytest.mark.parametrize("path", ["/kv", "/revisions", COLOUR])
def test_more_than_five_tags_are_too_many(filled: SharedSite, path: str) -> None:
    many = "&".join(query(tags=f"t{number}=x") for number in range(6))
    answer = refused(filled, [400], "GET", path, query=many)
    assert answer.body["name"] == "tags"


@pytest.mark.parametrize("moment", BAD_MOMENTS, ids=lambda text: repr(text)[:40])
@pytest.mark.parametrize("path", ["/kv", "/keys", "/labels", "/revisions", COLOUR])
def test_what_is_no_time_is_told(filled: SharedSite, path: str, moment: str) -> None:
    answer = refused(filled, [400], "GET", path, headers={"accept-datetime": moment})
    assert answer.body["name"] == "Accept-Datetime"


@pytest.mark.parametrize("place", BAD_PLACES, ids=lambda text: repr(text)[:40])
@pytest.mark.parametrize("path", ["/kv", "/keys", "/labels", "/revisions"])
def test_a_place_that_was_not_given_out_is_refused(filled: SharedSite, path: str, place: str) -> None:
    answer = refused(filled, [400], "GET", path, query=f"after={place}")
    assert answer.body["name"] == "after"


@pytest.mark.parametrize(("method", "path"), NOT_TAKEN)
def test_a_method_that_a_path_does_not_take_is_told_which_it_takes(
    filled: SharedSite, method: str, path: str
) -> None:
    answer = refused(filled, [405], method, path, {"value": CANARY + "2"})
    assert method not in answer.headers["allow"].split(", ")


@pytest.mark.parametrize(("method", "path"), NOWHERE)
def test_a_path_that_leads_nowhere_is_not_found(filled: SharedSite, method: str, path: str) -> None:
    refused(filled, [404, 405], method, path, None if method == "GET" else {"value": CANARY + "2"})


@pytest.mark.parametrize(
    "text",
    [
        "&".join(f"p{number}=x" for number in range(101)),
        "api-version=1.0",
        "api-version=",
        "API-Version=2023-11-01",
        "api%2Dversion=2024-09-01",
    ],
    ids=lambda text: str(text)[:30],
)
def test_a_query_that_cannot_be_read_in_one_way_is_refused(filled: SharedSite, text: str) -> None:
    for method, body in (("GET", None), ("PUT", {"value": "other"}), ("DELETE", None)):
        refused(filled, [400], method, COLOUR, body, query=text)


def test_several_versions_are_ambiguous_and_the_same_one_twice_is_not(
    filled: SharedSite,
) -> None:
    answer = filled.ask("GET", "/kv", query="api-version=1.0")
    assert answer.body["title"] == "Ambiguous API version"
    assert filled.ask("GET", "/kv", query="api-version=2026-04-01").status == 200


ODD_BUT_READ: Sequence[tuple[str, str, dict[str, str]]] = (
    ("/kv", "key=colour&key=other", {}),
    ("/kv/", "", {}),
    ("/kv", "unknown=x&=y&&", {}),
    ("/kv", "$select=nothing", {}),
    ("/kv", "$select=,,", {}),
    ("/kv", "$select=VALUE,%20key", {}),
    ("/kv", "tags=&tags=%20", {}),
    ("/kv", "label=%FF", {}),
    ("/kv", "key=" + "k" * 5_000, {}),
    ("/kv", "", {"if-none-match": "x"}),
    ("/kv", "", {"if-none-match": '"a", W/"b", "'}),
    ("/kv", "", {"sync-token": "nonsense"}),
    ("/kv", "", {"sync-token": "a=b;sn=1,c=d;sn=x,,;"}),
    ("/kv", "", {"range": "bytes=0-1"}),
    ("/kv", "", {"accept": "image/png"}),
    ("/kv", "", {"accept-datetime": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    ("/keys", "name=%00", {}),
    ("/labels", "$select=", {}),
    ("/revisions", "", {"x-ms-client-request-id": "é" * 500}),
)


@pytest.mark.parametrize(("path", "asked", "headers"), ODD_BUT_READ)
def test_what_is_odd_and_not_wrong_is_answered(
    filled: SharedSite, path: str, asked: str, headers: dict[str, str]
) -> None:
    assert filled.ask("GET", path, query=asked, headers=headers).status == 200
