"""Writing down what happens in vaults for those who are to be told, in the transaction in which it happens.

Rules:
- who is subscribed at that moment is told, and nobody else;
- an event names an object and its times, never a value;
- an event's time is the estate's. Events lie in the order of their times, those of one second in the order
  in which they were written down.

Left to others: telling (`planes/keyvault/events`).

Source: https://learn.microsoft.com/azure/key-vault/general/event-grid-overview
"""

from __future__ import annotations

from keyless.model.events import EventType, Subject, VaultEvent, Waiting, event_id
from keyless.model.resources import Vault
from keyless.store.collections import EVENT_SUBSCRIPTIONS, EVENTS_TOLD, EVENTS_WAITING
from keyless.store.ports import Transaction


async def note_event(
    transaction: Transaction, vault: Vault, event_type: EventType, subject: Subject, *, at: int, now: int
) -> int:
    """Write down that something happened ``at`` a time, ``now``; how many destinations are to be told."""
    subscription = await transaction.get(EVENT_SUBSCRIPTIONS, (vault.name.casefold(),))
    if subscription is None or not subscription.wants(event_type):
        return 0
    second = f"{at:016d}"
    number = await _next_number(transaction, second)
    identity = event_id(vault.resource_id, event_type, subject.url, subject.version, at, number)
    event = VaultEvent(identity, event_type, vault.resource_id, vault.name, at, subject)
    for destination in subscription.destinations:
        key = (second, number, destination.value)
        await transaction.put(EVENTS_WAITING, key, Waiting(event, destination, now, now))
    return len(subscription.destinations)


async def _next_number(transaction: Transaction, second: str) -> str:
    waiting = await transaction.scan(EVENTS_WAITING, (second,))
    told = await transaction.scan(EVENTS_TOLD, (second,))
    taken = [int(key[1]) for key, _ in (*waiting, *told)]
    return f"{max(taken, default=-1) + 1:06d}"


async def note_policy_change(transaction: Transaction, before: Vault | None, after: Vault, now: int) -> None:
    """Write down that a vault's access policies changed, or what decides on its data, if they did."""
    if before is None or _deciding(before) == _deciding(after):
        return
    subject = Subject(after.resource_id, "Vault", after.name)
    await note_event(transaction, after, EventType.ACCESS_POLICY_CHANGED, subject, at=now, now=now)


def _deciding(vault: Vault) -> tuple[object, ...]:
    return (vault.enable_rbac_authorization, vault.access_policies)
