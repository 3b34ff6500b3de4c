"""The signing keys in the store: made once, renewed every 90 days, kept while their tokens live.

Rules:
- the newest key signs; one that a newer has followed still verifies until the last token that it can have
  signed has expired, and an hour more for clocks, and is then removed;
- what is there is changed in one transaction, so that two processes that start together agree.

The change takes place when a plane starts. Other running planes notice it by the collection's revision.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from keyless.store.collections import SIGNING_KEYS
from keyless.store.ports import Store
from keyless.tokens.claims import MANAGED_IDENTITY_LIFETIME_S
from keyless.tokens.keys import KeyRing, StoredSigningKey, generate_signing_key, load_signing_key

RENEWED_AFTER_S = 90 * 24 * 60 * 60
KEPT_AFTER_S = MANAGED_IDENTITY_LIFETIME_S + 60 * 60


async def load_ring(store: Store) -> KeyRing | None:
    """The keys in the store; none where there are none yet."""
    stored = _oldest_first([key for _, key in await store.scan(SIGNING_KEYS)])
    return KeyRing(load_signing_key(key) for key in stored) if stored else None


async def load_or_create_ring(store: Store, now: int) -> KeyRing:
    """The keys that are valid now (epoch seconds), after making and removing what is due."""
    stored = _oldest_first([key for _, key in await store.scan(SIGNING_KEYS)])
    if _needs_new(stored, now) or _expired(stored, now):
        stored = await _renew(store, now)
    return KeyRing(load_signing_key(key) for key in stored)


async def _renew(store: Store, now: int) -> list[StoredSigningKey]:
    async with store.transaction() as transaction:
        stored = _oldest_first([key for _, key in await transaction.scan(SIGNING_KEYS)])
        if _needs_new(stored, now):
            made = generate_signing_key(now).stored()
            await transaction.put(SIGNING_KEYS, (made.kid,), made)
            stored.append(made)
        expired = _expired(stored, now)
        for key in expired:
            await transaction.delete(SIGNING_KEYS, (key.kid,))
    return [key for key in stored if key not in expired]


def _needs_new(stored: Sequence[StoredSigningKey], now: int) -> bool:
    return not stored or now - stored[-1].created_at > RENEWED_AFTER_S


def _expired(stored: Sequence[StoredSigningKey], now: int) -> list[StoredSigningKey]:
    return [older for older, newer in pairwise(stored) if now - newer.created_at > KEPT_AFTER_S]


def _oldest_first(stored: Sequence[StoredSigningKey]) -> list[StoredSigningKey]:
    return sorted(stored, key=lambda key: key.created_at)
