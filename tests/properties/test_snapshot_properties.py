"""Snapshots against a plain model: what is in one, whatever becomes of the key-values and of the others."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.errors import AlreadyExists, KeyLocked
from keyless.planes.appconfig.key_values.records import KeyValue, Name
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.snapshots.records import KEY, KEY_LABEL, Filter
from keyless.planes.appconfig.snapshots.rules import NewSnapshot
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.wire.errors import NotFound

STORE = ConfigurationStore(
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.AppConfiguration/configurationStores/c", "c", "x"
)
HOUR = 60 * 60
KEYS, LABELS, SNAPSHOTS = (
    st.sampled_from(["a", "ab", "b"]),
    st.sampled_from([None, "p", "q"]),
    st.sampled_from("xy"),
)
NAMES = st.builds(Name, KEYS, LABELS)
BY_KEY = st.lists(st.builds(Filter, st.sampled_from(["*", "a*", "a", "a,b"]), LABELS), min_size=1, max_size=3)
BY_BOTH = st.lists(
    st.builds(Filter, st.sampled_from(["*", "a*", "b"]), st.sampled_from([None, "*", "p", "p,q"])),
    min_size=1,
    max_size=3,
)
CHANGES = st.one_of(
    st.tuples(st.just("set"), NAMES, st.sampled_from("123")),
    st.tuples(st.just("delete"), NAMES, st.none()),
    st.tuples(st.just("lock"), NAMES, st.booleans()),
    st.tuples(st.just(KEY), SNAPSHOTS, BY_KEY),
    st.tuples(st.just(KEY_LABEL), SNAPSHOTS, BY_BOTH),
    st.tuples(st.just("archive"), SNAPSHOTS, st.none()),
    st.tuples(st.just("recover"), SNAPSHOTS, st.none()),
    st.tuples(st.just("wait"), st.none(), st.sampled_from([60, HOUR])),
)
Holds = list[tuple[str, str | None, str | None]]


@dataclass
class Model:
    """What there should be: values and locks by name, what is in each snapshot, and when it goes."""

    values: dict[Name, str] = field(default_factory=dict)
    locked: set[Name] = field(default_factory=set)
    snapshots: dict[str, Holds] = field(default_factory=dict)
    goes_at: dict[str, int] = field(default_factory=dict)
    now: int = 1_800_000_000

    def tidy(self) -> None:
        """Take away what has expired."""
        for name in [name for name, at in self.goes_at.items() if at <= self.now]:
            del self.snapshots[name], self.goes_at[name]

    def chosen(self, filters: Iterable[Filter], composition: str) -> Holds:
        """What the filters choose, in the plainest way: one after the other, each over what was there."""
        found: dict[tuple[str, str | None], Name] = {}
        for one in filters:
            for name in self.values:
                if _key(one.key, name.key) and _label(one.label, name.label):
                    found[name.key, None if composition == KEY else name.label] = name
        names = sorted(found.values(), key=lambda name: (name.key, name.label or ""))
        return [(name.key, name.label, self.values[name]) for name in names]


def _key(text: str, key: str) -> bool:
    return key.startswith(text[:-1]) if text.endswith("*") else key in text.split(",")


def _label(text: str | None, label: str | None) -> bool:
    return text == "*" or (label is None if text is None else label in text.split(","))


@settings(max_examples=20)
@given(st.lists(CHANGES, max_size=25))
def test_a_snapshot_holds_what_was_chosen_when_it_was_made_until_it_goes(changes: list[tuple]) -> None:  # type: ignore[type-arg]
    asyncio.run(_compare(changes))


async def _compare(changes: list[tuple]) -> None:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as directory:
        store = SqliteStore(Path(directory) / "store.db", RootKey(bytes(32), "the test"))
        try:
            service, model = Configuration.over(store), Model()
            for kind, what, given_ in changes:
                await _apply(service, model, kind, what, given_)
                model.tidy()
                for name in "xy":
                    assert await _held(service, name, model.now) == model.snapshots.get(name)
        finally:
            store.close()


async def _apply(service: Configuration, model: Model, kind: str, what: object, given_: object) -> None:
    if kind == "wait":
        model.now += given_  # type: ignore[operator]
    elif isinstance(what, Name):
        await _change(service, model, kind, what, given_)
    elif kind in {KEY, KEY_LABEL}:
        await _make(service, model, kind, str(what), given_)  # type: ignore[arg-type]
    else:
        await _turn(service, model, kind, str(what))


async def _change(service: Configuration, model: Model, kind: str, name: Name, given_: object) -> None:
    key_values = service.key_values
    try:
        if kind == "set":
            await key_values.set("c", name, Content(str(given_)), model.now)
            assert name not in model.locked or model.values[name] == given_
            model.values[name] = str(given_)
        elif kind == "delete":
            await key_values.delete("c", name, model.now)
            assert name not in model.locked
            model.values.pop(name, None)
        else:
            await key_values.lock("c", name, model.now, locked=bool(given_))
            (model.locked.add if given_ else model.locked.discard)(name)
    except KeyLocked:
        assert name in model.locked
    except NotFound:
        assert name not in model.values


async def _make(
    service: Configuration, model: Model, composition: str, name: str, filters: list[Filter]
) -> None:
    try:
        new = NewSnapshot(name, tuple(filters), composition, retention_s=HOUR)
        await service.snapshots.create(STORE, new, model.now)
    except AlreadyExists:
        assert name in model.snapshots
        return
    assert name not in model.snapshots
    model.snapshots[name] = model.chosen(filters, composition)


async def _turn(service: Configuration, model: Model, kind: str, name: str) -> None:
    snapshots = service.snapshots
    try:
        await (snapshots.archive if kind == "archive" else snapshots.recover)("c", name, model.now)
    except NotFound:
        assert name not in model.snapshots
        return
    if kind == "archive":
        model.goes_at.setdefault(name, model.now + HOUR)
    else:
        model.goes_at.pop(name, None)


async def _held(service: Configuration, name: str, now: int) -> Holds | None:
    try:
        await service.snapshots.get("c", name, now)
    except NotFound:
        assert not (await service.snapshots.contents("c", name, 0, now)).items
        return None
    page = await service.snapshots.contents("c", name, 0, now)
    return [_shown(record) for record in page.items]


def _shown(record: KeyValue) -> tuple[str, str | None, str | None]:
    return record.key, record.label, record.value
