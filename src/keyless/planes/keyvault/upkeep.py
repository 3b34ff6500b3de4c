"""What has to be done for an object by itself, and when: to say that it ends soon or has ended, to purge it.

Rules:
- of an object's newest version it is told once that it ends soon (30 days before, unless a rotation policy
  says otherwise), and once that it has ended; of older versions it is not;
- a version that is made closer to its end than that is told of at once;
- a deleted object is purged when its time is over;
- what stands behind a certificate is told of as the certificate alone;
- everything is looked at again in the transaction that does it: what is not due any more is not done.

Sources: https://learn.microsoft.com/azure/event-grid/event-schema-key-vault,
https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, Protocol

from keyless.lifecycle.events import note_event
from keyless.model.events import ExpiryTold, Happening
from keyless.model.resources import Vault
from keyless.planes.keyvault.objects.events import subject_of
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import Version
from keyless.planes.keyvault.objects.vault_records import Live, ObjectReader, ObjectWriter
from keyless.store.collections import EXPIRY_TOLD, VAULTS
from keyless.store.ports import Collection, Key, Reader, Store, Transaction

NEAR_EXPIRY_S = 30 * 24 * 60 * 60


class Place(NamedTuple):
    """An object: its kind, its vault and its name, both case-folded."""

    noun: str
    vault: str
    name: str


class Kept(NamedTuple):
    """Something that was done at a time (the estate's, epoch seconds), in words such as `rotated`."""

    at: int
    done: str
    noun: str
    name: str
    vault: str


Do = Callable[[int, int], Awaitable[Kept | None]]
"""Does what is due, as at a time, now; none where there was nothing to do any more."""


_End = tuple[str, int | None]
"""The id of a version, and when it ends."""


class Due(NamedTuple):
    """Something to be done at a time. ``rank`` orders what is due in one second.

    It is kept until then, perhaps for years, so that ``do`` holds names and times: no value, and no key.
    """

    at: int
    rank: int
    do: Do


class Upkeep(Protocol):
    """What has to be done for the objects of one kind."""

    @property
    def noun(self) -> str:
        """The kind: `secret` or its like."""
        ...

    @property
    def rests_on(self) -> Sequence[Collection[Any]]:
        """The collections that it depends on, all by the vault's and the object's names first."""
        ...

    async def places(self) -> list[Place]:
        """Every object, live or deleted."""
        ...

    async def due(self, place: Place) -> list[Due]:
        """What has to be done for an object, sooner or later."""
        ...


class ObjectUpkeep:
    """The upkeep of objects of one kind in a store: their end, and their purging."""

    def __init__(self, store: Store, kind: Kind[Any]) -> None:
        self._store = store
        self._kind = kind

    @property
    def noun(self) -> str:
        """The kind."""
        return self._kind.noun

    @property
    def rests_on(self) -> Sequence[Collection[Any]]:
        """All that is kept of them."""
        return self._kind.collections

    async def places(self) -> list[Place]:
        """Every object, live or deleted."""
        live = await self._store.scan(self._kind.heads)
        deleted = await self._store.scan(self._kind.deleted)
        return [Place(self.noun, *key[:2]) for key, _ in (*live, *deleted)]

    async def due(self, place: Place) -> list[Due]:
        """What has to be done for an object; nothing in a vault that is deleted itself."""
        vault = await self._store.get(VAULTS, (place.vault,))
        if vault is None:
            return []
        gone = await self._store.get(self._kind.deleted, (place.vault, place.name))
        if gone is not None:
            return [Due(gone.purge_at, 0, lambda at, now: self._purge(vault, gone.name, at))]
        live = await ObjectReader(self._store, self._kind, vault).live(place.name)
        return [] if live is None else await self.due_of_live(vault, live)

    async def due_of_live(self, vault: Vault, live: Live[Any]) -> list[Due]:
        """What has to be done for a live object."""
        version = live.version
        if version.expires is None or version.managed or not version.is_finished:
            return []
        told = await _told(self._store, self.noun, vault, live)
        near_at = await self.near_expiry_at(vault, live)
        coming = (
            (Happening.NEAR_EXPIRY, near_at, told.near),
            (Happening.EXPIRED, version.expires, told.expired),
        )
        return [
            Due(max(at, version.created), rank, self._telling(vault, live, happening))
            for rank, (happening, at, is_told) in enumerate(coming, start=1)
            if at is not None and not is_told
        ]

    async def near_expiry_at(self, vault: Vault, live: Live[Any]) -> int | None:
        """When an object's newest version ends soon; none where nobody is told of that."""
        expires: int | None = live.version.expires
        return None if expires is None else expires - NEAR_EXPIRY_S

    def _telling(self, vault: Vault, live: Live[Any], happening: Happening) -> Do:
        name, end = live.name, _end(live)
        return lambda at, now: self._tell(vault, name, end, happening, at, now)

    async def _tell(
        self, vault: Vault, name: str, end: _End, happening: Happening, at: int, now: int
    ) -> Kept | None:
        async with self._store.transaction() as transaction:
            found = await ObjectReader(transaction, self._kind, vault).live(name)
            if found is None or _end(found) != end:
                return None
            told = await _told(transaction, self.noun, vault, found)
            if told.near if happening is Happening.NEAR_EXPIRY else told.expired:
                return None
            await self._mark(transaction, vault, found, told, happening)
            subject = subject_of(vault, self._kind, found.name, found.version)
            await note_event(transaction, vault, happening.of(self.noun), subject, at=at, now=now)
        return Kept(at, _WORDS[happening], self.noun, found.name, vault.name)

    async def _mark(
        self, transaction: Transaction, vault: Vault, live: Live[Any], told: ExpiryTold, happening: Happening
    ) -> None:
        """Keep that it was told. What has ended does not end soon any more."""
        near = told.near or happening is Happening.NEAR_EXPIRY
        marked = ExpiryTold(told.version, near, happening is Happening.EXPIRED)
        await transaction.put(EXPIRY_TOLD, _told_key(self.noun, vault, live.name), marked)

    async def _purge(self, vault: Vault, name: str, at: int) -> Kept | None:
        async with self._store.transaction() as transaction:
            gone = await transaction.get(self._kind.deleted, (vault.name.casefold(), name.casefold()))
            if gone is None or not gone.is_gone(at):
                return None
            await ObjectWriter(transaction, self._kind, vault).forget(name)
        return Kept(at, "purged", self.noun, gone.name, vault.name)


_WORDS = {Happening.NEAR_EXPIRY: "expires soon", Happening.EXPIRED: "expired"}


def _end(live: Live[Any]) -> _End:
    return live.version.id, live.version.expires


async def _told(reader: Reader, noun: str, vault: Vault, live: Live[Any]) -> ExpiryTold:
    """What was told of the end of an object's newest version."""
    version: Version = live.version
    told = await reader.get(EXPIRY_TOLD, _told_key(noun, vault, live.name))
    return told if told is not None and told.version == version.id else ExpiryTold(version.id)


def _told_key(noun: str, vault: Vault, name: str) -> Key:
    return (vault.name.casefold(), noun, name.casefold())
