"""What is decided on is what is done: a caller who may reach one key-value reaches no other by any spelling.

Every request goes through the dispatcher. Beside the owner there are one caller who may do everything with a
single key-value, and one who may do nothing.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest
from app_configuration_caller import make_store
from app_configuration_site import ConfigurationSite

from keyless.model.resource_id import ResourceId
from keyless.model.resources import key_value_scope
from keyless.model.roles import RoleAssignment
from keyless.planes.appconfig.key_values.records import KEY_VALUES, REVISIONS
from keyless.store.collections import ASSIGNMENTS
from keyless.tokens.keys import SigningKey
from plane_site import OFFICER, Answer

KEPT = {
    ("mine", None): "1",
    ("mine", "prod"): "2",
    ("mine ", None): "3",
    ("mine/", None): "4",
    ("other", None): "5",
}
NOBODYS = "nobody"
ONES = "one"


@pytest.fixture
async def attacked(site: ConfigurationSite) -> ConfigurationSite:
    """A store with key-values of names that are alike, and someone who may do all with one of them."""
    for (key, label), value in KEPT.items():
        written = await site.ask("PUT", f"/kv/{key}", {"value": value}, query=_label(label))
        assert written.status == 200
    scope = key_value_scope(ResourceId.parse(site.configuration_store.resource_id), "mine", None)
    given = RoleAssignment("one", ONES, OFFICER, scope.text)
    async with site.store.transaction() as transaction:
        await transaction.put(ASSIGNMENTS, (given.id,), given)
    return site


def _label(label: str | None) -> str:
    return "" if label is None else f"label={quote(label, safe='')}"


async def _as(
    site: ConfigurationSite, principal: str, method: str, path: str, query: str = "", **headers: str
) -> Answer:
    """Ask as someone."""
    body = {"value": "stolen"} if method == "PUT" and path.startswith("/kv") else None
    given = {"authorization": f"Bearer {site.token_of(principal)}"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return await site.ask(method, path, body, query=query, headers=given)


async def _values(site: ConfigurationSite) -> dict[tuple[str, str | None], str | None]:
    found = await site.store.scan(KEY_VALUES, ())
    return {(record.key, record.label): record.value for _, record in found}


async def test_one_key_value_is_reached_by_who_may(attacked: ConfigurationSite) -> None:
    for query in ("", "label=", "label=%00", "Label=", "LABEL=%00"):
        answer = await _as(attacked, ONES, "GET", "/kv/mine", query)
        assert (answer.status, answer.body["value"]) == (200, "1"), query


async def test_a_role_at_a_key_value_does_not_look_at_case(attacked: ConfigurationSite) -> None:
    """As scopes never do, in Azure and here: roles do not tell apart keys that differ in case alone."""
    assert (await _as(attacked, ONES, "PUT", "/kv/Mine")).status == 200
    assert (await _as(attacked, ONES, "GET", "/kv/mine")).body["value"] == "1"


SPELLINGS = [
    ("/kv/mine", "label=prod"),
    ("/kv/mine", "label=prod&label="),
    ("/kv/mine", "label=prod&label=%00"),
    ("/kv/mine", "LABEL=prod"),
    ("/kv/mine", "l%61bel=prod"),
    ("/kv/mine", "label=%70rod"),
    ("/kv/mine ", ""),
    ("/KV/mine ", ""),
    ("/kv/mıne", ""),
    ("/kv/ｍine", ""),
    ("/kv/mine/", ""),
    ("/kv/other", ""),
    ("/kv/other", "key=mine"),
    ("/kv/other", "key=mine&label=%00"),
    ("/kv/mine/../other", ""),
    ("/kv/./other", ""),
    ("/kv//mine", ""),
    ("/kv/mine\x00", ""),
    ("/kv/mine%00", ""),
    ("/kv/mine", "label=%00%00"),
    ("/kv/mine", "label=%00prod"),
    ("/kv/mine$prod", ""),
    ("/kv/mine~00", ""),
]
"""Ways to ask for what is another's."""


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
@pytest.mark.parametrize(("path", "query"), SPELLINGS)
async def test_no_spelling_leads_to_another_key_value(
    attacked: ConfigurationSite, method: str, path: str, query: str
) -> None:
    answer = await _as(attacked, ONES, method, path, query)
    assert answer.status in {400, 403}, answer
    assert await _values(attacked) == KEPT
    for value in ("2", "3", "4", "5"):
        assert f'"{value}"'.encode() not in answer.raw


