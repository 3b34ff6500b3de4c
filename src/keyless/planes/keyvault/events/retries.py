"""When an event that was not taken is tried again, and when it is given up.

Rules:
- the waits are Event Grid's, without their random part;
- after 30 attempts, or the first one that fails when the event is a day old, it is given up;
- times are the estate's. Where that was moved by more than a day at once, an event still gets an attempt.

Source: https://learn.microsoft.com/azure/event-grid/delivery-and-retry
"""

from __future__ import annotations

from keyless.model.events import Waiting

MOST_ATTEMPTS = 30
LIFE_S = 24 * 60 * 60
_WAITS_S = (10, 30, 60, 5 * 60, 10 * 60, 30 * 60, 60 * 60, 3 * 60 * 60, 6 * 60 * 60, 12 * 60 * 60)


def is_due(waiting: Waiting, now: int) -> bool:
    """Whether an event is to be tried now; one that waits longer than any does was written down later than
    that, before the estate's time went back."""
    return waiting.next_at <= now or waiting.next_at - now > _WAITS_S[-1]


def next_attempt(waiting: Waiting, now: int) -> int | None:
    """When an event whose attempt has just failed is tried again; none where it is given up."""
    if waiting.attempts >= MOST_ATTEMPTS or now - waiting.published_at >= LIFE_S:
        return None
    return now + _WAITS_S[min(waiting.attempts, len(_WAITS_S)) - 1]
