"""However time moves and whatever is written meanwhile: of each end it is told once, and in order."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.model.events import EventSubscription, EventType
from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.keeper import Keeper
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.planes.keyvault.upkeeps import upkeeps_of
from keyless.store.collections import EVENT_SUBSCRIPTIONS, EVENTS_WAITING, VAULTS
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore

DAY = 86_400
START = 1_800_000_000
VAULT = Vault("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v", "v", "westeurope")

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from("ab"), st.integers(-5, 100)),
        st.tuples(st.just("move"), st.just(""), st.integers(0, 70)),
        st.tuples(st.just("delete"), st.sampled_from("ab"), st.just(0)),
        st.tuples(st.just("recover"), st.sampled_from("ab"), st.just(0)),
        st.tuples(st.just("another keeper"), st.just(""), st.just(0)),
    ),
    max_size=12,
)


async def lived(
    steps: list[tuple[str, str, int]], store: SqliteStore
) -> list[tuple[str, str, str | None, int]]:
    """What was written down to be told, in order: type, name, version and time."""
    async with store.transaction() as transaction:
        await transaction.put(VAULTS, ("v",), VAULT)
        await transaction.put(EVENT_SUBSCRIPTIONS, ("v",), EventSubscription("v", "events.jsonl"))
    secrets, keeper, now = Secrets(store), Keeper(store, upkeeps_of(store)), START
    for what, name, days in steps:
        with contextlib.suppress(Exception):  # a name that is deleted, or is not there
            if what == "set":
                ends = SecretProperties(expires=now + days * DAY)
                await secrets.set(VAULT, name, SecretText("x"), ends, now=now)
            elif what == "delete":
                await secrets.deleted.delete(VAULT, name, now=now)
            elif what == "recover":
                await secrets.deleted.recover(VAULT, name, now=now)
        if what == "another keeper":
            keeper = Keeper(store, upkeeps_of(store))
        now += days * DAY if what == "move" else 1
        done = [kept.at async for kept in keeper.keep(now)]
        assert done == sorted(done)
        assert all(at <= now for at in done)
    return [
        (one.event.type, one.event.subject.name, one.event.subject.version, one.event.time)
        for _, one in await store.scan(EVENTS_WAITING)
    ]


@given(STEPS)
@settings(max_examples=60)
def test_of_each_version_it_is_told_once_that_it_ends_soon_and_once_that_it_has(
    steps: list[tuple[str, str, int]],
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        store = SqliteStore(Path(directory) / "store.db", RootKey(bytes(32), "the test"))
        try:
            told = asyncio.run(lived(steps, store))
        finally:
            store.close()
    assert len({one[:3] for one in told}) == len(told)
    for kind, name, version, at in told:
        if kind == EventType.SECRET_EXPIRED:
            near = [one for one in told if one[:3] == (EventType.SECRET_NEAR_EXPIRY, name, version)]
            assert [one[3] <= at for one in near] == [True]
        if kind == EventType.SECRET_NEAR_EXPIRY:
            made = [one for one in told if one[:3] == (EventType.SECRET_NEW_VERSION, name, version)]
            assert [one[3] <= at for one in made] == [True]
