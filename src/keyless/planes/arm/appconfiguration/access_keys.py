"""The access keys of a configuration store.

Rules:
- a store that takes access keys is made with four: two that write, two that only read;
- switching local authentication off deletes them, switching it on again makes four others;
- they have no names of their own: of each kind the first by id is the primary one, the next the secondary;
- a key that is made anew keeps its id, and what it was before opens nothing from the next request on.

Source: https://learn.microsoft.com/azure/azure-app-configuration/howto-disable-access-key-authentication
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator

from msgspec import UNSET, structs

from keyless.model.access_keys import AccessKey
from keyless.model.resources import ConfigurationStore
from keyless.planes.arm.appconfiguration.bodies import endpoint
from keyless.planes.arm.appconfiguration.schemas import ApiKeyBody
from keyless.planes.arm.moments import moment
from keyless.store.collections import ACCESS_KEYS
from keyless.store.ports import Reader, Transaction
from keyless.wire.errors import NotFound

Entropy = Callable[[int], bytes]

_RANKS = ("Primary", "Secondary")
_ID_BYTES, _SECRET_BYTES = 8, 32


async def keys_of(reader: Reader, store: ConfigurationStore) -> list[AccessKey]:
    """A store's keys: those that write first, each kind by id."""
    found = [key for _, key in await reader.scan(ACCESS_KEYS, (store.name.casefold(),))]
    return sorted(found, key=lambda key: (key.read_only, key.id))


async def settle_keys(
    transaction: Transaction,
    before: ConfigurationStore | None,
    after: ConfigurationStore,
    entropy: Entropy,
    now: int,
) -> None:
    """Take a store's keys away, or make it four, where its settings have come to say so."""
    if after.disable_local_auth:
        await drop_keys(transaction, after)
    elif before is None or before.disable_local_auth:
        await drop_keys(transaction, after)
        for key in _four(after, entropy, now):
            await transaction.put(ACCESS_KEYS, (key.store, key.id), key)


async def drop_keys(transaction: Transaction, store: ConfigurationStore) -> None:
    """Take away every key of a store."""
    for key in await keys_of(transaction, store):
        await transaction.delete(ACCESS_KEYS, (key.store, key.id))


async def regenerated(
    transaction: Transaction, store: ConfigurationStore, key_id: str, entropy: Entropy, now: int
) -> AccessKey:
    """A key with a new secret.

    Raises:
        NotFound: the store has no key of that id.
    """
    place = (store.name.casefold(), key_id)
    found = await transaction.get(ACCESS_KEYS, place)
    if found is None:
        raise NotFound(f"The store '{store.name}' has no access key '{key_id[:128]}'.", code="KeyNotFound")
    key = structs.replace(found, secret=entropy(_SECRET_BYTES), modified_at=now)
    await transaction.put(ACCESS_KEYS, place, key)
    return key


def key_bodies(store: ConfigurationStore, keys: Iterable[AccessKey]) -> list[ApiKeyBody]:
    """All of a store's keys in the form of the wire, in the order given."""
    names = {True: _names(" Read Only"), False: _names("")}
    return [_body(store, key, next(names[key.read_only], key.id)) for key in keys]


def _names(suffix: str) -> Iterator[str]:
    return iter([rank + suffix for rank in _RANKS])


def _body(store: ConfigurationStore, key: AccessKey, name: str) -> ApiKeyBody:
    value = base64.b64encode(key.secret).decode()
    return ApiKeyBody(
        id=key.id,
        name=name,
        value=value,
        connection_string=f"Endpoint={endpoint(store)};Id={key.id};Secret={value}",
        read_only=key.read_only,
        last_modified=moment(key.modified_at) if key.modified_at else UNSET,
    )


def _four(store: ConfigurationStore, entropy: Entropy, now: int) -> list[AccessKey]:
    return [
        AccessKey(
            store.name.casefold(), entropy(_ID_BYTES).hex().upper(), entropy(_SECRET_BYTES), read_only, now
        )
        for read_only in (False, False, True, True)
    ]
