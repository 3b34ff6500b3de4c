"""Whatever is malformed gets the vault's own error, in its own form, and never a 500.

Every answer is held to the form of errors by the site; nothing that was refused is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from vault_site import VaultSite

SECRET = "/secrets/colour"
PROPERTY = "Property  has invalid value\r\n"
NAME = "The request URI contains an invalid name: "

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
    b"[" * 100_000,
    b'{"value":' * 100_000,
    b'{"tags":' + b'{"a":' * 5_000,
)
"""What is no JSON object with a value in it."""

WRONG_MEMBERS: tuple[dict[str, Any], ...] = (
    {},
    {"Value": "v"},
    {"value": None},
    {"value": 5},
    {"value": True},
    {"value": ["v"]},
    {"value": {"v": 1}},
    {"value": "v", "contentType": 5},
    {"value": "v", "contentType": "t" * 256},
    {"value": "v", "tags": []},
    {"value": "v", "tags": "a=b"},
    {"value": "v", "tags": {"a": 1}},
    {"value": "v", "tags": {"a": None}},
    {"value": "v", "tags": {"a": {"b": "c"}}},
    {"value": "v", "tags": {str(number): "" for number in range(16)}},
    {"value": "v", "tags": {"a" * 513: ""}},
    {"value": "v", "tags": {"a": "b" * 513}},
    {"value": "v", "attributes": []},
    {"value": "v", "attributes": "enabled"},
    {"value": "v", "attributes": {"enabled": "true"}},
    {"value": "v", "attributes": {"enabled": 1}},
    {"value": "v", "attributes": {"exp": "1800000000"}},
    {"value": "v", "attributes": {"exp": "2027-01-15T08:00:00Z"}},
    {"value": "v", "attributes": {"exp": 1.5}},
    {"value": "v", "attributes": {"exp": True}},
    {"value": "v", "attributes": {"exp": 10**12}},
    {"value": "v", "attributes": {"exp": 10**30}},
    {"value": "v", "attributes": {"nbf": -(10**12)}},
    {"value": "v", "attributes": {"nbf": {}}},
    {"value": "x" * 25_601},
)

BAD_NAMES: tuple[str, ...] = (
    "a_b",
    "a.b",
    "a b",
    " a",
    "a\t",
    "a\n",
    "a\x00",
    "\x7f",
    "é",
    "ａ",
    "a%2Fb",
    "%41",
    "a;b",
    "a:b",
    "a'b",
    'a"b',
    "a<b>",
    "a*",
    "..",
    ".",
    "a" * 128,
    "a" * 5_000,
    "٣",
    "\U0001f600",
)
"""Names as they are after the path has been percent-decoded."""


VERSIONS = ("0" * 32, "0" * 31, "x", "Z" * 32, "..", "é", "a" * 3_000, "0" * 32 + "\n")
SIZES = ("0", "26", "-1", "x", "", "1.5", "1e1", "٣", "9" * 20, "%00")
TOKENS = ("", "x", "AAAA", "e30", "W10", "%00", "ey" * 2_000, "WyIvc2VjcmV0cyIsICIuLi8iXQ")
BACKUPS = ("", "%%%", "Zm9v+/==", "a", "Zm9v", "Zm9v=", "é", "AA" * 40_000, "\x00")
SAME_SECRET = ("/secrets/colour/", "//secrets/colour", "/secrets//colour//", "/Secrets/COLOUR")
MEDIA_TYPES = ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "?")


def numbered(given: Sequence[object]) -> list[str]:
    """Ids for parameters that no id can be made of."""
    return [str(number) for number in range(len(given))]


def refused(answer: Any, beginning: str) -> None:
    """A bad parameter, with the service's sentence, and not the whole of what was sent."""
    assert (answer.status, answer.code) == (400, "BadParameter")
    assert answer.message.startswith(beginning)
    assert len(answer.message) < 400


@pytest.mark.parametrize("body", NO_BODIES, ids=numbered(NO_BODIES))
async def test_a_body_that_is_none_is_a_property_with_an_invalid_value(site: VaultSite, body: bytes) -> None:
    for method, path in (("PUT", SECRET), ("POST", "/secrets/restore")):
        refused(await site.ask(method, path, body), PROPERTY)
    assert (await site.ask("GET", "/secrets")).body["value"] == []


