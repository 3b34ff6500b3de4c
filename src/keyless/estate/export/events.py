"""Event subscriptions, as an exported file writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keyless.model.events import PREFIX, EventSubscription
from keyless.model.resources import Vault


def events_document(vault: Vault, subscriptions: Iterable[EventSubscription]) -> dict[str, Any]:
    """Who is told what happens in a vault; nothing where nobody is."""
    name = vault.name.casefold()
    found = next((one for one in subscriptions if one.vault.casefold() == name), None)
    return {} if found is None else {"events": _one(found)}


def _one(subscription: EventSubscription) -> dict[str, Any]:
    parts = {
        "file": subscription.file,
        "webhook": subscription.webhook,
        "types": [one.removeprefix(PREFIX) for one in subscription.types],
    }
    return {name: part for name, part in parts.items() if part}
