"""Taking a part of an estate down, and bringing it back.

Rules:
- what is taken down must be there, so that a name that is misspelt does not pass for an outage;
- what is down stays so until that is ended, whatever process ends before; taken down again, it is down in the
  manner that came last.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TypeVar

from keyless.model.outages import IDENTITY, LOGIN, Manner, Outage
from keyless.model.replicas import endpoint_name
from keyless.model.resources import STORE_SUFFIX, VAULT_SUFFIX
from keyless.store.collections import OUTAGES, STORES, VAULTS
from keyless.store.ports import Collection, Reader, Store

R = TypeVar("R")
Part = tuple[str, str]
"""An endpoint, and what a person calls it."""


class CannotTakeDown(Exception):
    """There is no such thing to take down; the message says what there is."""


async def vault(reader: Reader, name: str) -> Part:
    """A vault's endpoint.

    Raises:
        CannotTakeDown: there is none of that name.
    """
    await _there(reader, VAULTS, "vault", name)
    return f"{name.lower()}{VAULT_SUFFIX}", f"the vault `{name.lower()}`"


async def configuration_store(reader: Reader, name: str) -> Part:
    """A configuration store's own endpoint.

    Raises:
        CannotTakeDown: there is none of that name.
    """
    await _there(reader, STORES, "configuration store", name)
    return f"{name.lower()}{STORE_SUFFIX}", f"the store `{name.lower()}`"


async def replica(reader: Reader, store: str, name: str) -> Part:
    """The endpoint of a configuration store's replica.

    Raises:
        CannotTakeDown: there is no such store, or it has no replica of that name.
    """
    found = await _there(reader, STORES, "configuration store", store)
    known = [one.name.lower() for one in found.replicas]
    if name.lower() not in known:
        raise CannotTakeDown(_no("the store", f"replica `{name}`", name.lower(), known))
    what = f"the replica `{name.lower()}` of the store `{store.lower()}`"
    return f"{endpoint_name(store, name)}{STORE_SUFFIX}", what


def identity() -> Part:
    """The endpoints that give managed identities their tokens."""
    return IDENTITY, "the managed-identity endpoint"


def login() -> Part:
    """The sign-in endpoints."""
    return LOGIN, "the sign-in endpoint"


async def take_down(store: Store, part: Part, manner: Manner, now: float) -> Outage:
    """Take a part down from now (epoch seconds) on."""
    endpoint, what = part
    outage = Outage(endpoint, what, manner, int(now))
    async with store.transaction() as transaction:
        await transaction.put(OUTAGES, (endpoint,), outage)
    return outage


async def bring_back(store: Store, endpoints: Sequence[str]) -> None:
    """Bring parts back that are down; nothing for others."""
    async with store.transaction() as transaction:
        for endpoint in endpoints:
            await transaction.delete(OUTAGES, (endpoint,))


async def all_outages(reader: Reader) -> list[Outage]:
    """Everything that is down."""
    return [outage for _, outage in await reader.scan(OUTAGES)]


async def _there(reader: Reader, collection: Collection[R], kind: str, name: str) -> R:
    found = await reader.get(collection, (name.casefold(),))
    if found is None:
        known = [key[0] for key, _ in await reader.scan(collection)]
        raise CannotTakeDown(_no("the estate", f"{kind} `{name}`", name.casefold(), known))
    return found


def _no(where: str, what: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    has = ", ".join(f"`{one}`" for one in known) or "none"
    return f"{where} has no {what}: " + (f"did you mean `{near[0]}`?" if near else f"it has {has}")