@pytest.mark.parametrize("body", WRONG_MEMBERS, ids=numbered(WRONG_MEMBERS))
async def test_a_member_of_the_wrong_kind_is_refused_with_its_place(
    site: VaultSite, body: dict[str, Any]
) -> None:
    refused(await site.ask("PUT", SECRET, body), PROPERTY)
    assert (await site.ask("GET", "/secrets")).body["value"] == []
    if len(body) > 1:
        await site.ask("PUT", SECRET, {"value": "v"})
        del (changes := dict(body))["value"]
        refused(await site.ask("PATCH", SECRET, changes), PROPERTY)


@pytest.mark.parametrize(
    "value",
    ["", "%%%", "Zm9v+/==", "a", "Zm9v", "Zm9v=", "é", "AA" * 40_000, "\x00"],
    ids=lambda value: value[:8],
)
async def test_a_backup_that_is_none_is_refused(site: VaultSite, value: str) -> None:
    answer = await site.ask("POST", "/secrets/restore", {"value": value})
    assert (answer.status, answer.code) == (400, "BadParameter")


async def test_what_is_unknown_in_a_body_is_ignored(site: VaultSite) -> None:
    body = {"value": "v", "colour": 1, "id": "x", "managed": True, "attributes": {"created": 1, "x": []}}
    assert (await site.ask("PUT", SECRET, body)).status == 200
    found = await site.ask("GET", SECRET)
    assert (found.body["value"], found.body["attributes"]["created"]) == ("v", site.now)
    assert "managed" not in found.body


async def test_null_stands_for_what_may_be_left_out(site: VaultSite) -> None:
    body = {"value": "v", "contentType": None, "tags": None, "attributes": {"enabled": None, "exp": None}}
    assert (await site.ask("PUT", SECRET, body)).status == 200
    assert (await site.ask("PATCH", SECRET, {"tags": None, "attributes": None})).status == 200


async def test_a_secret_may_expire_before_it_begins(site: VaultSite) -> None:
    """Both times inform, and a client makes negative numbers of times after January 2038."""
    body = {"value": "v", "attributes": {"nbf": 1_800_000_000, "exp": -1_800_000_000}}
    assert (await site.ask("PUT", SECRET, body)).status == 200


@pytest.mark.parametrize("name", BAD_NAMES, ids=numbered(BAD_NAMES))
async def test_a_name_that_no_object_can_have_is_refused(site: VaultSite, name: str) -> None:
    for method, path, body in (
        ("GET", f"/secrets/{name}", None),
        ("PUT", f"/secrets/{name}", {"value": "v"}),
        ("PATCH", f"/secrets/{name}", {}),
        ("DELETE", f"/secrets/{name}", None),
        ("GET", f"/secrets/{name}/versions", None),
        ("POST", f"/secrets/{name}/backup", None),
        ("GET", f"/deletedsecrets/{name}", None),
        ("POST", f"/deletedsecrets/{name}/recover", None),
        ("DELETE", f"/deletedsecrets/{name}", None),
    ):
        refused(await site.ask(method, path, body), NAME)


@pytest.mark.parametrize(
    "version", ["0" * 32, "0" * 31, "x", "Z" * 32, "..", "é", "a" * 3_000, "0" * 32 + "\n"]
)
async def test_a_version_that_there_is_not_is_not_found(site: VaultSite, version: str) -> None:
    await site.ask("PUT", SECRET, {"value": "v"})
    for method, body in (("GET", None), ("PATCH", {})):
        answer = await site.ask(method, f"{SECRET}/{version}", body)
        assert (answer.status, answer.code) == (404, "SecretNotFound")


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/secrets", ""),
        ("PUT", "/secrets", ""),
        ("DELETE", "/secrets/", ""),
        ("HEAD", SECRET, ""),
        ("POST", SECRET, ""),
        ("OPTIONS", SECRET, ""),
        ("TRACE", SECRET, ""),
        ("BREW", SECRET, ""),
        ("PUT", f"{SECRET}/{'0' * 32}", "0" * 32),
        ("DELETE", f"{SECRET}/{'0' * 32}", "0" * 32),
        ("GET", f"{SECRET}/{'0' * 32}/backup", "backup"),
        ("POST", f"{SECRET}/erase", "erase"),
        ("PUT", "/deletedsecrets/colour", ""),
        ("GET", "/deletedsecrets/colour/recover/now", "now"),
        ("POST", "/SECRETS/colour/Erase", "Erase"),
    ],
)
async def test_an_operation_that_there_is_not_is_a_bad_parameter(
    site: VaultSite, method: str, path: str, operation: str
) -> None:
    answer = await site.ask(method, path)
    assert answer.status == 400
    if method == "HEAD":
        assert answer.raw == b""
    else:
        refused(answer, f"Method {method} does not allow operation '{operation}'\r\n")


