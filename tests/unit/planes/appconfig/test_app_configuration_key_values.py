"""Key-values: setting, getting and deleting one, and what it may be called and hold."""

from __future__ import annotations

import pytest
from app_configuration_caller import Caller, make_store

from keyless.model.estate import DeclaredSetting
from keyless.planes.appconfig.errors import KeyLocked
from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.rules import MAX_BYTES, Content
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.wire.errors import NotFound

KEY_VALUE_TYPE = "application/vnd.microsoft.appconfig.kv+json; charset=utf-8"


async def test_a_key_value_reads_back_as_it_was_set(caller: Caller) -> None:
    given = {"value": "blue", "content_type": "text/plain", "tags": {"a": "b", "c": None}, "description": "d"}
    answer = await caller.put("/kv/app:color", given, label="prod")
    assert answer.status == 200
    assert answer.headers["content-type"] == KEY_VALUE_TYPE
    assert answer.headers["last-modified"] == "Fri, 15 Jan 2027 08:00:00 GMT"
    body = answer.body
    assert answer.etag == f'"{body["etag"]}"'
    assert body == {
        "etag": body["etag"],
        "key": "app:color",
        "label": "prod",
        "content_type": "text/plain",
        "value": "blue",
        "tags": {"a": "b", "c": None},
        "description": "d",
        "locked": False,
        "last_modified": "2027-01-15T08:00:00+00:00",
    }
    again = await caller.get("/kv/app:color", label="prod")
    assert again.body == body
    assert again.etag == answer.etag
    assert again.headers["last-modified"] == answer.headers["last-modified"]


async def test_what_is_left_out_is_null_and_without_tags(caller: Caller) -> None:
    body = (await caller.put("/kv/bare")).body
    assert (body["value"], body["content_type"], body["label"], body["tags"]) == (None, None, None, {})


@pytest.mark.parametrize("label", [{}, {"label": ""}, {"label": "\0"}])
async def test_no_label_an_empty_one_and_nul_are_the_same(caller: Caller, label: dict[str, str]) -> None:
    await caller.put("/kv/plain", {"value": "1"})
    await caller.put("/kv/plain", {"value": "2"}, label="other")
    answer = await caller.get("/kv/plain", **label)
    assert (answer.body["value"], answer.body["label"]) == ("1", None)


async def test_a_key_may_have_slashes_and_any_script(caller: Caller) -> None:
    for key in (".appconfig.featureflag/Beta", "a//b", "ключ/値", "with space*,\\"):
        await caller.put(f"/kv/{key}", {"value": key})
        assert (await caller.get(f"/kv/{key}")).body["value"] == key


async def test_keys_labels_and_stores_are_told_apart_by_case_and_name(caller: Caller) -> None:
    await caller.put("/kv/key", {"value": "lower"})
    await caller.put("/kv/KEY", {"value": "upper"})
    elsewhere = caller.of(make_store("contoso-other"))
    assert (await caller.get("/kv/key")).body["value"] == "lower"
    assert (await caller.get("/kv/KEY")).body["value"] == "upper"
    assert (await elsewhere.get("/kv/key")).status == 404


async def test_a_store_is_the_same_in_any_casing(service: KeyValues, now: int) -> None:
    await service.set("Contoso", Name("k"), Content("v"), now)
    assert (await service.get("contoso", Name("k"))).value == "v"


async def test_a_missing_key_value_is_not_found_and_named_for_the_estate(service: KeyValues) -> None:
    with pytest.raises(NotFound, match="`gone` with the label `prod`") as caught:
        await service.get("contoso-orders", Name("gone", "prod"))
    missing = caught.value.missing
    assert missing is not None
    assert (missing.kind, missing.container, missing.name, missing.label) == (
        "key-value",
        "contoso-orders",
        "gone",
        "prod",
    )


