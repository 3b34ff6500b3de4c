"""Taking a part of an estate down, and bringing it back.

Rules:
- what is taken down must be there, so that a name that is misspelt does not pass for an outage;
- what is down stays so until that is ended, whatever process ends before; taken down again, it is down in the
  manner that came last.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from keyless.model.outages import IDENTITY, LOGIN, Manner, Outage
from keyless.model.replicas import endpoint_name, hosts_of
from keyless.model.resources import STORE_SUFFIX, VAULT_SUFFIX
from keyless.store.collections import OUTAGES, STORES, VAULTS
from keyless.store.ports import Reader, Store

Part = tuple[str, str]
"""An endpoint, and what a person calls it."""


class CannotTakeDown(Exception):
    """There is no such thing to take down; the message says what there is."""


def vault(name: str) -> Part:
    """A vault's endpoint."""
    return f"{name.lower()}{VAULT_SUFFIX}", f"the vault `{name.lower()}`"


def configuration_store(name: str) -> Part:
    """A configuration store's own endpoint."""
    return f"{name.lower()}{STORE_SUFFIX}", f"the store `{name.lower()}`"


def replica(store: str, name: str) -> Part:
    """The endpoint of a configuration store's replica."""
    what = f"the replica `{name.lower()}` of the store `{store.lower()}`"
    return f"{endpoint_name(store, name)}{STORE_SUFFIX}", what


def identity() -> Part:
    """The endpoints that give managed identities their tokens."""
    return IDENTITY, "the managed-identity endpoint"


def login() -> Part:
    """The sign-in endpoints."""
    return LOGIN, "the sign-in endpoint"


async def take_down(store: Store, part: Part, manner: Manner, now: float) -> Outage:
    """Take a part down from now (epoch seconds) on.

    Raises:
        CannotTakeDown: the estate has no such vault, store or replica.
    """
    endpoint, what = part
    outage = Outage(endpoint, what, manner, int(now))
    async with store.transaction() as transaction:
        await _check_there(transaction, part)
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


async def _check_there(reader: Reader, part: Part) -> None:
    endpoint, what = part
    name, _, domain = endpoint.partition(".")
    if f".{domain}" == VAULT_SUFFIX:
        known = [vault.name.lower() for _, vault in await reader.scan(VAULTS)]
    elif f".{domain}" == STORE_SUFFIX:
        hosts = [host for _, one in await reader.scan(STORES) for host in hosts_of(one)]
        known = [host.removesuffix(STORE_SUFFIX) for host in hosts]
    else:
        return
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        has = ", ".join(f"`{one}`" for one in known) or "nothing"
        hint = f"did you mean `{near[0]}`?" if near else f"of its kind there is {has}"
        raise CannotTakeDown(f"{what} is not there: {hint}")
