"""The signing keys in the store: made, rotated, retired and revoked (``tokens/rotation.py`` has the rules).

What is there is changed in one transaction, so that two processes that do so together agree; running planes
notice by the collection's revision, and by the clock where time alone changes something.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from keyless.store.collections import SIGNING_KEYS
from keyless.store.ports import Reader, Store, Transaction
from keyless.tokens.keys import KeyRing, StoredSigningKey, generate_signing_key
from keyless.tokens.rotation import (
    PUBLISHED_FOR_S,
    SIGNS_FOR_S,
    due,
    next_of,
    promoted,
    retired,
    revoked,
    ring_of,
    settled,
    signer_of,
)

Keys = list[StoredSigningKey]


class UnknownKey(Exception):
    """There is no such key; the message says which there are."""


async def stored_keys(reader: Reader, now: int) -> Keys:
    """The keys in the store as they are now (epoch seconds), in the order in which they sign."""
    return settled([key for _, key in await reader.scan(SIGNING_KEYS)], now)


async def load_or_create_ring(store: Store, now: int) -> KeyRing:
    """The keys that are valid now, after making and removing what is due."""
    stored = [key for _, key in await store.scan(SIGNING_KEYS)]
    keys = settled(stored, now)
    if signer_of(keys, now) is None or due(keys, now) is not None or _differ(keys, stored):
        keys = await _change(store, now, lambda found: found)
    return ring_of(keys, now)


async def rotate(store: Store, now: int, *, at_once: bool = False) -> Keys:
    """Let another key follow the one that signs, after a day or at once: the next one, else a new one.

    A next key that is published already keeps its moment, or comes sooner.
    """
    return await _change(store, now, lambda keys: _rotated(keys, now, at_once=at_once))


async def prepare_next(store: Store, now: int) -> Keys:
    """Make sure that the next key is there, to sign when the time of the one that signs is over."""

    def prepared(keys: Keys) -> Keys:
        signer = signer_of(keys, now)
        if signer is None or next_of(keys, now) is not None:
            return keys
        return [*keys, _made(now, max(signer.signs_from + SIGNS_FOR_S, now + PUBLISHED_FOR_S))]

    return await _change(store, now, prepared)


async def retire(store: Store, kid: str, now: int) -> Keys:
    """Let a key sign no longer; its tokens hold until they expire.

    Raises:
        UnknownKey: there is none of that id.
    """
    return await _change(store, now, lambda keys: retired(_with(keys, kid), kid, now))


async def revoke(store: Store, kid: str, now: int) -> Keys:
    """Let every token of a key be refused from now on, and forget its private half.

    Raises:
        UnknownKey: there is none of that id.
    """
    return await _change(store, now, lambda keys: revoked(_with(keys, kid), kid, now))


async def _change(store: Store, now: int, change: Callable[[Keys], Keys]) -> Keys:
    """Change the keys, make what is missing before and after, and write what differs."""
    async with store.transaction() as transaction:
        there = {key.kid: key for _, key in await transaction.scan(SIGNING_KEYS)}
        changed = _complete(change(_complete(list(there.values()), now)), now)
        await _write(transaction, there, changed)
    return changed


async def _write(transaction: Transaction, there: dict[str, StoredSigningKey], wanted: Keys) -> None:
    for key in wanted:
        if there.pop(key.kid, None) != key:
            await transaction.put(SIGNING_KEYS, (key.kid,), key)
    for kid in there:
        await transaction.delete(SIGNING_KEYS, (kid,))


def _complete(keys: Keys, now: int) -> Keys:
    """The keys with one that signs, and with the next one where it is time to publish it."""
    found = settled(keys, now)
    if signer_of(found, now) is None:
        found = promoted(found, now)
    signs_from = due(found, now)
    return found if signs_from is None else settled([*found, _made(now, signs_from)], now)


def _differ(keys: Keys, stored: Keys) -> bool:
    return {key.kid: key for key in keys} != {key.kid: key for key in stored}


def _rotated(keys: Keys, now: int, *, at_once: bool) -> Keys:
    coming = next_of(keys, now) or _made(now, now + PUBLISHED_FOR_S)
    published = max(coming.created_at + PUBLISHED_FOR_S, now)
    sooner = replace(coming, signs_from=min(coming.signs_from, published))
    keys = [*(key for key in keys if key != coming), sooner]
    return promoted(keys, now) if at_once else keys


def _made(now: int, signs_from: int) -> StoredSigningKey:
    return generate_signing_key(now).stored(signs_from)


def _with(keys: Keys, kid: str) -> Keys:
    if all(key.kid != kid for key in keys):
        known = ", ".join(f"`{key.kid}`" for key in keys) or "none"
        raise UnknownKey(f"there is no signing key `{kid}`: there are {known}")
    return keys
