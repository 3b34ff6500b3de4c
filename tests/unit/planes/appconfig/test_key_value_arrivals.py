"""Key-values that come into a store: all or none, nothing over what differs or is locked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from keyless.planes.appconfig.filters import TextFilter
from keyless.planes.appconfig.key_values.arrivals import Arrival, Outcome, coming_in
from keyless.planes.appconfig.key_values.listing import Wanted
from keyless.planes.appconfig.key_values.records import KeyValue, Name
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.store.ports import Store

FLAG = "application/vnd.microsoft.appconfig.ff+json;charset=utf-8"


@pytest.fixture
def key_values(store: Store) -> KeyValues:
    return KeyValues(store)


async def bring(
    store: Store,
    *arrivals: Arrival,
    now: int = 1,
    renew: bool = False,
    goes: Callable[[Name], bool] | None = None,
) -> dict[str, Outcome]:
    async with store.transaction() as transaction:
        coming = await coming_in(transaction, "s", arrivals, renew=renew, goes=goes)
        if not coming.refused:
            await coming.write(transaction, KeyValues(store), "s", now)
    return {one.name.key: one.outcome for one in coming.arrived}


def setting(key: str, value: str, *, locked: bool = False, **more: str) -> Arrival:
    return Arrival(Name(key), Content(value, **more), locked)


async def values(key_values: KeyValues) -> dict[str, str | None]:
    return {one.key: one.value for one in await key_values.list_all("s")}


async def test_what_was_brought_before_leaves_no_trace(store: Store, key_values: KeyValues) -> None:
    assert await bring(store, setting("a", "1")) == {"a": Outcome.NEW}
    assert await bring(store, setting("a", "1"), renew=True, now=9) == {"a": Outcome.UNCHANGED}
    assert (await key_values.get("s", Name("a"))).modified_at == 1


async def test_what_differs_stops_everything_until_it_is_renewed(store: Store, key_values: KeyValues) -> None:
    await bring(store, setting("a", "1"))
    told = await bring(store, setting("a", "2"), setting("b", "1"))
    assert told == {"a": Outcome.DIFFERS, "b": Outcome.NEW}
    assert await values(key_values) == {"a": "1"}
    await bring(store, setting("a", "2"), setting("b", "1"), renew=True)
    assert await values(key_values) == {"a": "2", "b": "1"}
    history = await key_values.revisions("s", Wanted(keys=TextFilter(values=frozenset({"a"}))), 2)
    assert [one.value for one in history.items] == ["2", "1"]


async def test_what_is_locked_is_neither_changed_nor_removed(store: Store, key_values: KeyValues) -> None:
    await bring(store, setting("a", "1", locked=True))
    assert (await key_values.get("s", Name("a"))).locked
    assert await bring(store, setting("a", "2"), renew=True) == {"a": Outcome.LOCKED}
    assert await bring(store, goes=lambda name: True) == {"a": Outcome.LOCKED}
    assert await bring(store, setting("a", "1")) == {"a": Outcome.UNCHANGED}


async def test_a_lock_comes_with_what_is_locked_in_the_source(store: Store, key_values: KeyValues) -> None:
    await bring(store, setting("a", "1"))
    assert await bring(store, setting("a", "1", locked=True)) == {"a": Outcome.DIFFERS}
    assert await bring(store, setting("a", "1", locked=True), renew=True) == {"a": Outcome.CHANGED}
    assert (await key_values.get("s", Name("a"))).locked


async def test_what_is_to_go_goes_and_leaves_its_history(store: Store, key_values: KeyValues) -> None:
    await bring(store, setting("a", "1"), setting("b", "1"))
    told = await bring(store, setting("b", "1"), goes=lambda name: name.key == "a", now=2)
    assert told == {"b": Outcome.UNCHANGED, "a": Outcome.REMOVED}
    assert await values(key_values) == {"b": "1"}
    assert (await key_values.get("s", Name("a"), at=1)).value == "1"


@pytest.mark.parametrize(
    ("there", "comes", "content_type", "same"),
    [
        ('{"id":"x","enabled":true}', '{ "enabled": true, "id": "x" }', FLAG, True),
        ('{"id":"x","enabled":true}', '{"id":"x","enabled":true,"display_name":null}', FLAG, True),
        ('{"id":"x","enabled":true}', '{"id":"x","enabled":1}', FLAG, False),
        ('{"a":1}', '{ "a": 1 }', "application/json", False),
        ("no json", "no  json", FLAG, False),
    ],
)
async def test_flags_are_the_same_in_any_spelling_and_texts_are_not(
    store: Store, there: str, comes: str, content_type: str, same: bool
) -> None:
    await bring(store, setting("x", there, content_type=content_type))
    told = await bring(store, setting("x", comes, content_type=content_type))
    assert told == {"x": Outcome.UNCHANGED if same else Outcome.DIFFERS}


async def test_a_description_stays_where_the_source_has_none(store: Store, key_values: KeyValues) -> None:
    await bring(store, setting("a", "1", description="of a"))
    assert await bring(store, setting("a", "1")) == {"a": Outcome.UNCHANGED}
    assert await bring(store, setting("a", "2"), renew=True) == {"a": Outcome.CHANGED}
    assert (await key_values.get("s", Name("a"))).description == "of a"


def test_a_key_value_on_its_way_shows_no_value() -> None:
    assert "PLANTED" not in repr(setting("a", "PLANTED"))
    assert "PLANTED" not in repr(Content("PLANTED"))
    assert repr(KeyValue("a", "PLANTED", "e", 1, "dev")) == "KeyValue('a', label='dev', …)"