@pytest.mark.parametrize(("path", "query"), SPELLINGS)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_no_spelling_locks_another_key_value(
    attacked: ConfigurationSite, method: str, path: str, query: str
) -> None:
    answer = await _as(attacked, ONES, method, path.lower().replace("/kv", "/locks", 1), query)
    assert answer.status in {200, 400, 403}
    locked = [record.key for _, record in await attacked.store.scan(KEY_VALUES, ()) if record.locked]
    assert set(locked) <= {"mine"}
    assert answer.status != 200 or answer.body["label"] is None


@pytest.mark.parametrize(
    ("query", "reached"),
    [
        ("label=&label=prod", ("mine", None)),
        ("label=%00&label=prod", ("mine", None)),
        ("key=other", ("mine", None)),
        ("label=%00&LABEL=prod", ("mine", None)),
    ],
)
async def test_of_a_parameter_that_is_there_twice_the_first_is_decided_on_and_written(
    attacked: ConfigurationSite, query: str, reached: tuple[str, str | None]
) -> None:
    assert (await _as(attacked, ONES, "PUT", "/kv/mine", query)).status == 200
    assert await _values(attacked) == {**KEPT, reached: "stolen"}


@pytest.mark.parametrize("path", ["/kv", "/keys", "/labels", "/revisions", "/snapshots", "/KV", "/kv/"])
@pytest.mark.parametrize("query", ["", "key=mine&label=%00", "name=mine", "$select=key", "snapshot=s"])
async def test_who_may_read_one_key_value_lists_nothing(
    attacked: ConfigurationSite, path: str, query: str
) -> None:
    assert (await _as(attacked, ONES, "GET", path, query)).status == 403


async def test_a_page_that_is_remembered_is_not_told_to_strangers(attacked: ConfigurationSite) -> None:
    page = await attacked.ask("GET", "/kv")
    etag = page.headers["etag"]
    assert (await attacked.ask("GET", "/kv", headers={"if-none-match": etag})).status == 304
    answer = await _as(attacked, NOBODYS, "GET", "/kv", if_none_match=etag)
    assert (answer.status, "etag" in answer.headers) == (403, False)


async def test_a_stranger_learns_nothing_of_what_there_is(attacked: ConfigurationSite) -> None:
    for method in ("GET", "PUT", "DELETE"):
        there = await _as(attacked, NOBODYS, method, "/kv/other", if_match="*")
        absent = await _as(attacked, NOBODYS, method, "/kv/nowhere", if_match="*")
        assert (there.status, absent.status) == (403, 403)
    assert await _values(attacked) == KEPT


@pytest.mark.parametrize(
    "audience",
    [
        "https://other.azconfig.io",
        "https://vault.azure.net",
        "https://contoso.vault.azure.net",
        "https://management.azure.com/",
        "https://azconfig.io.example.org",
        "https://azconfig.io//",
        "HTTPS://AZCONFIG.IO",
        "azconfig.io",
    ],
)
async def test_a_token_for_something_else_is_refused(attacked: ConfigurationSite, audience: str) -> None:
    headers = {"authorization": f"Bearer {attacked.token_of(OFFICER, audience)}"}
    for method in ("GET", "DELETE"):
        answer = await attacked.ask(method, "/kv/mine", headers=headers)
        assert (answer.status, answer.raw) == (401, b"")
    assert await _values(attacked) == KEPT


@pytest.mark.parametrize("header", ["x-http-method", "x-http-request", "x-http-method-override"])
async def test_a_method_is_what_it_is(attacked: ConfigurationSite, header: str) -> None:
    for method in ("GET", "POST", "PUT"):
        await attacked.ask(
            method, "/kv/other", {"value": "5"} if method == "PUT" else None, headers={header: "DELETE"}
        )
    assert await _values(attacked) == KEPT


async def test_stores_do_not_see_each_other(attacked: ConfigurationSite, signing_key: SigningKey) -> None:
    other = ConfigurationSite(attacked.store, signing_key, attacked.now, make_store("contoso-orders-prod"))
    await other.fill()
    assert (await other.ask("GET", "/kv")).body["items"] == []
    await other.ask("PUT", "/kv/mine", {"value": "theirs"})
    listed = (await attacked.ask("GET", "/kv", query="key=mine&label=%00")).body["items"]
    assert [item["value"] for item in listed] == ["1"]
    unchanged = (await attacked.ask("GET", "/kv")).headers["etag"]
    assert (await other.ask("GET", "/kv", headers={"if-none-match": unchanged})).status == 200


async def test_a_deletion_takes_the_one_and_its_history_stays_with_it(attacked: ConfigurationSite) -> None:
    assert (await _as(attacked, ONES, "DELETE", "/kv/mine")).status == 200
    assert await _values(attacked) == {name: value for name, value in KEPT.items() if name != ("mine", None)}
    revisions = await attacked.store.scan(REVISIONS, ())
    assert len(revisions) == len(KEPT) + 1