@pytest.mark.parametrize("path", ["/", "", "/colour", "/secret/colour", "/storage", "/..", "/%2e%2e/secrets"])
async def test_a_path_of_nothing_in_a_vault_is_not_found(site: VaultSite, path: str) -> None:
    answer = await site.ask("GET", path)
    assert (answer.status, answer.code) == (404, "NotFound")


@pytest.mark.parametrize(
    "path", ["/secrets/colour/", "//secrets/colour", "/secrets//colour//", "/Secrets/COLOUR"]
)
async def test_slashes_too_many_and_letters_of_another_case_lead_to_the_secret(
    site: VaultSite, path: str
) -> None:
    """The clients of old send two slashes first, and those of today one last."""
    await site.ask("PUT", SECRET, {"value": "v"})
    assert (await site.ask("GET", path)).body["value"] == "v"


@pytest.mark.parametrize(
    "asked", ["0", "26", "-1", "x", "", "1.5", "1e1", "٣", "99999999999999999999", "%00"]
)
async def test_a_page_of_a_size_that_there_is_not_is_refused(site: VaultSite, asked: str) -> None:
    for path in ("/secrets", f"{SECRET}/versions", "/deletedsecrets"):
        answer = await site.ask("GET", path, query=f"maxresults={asked}")
        assert (answer.status, answer.code) == (400, "BadParameter")


@pytest.mark.parametrize(
    "token", ["", "x", "AAAA", "e30", "W10", "%00", "ey" * 2_000, "WyIvc2VjcmV0cyIsICIuLi8iXQ"]
)
async def test_a_place_in_a_list_that_nobody_was_given_is_refused(site: VaultSite, token: str) -> None:
    for path in ("/secrets", f"{SECRET}/versions", "/deletedsecrets"):
        answer = await site.ask("GET", path, query=f"$skiptoken={token}")
        assert (answer.status, answer.code) == (400, "BadParameter")


async def test_too_many_parameters_are_a_bad_parameter(site: VaultSite) -> None:
    answer = await site.ask("GET", "/secrets", query="&".join(["x=1"] * 101))
    assert (answer.status, answer.code) == (400, "BadParameter")


async def test_a_body_that_is_too_large_is_refused(site: VaultSite) -> None:
    answer = await site.ask("PUT", SECRET, b" " * (24 * 1024 * 1024 + 1))
    assert (answer.status, answer.code) == (413, "RequestEntityTooLarge")


async def test_a_body_where_none_is_wanted_is_not_looked_at(site: VaultSite) -> None:
    await site.ask("PUT", SECRET, {"value": "v"})
    assert (await site.ask("GET", SECRET, b"{")).status == 200
    assert (await site.ask("POST", f"{SECRET}/backup", b"{")).status == 200
    assert (await site.ask("DELETE", SECRET, b"{")).status == 200


async def test_the_media_type_of_a_body_does_not_matter(site: VaultSite) -> None:
    for media_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "?",
    ):
        answer = await site.ask("PUT", SECRET, {"value": media_type}, headers={"content-type": media_type})
        assert answer.status == 200


@pytest.mark.parametrize("header", ["x-http-method", "x-http-request"])
@pytest.mark.parametrize("method", ["PATCH", "patch"])
async def test_a_post_may_stand_for_another_method(site: VaultSite, header: str, method: str) -> None:
    await site.ask("PUT", SECRET, {"value": "v"})
    answer = await site.ask("POST", SECRET, {"tags": {"a": "b"}}, headers={header: method})
    assert (answer.status, answer.body["tags"]) == (200, {"a": "b"})
