"""The event subscriptions of vaults."""

from __future__ import annotations

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.vaults import EventsEntry
from keyless.estate.reading import Reading
from keyless.model.events import PREFIX, EventSubscription
from keyless.model.webhooks import problem_with_webhook


def read_event_subscriptions(estate: EstateEntry, reading: Reading) -> tuple[EventSubscription, ...]:
    """Who is told what happens in which vault; what cannot be told is reported and left out."""
    found = []
    for _, group in estate.resource_groups.items:
        for vault, declared in group.vaults.items:
            if declared.events is not None and _can_be_told(declared.events, reading):
                found.append(_subscription(vault.value, declared.events))
    return tuple(found)


def _subscription(vault: str, entry: EventsEntry) -> EventSubscription:
    return EventSubscription(
        vault,
        entry.file.value if entry.file else None,
        entry.webhook.value if entry.webhook else None,
        tuple(PREFIX + one for one in entry.types),
    )


def _can_be_told(entry: EventsEntry, reading: Reading) -> bool:
    if entry.file is None and entry.webhook is None:
        reading.report(entry.at, "nobody is told of these events", "give a `file`, a `webhook` or both")
        return False
    problem = problem_with_webhook(entry.webhook.value) if entry.webhook else None
    if problem is not None and entry.webhook is not None:
        reading.report(entry.webhook.at, f"this cannot be a webhook: {problem}", "give another address")
    return problem is None
