"""Who is told what happens in a vault: read, refused with its place, shown, and brought into the store."""

from __future__ import annotations

import pytest
from estate_texts import estate, in_group, only
from rich.console import Console

from keyless.deploy.apply import apply_estate
from keyless.deploy.contents import PlaneContents
from keyless.deploy.export import stored_estate
from keyless.estate.export.document import export_text
from keyless.estate.read import read_text
from keyless.estate.show import estate_tree
from keyless.model.events import EventSubscription
from keyless.store.collections import EVENT_SUBSCRIPTIONS
from keyless.store.ports import Store


def with_events(events: str) -> str:
    """An estate with one vault, which has this subscription."""
    return in_group(f"vaults: {{orders-kv: {{events: {events}}}}}")


@pytest.mark.parametrize(
    ("declared", "read"),
    [
        ("{file: events.jsonl}", EventSubscription("orders-kv", "events.jsonl")),
        (
            "{webhook: 'http://localhost:7071/e', types: [SecretNearExpiry, KeyExpired]}",
            EventSubscription(
                "orders-kv",
                None,
                "http://localhost:7071/e",
                ("Microsoft.KeyVault.SecretNearExpiry", "Microsoft.KeyVault.KeyExpired"),
            ),
        ),
        (
            "{file: a, webhook: 'https://f.example.org/?functionName=k'}",
            EventSubscription("orders-kv", "a", "https://f.example.org/?functionName=k"),
        ),
    ],
)
def test_a_subscription_names_a_file_a_webhook_or_both(declared: str, read: EventSubscription) -> None:
    found = estate(with_events(declared))
    assert found.event_subscriptions == (read,)
    assert read_text(export_text(found), {}).event_subscriptions == (read,)


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ("{}", "nobody is told of these events"),
        ("{types: [KeyExpired]}", "nobody is told of these events"),
        ("{webhook: 'http://example.org/e'}", "this cannot be a webhook"),
        ("{webhook: 'https://user:hunter2-is-not-to-be-seen@example.org/e'}", "this cannot be a webhook"),
        ("{webhook: localhost}", "this cannot be a webhook: it is no URL"),
        ("{file: a, types: [SecretExpire]}", "`SecretExpire` is not a type of event"),
    ],
)
def test_what_cannot_be_told_is_refused_where_it_stands(declared: str, says: str) -> None:
    problem = only(with_events(declared))
    assert says in problem.message
    assert problem.line == 4


def test_a_tree_shows_who_is_told_without_the_key_in_an_address() -> None:
    events = "{file: a.jsonl, webhook: 'https://f.example.org/e?functionName=k', types: [KeyExpired]}"
    console = Console(width=200, color_system=None, force_terminal=False, no_color=True)
    with console.capture() as captured:
        console.print(estate_tree(estate(with_events(events))))
    shown = captured.get()
    assert "KeyExpired to a.jsonl and https://f.example.org/e?…" in shown
    assert "functionName" not in shown


async def test_what_is_taken_out_of_the_file_is_told_no_more(store: Store, now: int) -> None:
    contents = PlaneContents(store, lambda: float(now))
    declared = estate(with_events("{file: events.jsonl}"))
    await apply_estate(declared, store, contents)
    assert (await stored_estate(store, contents)).event_subscriptions == declared.event_subscriptions
    await apply_estate(estate(in_group("vaults: {orders-kv: {}}")), store, contents)
    assert not await store.scan(EVENT_SUBSCRIPTIONS)


async def test_applying_again_writes_nothing(store: Store, now: int) -> None:
    contents = PlaneContents(store, lambda: float(now))
    declared = estate(with_events("{file: events.jsonl}"))
    await apply_estate(declared, store, contents)
    before = store.refresh()
    await apply_estate(declared, store, contents)
    assert store.refresh() == before
