"""Conditional requests: 412 on writes, 304 and 412 on reads."""

from __future__ import annotations

import pytest
from app_configuration_caller import Caller


async def test_adding_fails_where_there_is_something(caller: Caller) -> None:
    condition = {"If-None-Match": "*"}
    assert (await caller.put("/kv/k", {"value": "1"}, headers=condition)).status == 200
    answer = await caller.put("/kv/k", {"value": "2"}, headers=condition)
    assert (answer.status, answer.body["type"]) == (412, "about:blank")
    assert (await caller.get("/kv/k")).body["value"] == "1"


async def test_a_write_on_an_etag_goes_through_once(caller: Caller) -> None:
    etag = (await caller.put("/kv/k", {"value": "1"})).etag
    assert (await caller.put("/kv/k", {"value": "2"}, headers={"If-Match": etag})).status == 200
    assert (await caller.put("/kv/k", {"value": "3"}, headers={"If-Match": etag})).status == 412
    assert (await caller.get("/kv/k")).body["value"] == "2"


async def test_if_match_fails_where_there_is_nothing(caller: Caller) -> None:
    for tag in ("*", '"*"', '"abc"'):
        assert (await caller.put("/kv/k", {"value": "1"}, headers={"If-Match": tag})).status == 412
        assert (await caller.delete("/kv/k", headers={"If-Match": tag})).status == 412
        assert (await caller.put("/locks/k", headers={"If-Match": tag})).status == 412


async def test_if_none_match_with_another_etag_lets_a_write_through(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1"})
    assert (await caller.put("/kv/k", {"value": "2"}, headers={"If-None-Match": '"other"'})).status == 200


async def test_deleting_on_an_old_etag_fails(caller: Caller) -> None:
    old = (await caller.put("/kv/k", {"value": "1"})).etag
    new = (await caller.put("/kv/k", {"value": "2"})).etag
    assert (await caller.delete("/kv/k", headers={"If-Match": old})).status == 412
    assert (await caller.delete("/kv/k", headers={"If-None-Match": new})).status == 412
    assert (await caller.delete("/kv/k", headers={"If-Match": new})).status == 200


async def test_locking_on_an_old_etag_fails(caller: Caller) -> None:
    old = (await caller.put("/kv/k", {"value": "1"})).etag
    new = (await caller.put("/kv/k", {"value": "2"})).etag
    assert (await caller.put("/locks/k", headers={"If-Match": old})).status == 412
    assert (await caller.put("/locks/k", headers={"If-None-Match": new})).status == 412
    assert (await caller.put("/locks/k", headers={"If-Match": new})).status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_has_not_changed_is_not_sent_again(caller: Caller, method: str) -> None:
    made = await caller.put("/kv/k", {"value": "1"})
    for tag in (made.etag, f"W/{made.etag}", made.etag.strip('"'), f'"x", {made.etag}', "*"):
        answer = await caller.call(method, "/kv/k", headers={"If-None-Match": tag})
        assert (answer.status, answer.text, answer.etag) == (304, "", made.etag)
    assert (await caller.call(method, "/kv/k", headers={"If-None-Match": '"other"'})).status == 200


async def test_a_read_on_another_etag_fails(caller: Caller) -> None:
    made = await caller.put("/kv/k", {"value": "1"})
    assert (await caller.get("/kv/k", headers={"If-Match": made.etag})).status == 200
    assert (await caller.get("/kv/k", headers={"If-Match": '"other"'})).status == 412


async def test_what_is_not_there_is_not_found_on_any_condition(caller: Caller) -> None:
    for header in ("If-Match", "If-None-Match"):
        assert (await caller.get("/kv/gone", headers={header: "*"})).status == 404


async def test_an_empty_condition_is_none(caller: Caller) -> None:
    assert (await caller.put("/kv/k", {"value": "1"}, headers={"If-Match": " "})).status == 200


async def test_a_write_with_a_bare_tag_is_still_conditional(caller: Caller) -> None:
    made = await caller.put("/kv/k", {"value": "1"})
    assert (await caller.put("/kv/k", {"value": "2"}, headers={"If-Match": "other"})).status == 412
    bare = {"If-Match": made.body["etag"]}
    assert (await caller.put("/kv/k", {"value": "2"}, headers=bare)).status == 200
