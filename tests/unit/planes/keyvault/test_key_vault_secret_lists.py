"""Lists of secrets, versions and deleted secrets, page by page."""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

import pytest
from key_vault_caller import Caller

NAMES = [f"secret-{n:02}" for n in range(30)]


async def all_pages(caller: Caller, path: str, query: str = "") -> list[list[dict[str, object]]]:
    """Follow a list's links to its end."""
    pages = []
    link: str | None = f"{path}?{query}"
    while link is not None:
        _, _, query = link.partition("?")
        answer = await caller.call("GET", path, query=query.replace("api-version=7.4&", ""))
        assert answer.status == 200
        pages.append(answer.body["value"])
        link = answer.body["nextLink"]
    return pages


async def write_many(caller: Caller) -> None:
    for name in reversed(NAMES):
        await caller.call("PUT", f"/secrets/{name}", {"value": name, "tags": {"n": name}})


async def test_secrets_are_listed_by_name_without_version_and_value(caller: Caller) -> None:
    await write_many(caller)
    pages = await all_pages(caller, "/secrets")
    assert [len(page) for page in pages] == [25, 5]
    items = [item for page in pages for item in page]
    assert [item["id"] for item in items] == [
        f"https://contoso-orders.vault.azure.net/secrets/{name}" for name in NAMES
    ]
    assert all("value" not in item and item["tags"] for item in items)


async def test_a_page_has_as_many_items_as_were_asked_for(caller: Caller) -> None:
    await write_many(caller)
    pages = await all_pages(caller, "/secrets", "maxresults=7")
    assert [len(page) for page in pages] == [7, 7, 7, 7, 2]


async def test_a_full_last_page_has_no_link(caller: Caller) -> None:
    await write_many(caller)
    assert [len(page) for page in await all_pages(caller, "/secrets", "maxresults=15")] == [15, 15]


async def test_an_empty_list_is_one_page_with_a_null_link(caller: Caller) -> None:
    for path in ("/secrets", "/deletedsecrets", "/secrets/db-password/versions"):
        assert (await caller.call("GET", path)).body == {"value": [], "nextLink": None}


async def test_a_link_is_absolute_and_carries_what_was_asked(caller: Caller) -> None:
    await write_many(caller)
    answer = await caller.call("GET", "/secrets", query="maxresults=3", api_version="7.6")
    link = urlsplit(answer.body["nextLink"])
    assert (link.scheme, link.netloc, link.path) == (
        "https",
        "contoso-orders.vault.azure.net:443",
        "/secrets",
    )
    assert link.query.startswith("api-version=7.6&$skiptoken=")
    assert link.query.endswith("&maxresults=3")


async def test_what_is_written_while_paging_neither_repeats_nor_hides_the_rest(caller: Caller) -> None:
    await write_many(caller)
    first = await caller.call("GET", "/secrets", query="maxresults=10")
    await caller.call("PUT", "/secrets/aaa", {"value": "v"})
    await caller.call("DELETE", "/secrets/secret-09")
    query = urlsplit(first.body["nextLink"]).query.replace("api-version=7.4&", "")
    second = await caller.call("GET", "/secrets", query=query)
    assert second.body["value"][0]["id"].endswith("/secret-10")


@pytest.mark.parametrize("asked", ["0", "26", "-1", "ten", "", "1.5", "²", "99999999999"])
async def test_a_page_size_out_of_range_is_refused(caller: Caller, asked: str) -> None:
    answer = await caller.call("GET", "/secrets", query=f"maxresults={asked}")
    assert answer.codes == (400, "BadParameter", None)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "!",
        "e30",
        base64.urlsafe_b64encode(b'["/deletedsecrets","secret-01"]').decode(),
        base64.urlsafe_b64encode(b'["/secrets","Secret_01"]').decode(),
        base64.urlsafe_b64encode(b'["/secrets","a","b"]').decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        "é",
    ],
)
async def test_a_skip_token_that_was_not_given_out_for_the_list_is_refused(
    caller: Caller, token: str
) -> None:
    await write_many(caller)
    answer = await caller.call("GET", "/secrets", query=f"$skiptoken={token}")
    assert answer.codes == (400, "BadParameter", None)


async def test_versions_are_listed_with_their_ids_in_the_order_of_the_ids(caller: Caller) -> None:
    written = [await caller.call("PUT", "/secrets/many", {"value": str(n)}) for n in range(28)]
    await caller.call("PUT", "/secrets/many-more", {"value": "v"})
    pages = await all_pages(caller, "/secrets/many/versions")
    assert [len(page) for page in pages] == [25, 3]
    ids = [item["id"] for page in pages for item in page]
    assert ids == sorted(answer.body["id"] for answer in written)
    assert all("value" not in item for page in pages for item in page)


async def test_the_versions_of_a_deleted_secret_are_not_listed(caller: Caller) -> None:
    await caller.call("PUT", "/secrets/many", {"value": "v"})
    await caller.call("DELETE", "/secrets/many")
    assert (await caller.call("GET", "/secrets/many/versions")).body["value"] == []


async def test_deleted_secrets_are_listed_by_name_without_version(caller: Caller, now: int) -> None:
    await write_many(caller)
    for name in NAMES:
        await caller.call("DELETE", f"/secrets/{name}")
    pages = await all_pages(caller, "/deletedsecrets")
    assert [len(page) for page in pages] == [25, 5]
    assert pages[0][0] == pages[0][0] | {
        "id": "https://contoso-orders.vault.azure.net/secrets/secret-00",
        "recoveryId": "https://contoso-orders.vault.azure.net/deletedsecrets/secret-00",
        "deletedDate": now,
        "scheduledPurgeDate": now + 90 * 86_400,
    }
    assert await all_pages(caller, "/secrets") == [[]]