@pytest.mark.parametrize("name", [Name("k" * 257), Name("k", "l" * 257)], ids=["key", "label"])
async def test_what_is_called_too_long_to_be_written_is_nothing_to_put_there(
    service: KeyValues, name: Name
) -> None:
    with pytest.raises(NotFound) as caught:
        await service.get("contoso-orders", name)
    assert caught.value.missing is None


async def test_a_missing_key_value_answers_with_a_problem(caller: Caller) -> None:
    answer = await caller.get("/kv/gone")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json; charset=utf-8"
    assert answer.body == {"type": "about:blank", "title": "there is no key-value `gone`", "status": 404}


async def test_every_change_has_an_etag_of_its_own(caller: Caller) -> None:
    etags = [(await caller.put("/kv/k", {"value": value})).etag for value in ("1", "2", "1")]
    assert len(set(etags)) == 3


async def test_setting_what_is_there_already_changes_nothing(caller: Caller) -> None:
    given = {"value": "1", "tags": {"a": "b"}, "content_type": "t", "description": "d"}
    first = await caller.put("/kv/k", given)
    second = await caller.later(60).put("/kv/k", given)
    assert second.body == first.body
    assert len((await caller.later(60).get("/revisions")).body["items"]) == 1


@pytest.mark.parametrize("field", ["value", "content_type", "tags", "description"])
async def test_any_field_makes_a_change(caller: Caller, field: str) -> None:
    first = await caller.put("/kv/k", {"value": "1"})
    second = await caller.put("/kv/k", {"value": "1", field: {"a": "b"} if field == "tags" else "x"})
    assert second.etag != first.etag


async def test_setting_replaces_the_whole(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1", "tags": {"a": "b"}, "content_type": "t"})
    body = (await caller.put("/kv/k", {"value": "2"})).body
    assert (body["tags"], body["content_type"]) == ({}, None)


async def test_deleting_gives_back_what_it_was(caller: Caller) -> None:
    made = await caller.put("/kv/k", {"value": "1"}, label="prod")
    answer = await caller.delete("/kv/k", label="prod")
    assert (answer.status, answer.body, answer.etag) == (200, made.body, made.etag)
    assert (await caller.get("/kv/k", label="prod")).status == 404


async def test_deleting_what_is_not_there_is_no_content(caller: Caller) -> None:
    answer = await caller.delete("/kv/gone")
    assert (answer.status, answer.text) == (204, "")


async def test_selected_fields_are_all_that_is_sent(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1"})
    answer = await caller.get("/kv/k", select="key, VALUE,nonsense")
    assert answer.body == {"key": "k", "value": "1"}
    assert answer.etag


@pytest.mark.parametrize("select", ["", "*", "key,*"])
async def test_no_selection_and_a_star_select_everything(caller: Caller, select: str) -> None:
    await caller.put("/kv/k", {"value": "1"})
    assert len((await caller.get("/kv/k", select=select)).body) == 9


async def test_the_description_is_for_versions_that_know_it(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1", "description": "d"})
    assert "description" not in (await caller.speaking("2024-09-01").get("/kv/k")).body
    assert (await caller.speaking("2025-07-01-preview").get("/kv/k")).body["description"] == "d"


async def test_tags_narrow_a_single_key_value_where_the_version_knows_them(caller: Caller) -> None:
    await caller.put("/kv/k", {"value": "1", "tags": {"env": "prod"}})
    assert (await caller.get("/kv/k", tags="env=prod")).status == 200
    assert (await caller.get("/kv/k", tags=["env=prod", "env=dev"])).status == 404
    assert (await caller.speaking("2023-11-01").get("/kv/k", tags="env=dev")).status == 200


@pytest.mark.parametrize("key", [".", "..", "50%", "a\nb", "a\x00"])
async def test_what_cannot_be_a_key_is_refused(caller: Caller, key: str) -> None:
    answer = await caller.put(f"/kv/{key}", {"value": "1"})
    assert answer.status == 400
    assert (answer.body["type"], answer.body["title"], answer.body["name"]) == (
        "https://azconfig.io/errors/invalid-argument",
        "Invalid request parameter 'key'",
        "key",
    )


async def test_an_empty_key_is_refused_in_process(service: KeyValues, now: int) -> None:
    with pytest.raises(Exception, match="is not a key"):
        await service.set("s", Name(""), Content("v"), now)


async def test_a_label_with_control_characters_is_refused(caller: Caller) -> None:
    answer = await caller.put("/kv/k", {"value": "1"}, label="a\tb")
    assert (answer.status, answer.body["name"]) == (400, "label")


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("content_type", {"content_type": "a\x00"}),
        ("tags", {"tags": {" ": "blank"}}),
        ("tags", {"tags": {"a": "b\x01"}}),
        ("tags", {"tags": {"a\n": None}}),
    ],
)
async def test_what_a_key_value_cannot_hold_is_refused(
    caller: Caller, field: str, body: dict[str, object]
) -> None:
    answer = await caller.put("/kv/k", body)
    assert (answer.status, answer.body["name"]) == (400, field)


async def test_a_value_may_hold_anything(caller: Caller) -> None:
    value = "\x00\r\n\u2028 🎈"
    await caller.put("/kv/k", {"value": value})
    assert (await caller.get("/kv/k")).body["value"] == value


async def test_a_key_value_holds_ten_kilobytes_in_all_and_no_more(caller: Caller) -> None:
    rest = len("keylabeltypetagvalue")
    body = {"content_type": "type", "tags": {"tag": "value"}}
    fits = "é" * ((MAX_BYTES - rest) // 2)
    assert (await caller.put("/kv/key", {"value": fits, **body}, label="label")).status == 200
    answer = await caller.put("/kv/key", {"value": fits + "é", **body}, label="label")
    assert answer.status == 413
    assert f"may have {MAX_BYTES}" in answer.body["title"]


async def test_a_slash_at_the_end_belongs_to_the_key(caller: Caller) -> None:
    await caller.put("/kv/dir", {"value": "precious"})
    assert (await caller.put("/kv/dir/", {"value": "other"})).body["key"] == "dir/"
    assert (await caller.get("/kv/dir")).body["value"] == "precious"


async def test_a_declared_setting_is_written_once(service: KeyValues, now: int) -> None:
    setting = DeclaredSetting("contoso-orders", "k", "v", label="prod", tags={"team": "orders"})
    first = await service.declared("contoso-orders", setting, now)
    second = await service.declared("contoso-orders", setting, now + 60)
    assert first == second
    assert (first.value, first.label, first.tags, first.modified_at) == ("v", "prod", {"team": "orders"}, now)


async def test_a_declared_setting_brings_a_changed_one_up_to_date(service: KeyValues, now: int) -> None:
    await service.set("s", Name("k"), Content("old", "text/plain", {"a": "b"}, "said"), now)
    record = await service.declared("s", DeclaredSetting("s", "k", "new"), now + 1)
    assert (record.value, record.content_type, record.tags, record.description) == ("new", None, {}, None)


async def test_a_declared_setting_does_not_break_a_lock(service: KeyValues, now: int) -> None:
    setting = DeclaredSetting("s", "k", "v", label="prod")
    await service.declared("s", setting, now)
    await service.lock("s", Name("k", "prod"), now, locked=True)
    with pytest.raises(KeyLocked, match="`k` with the label `prod` is locked: unlock it"):
        await service.declared("s", DeclaredSetting("s", "k", "other", label="prod"), now)
    assert (await service.declared("s", setting, now)).locked


async def test_all_of_a_store_can_be_listed_in_process(service: KeyValues, now: int) -> None:
    for name in (Name("b"), Name("a", "y"), Name("a")):
        await service.set("s", name, Content("v"), now)
    await service.set("s2", Name("z"), Content("v"), now)
    assert [(r.key, r.label) for r in await service.list_all("S")] == [("a", None), ("a", "y"), ("b", None)]
