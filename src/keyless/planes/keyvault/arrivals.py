"""Objects that come into a vault from elsewhere: all of them in one transaction, or none.

Rules:
- what is there already and says the same is left alone, so that bringing it twice changes nothing;
- what differs is refused, unless it is to be renewed: then what comes is written beside the versions that
  are there, and becomes the current one; no version is overwritten by one of another id;
- a deleted object of the name is in the way, unless what differs is to be renewed: then it is recovered;
- what stands behind a certificate comes only as that, and nothing else comes in its place;
- where one is refused, nothing is written.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import Version
from keyless.planes.keyvault.objects.vault_records import ObjectWriter
from keyless.store.ports import Store, Transaction

V = TypeVar("V", bound=Version)


class Outcome(enum.StrEnum):
    """What became of an object that was to come in."""

    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    RECOVERED = "recovered"
    DIFFERS = "differs"
    DELETED = "deleted"
    MANAGED = "managed"

    @property
    def refused(self) -> bool:
        """Whether it kept everything from being written."""
        return self in {Outcome.DIFFERS, Outcome.DELETED, Outcome.MANAGED}


@dataclass(frozen=True, slots=True)
class Arrival(Generic[V]):
    """An object to come in; the last of its ``versions`` is to be the current one.

    ``belongings`` are by the name of their collection. ``says_the_same`` tells whether a current version that
    is there already has what comes; without it what comes is a whole copy, and must be there to the letter.
    What stands ``behind`` a certificate is written with it, and needs its name.
    """

    kind: Kind[V]
    name: str
    versions: tuple[V, ...]
    belongings: Mapping[str, msgspec.Struct] = field(default_factory=dict)
    says_the_same: Callable[[V], bool] | None = None
    behind: tuple[Arrival[Any], ...] = ()

    @property
    def current(self) -> V:
        """The version that is to be the current one."""
        return self.versions[-1]


class Arrived(NamedTuple):
    """An object that was to come in, and what became of it."""

    arrival: Arrival[Any]
    outcome: Outcome


class Arrivals:
    """Brings objects into the vaults of a store. Times (``now``) are epoch seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take_in(
        self, vault: Vault, arrivals: Iterable[Arrival[Any]], *, renew: bool, keep: bool, now: int
    ) -> list[Arrived]:
        """Bring objects into a vault, and say what became of each.

        With ``renew`` what differs is renewed, and what is deleted recovered. Without ``keep`` nothing is
        written. No two of the arrivals have the same kind and name.
        """
        async with self._store.transaction() as transaction:
            coming = await coming_in(transaction, vault, arrivals, renew=renew, now=now)
            if keep and not coming.refused:
                await coming.write()
        return coming.arrived


class Coming:
    """Objects on their way in, within a transaction: looked at, and not written yet."""

    def __init__(self, each: list[tuple[_Coming, Outcome]]) -> None:
        self._each = each

    @property
    def arrived(self) -> list[Arrived]:
        """What becomes of each."""
        return [Arrived(coming.arrival, outcome) for coming, outcome in self._each]

    @property
    def refused(self) -> bool:
        """Whether one of them keeps all from being written."""
        return any(outcome.refused for _, outcome in self._each)

    async def write(self) -> None:
        """Make what becomes of them true."""
        for coming, outcome in self._each:
            await coming.write(outcome)


async def coming_in(
    transaction: Transaction, vault: Vault, arrivals: Iterable[Arrival[Any]], *, renew: bool, now: int
) -> Coming:
    """Look what becomes of objects that are to come in, for whoever writes more in the same step."""
    each = [_Coming(transaction, vault, one, now) for one in arrivals]
    return Coming([(coming, await coming.outcome(renew=renew)) for coming in each])


class _Coming:
    """One object, within the transaction that it comes in with."""

    def __init__(self, transaction: Transaction, vault: Vault, arrival: Arrival[Any], now: int) -> None:
        self._transaction = transaction
        self._records = ObjectWriter(transaction, arrival.kind, vault)
        self._now = now
        self._behind = [_Coming(transaction, vault, one, now) for one in arrival.behind]
        self.arrival = arrival

    async def outcome(self, *, renew: bool) -> Outcome:
        """What becomes of it."""
        deleted = await self._records.deleted(self.arrival.name, self._now)
        there = deleted or await self._records.live(self.arrival.name)
        behind = [await one.outcome(renew=renew) for one in self._behind]
        if Outcome.MANAGED in behind:
            return Outcome.MANAGED
        if there is None:
            return Outcome.DELETED if Outcome.DELETED in behind else Outcome.NEW
        if there.version.managed != self.arrival.current.managed:
            return Outcome.MANAGED
        if deleted is not None:
            return Outcome.RECOVERED if renew else Outcome.DELETED
        if await self._is_there(there.version):
            return Outcome.UNCHANGED
        return Outcome.CHANGED if renew else Outcome.DIFFERS

    async def write(self, outcome: Outcome) -> None:
        """Make what becomes of it true."""
        if outcome is Outcome.UNCHANGED:
            return
        for one in self._behind:
            await one.write(Outcome.CHANGED)
        name = self.arrival.name
        deleted = await self._records.deleted(name, self._now)
        if deleted is not None:
            recovered = await self._records.recover(deleted)
            if await self._is_there(recovered.version):
                return
        await self._records.free_name(name, self._now)
        for version in self.arrival.versions[:-1]:
            await self._records.put_version(name, version)
        await self._records.put_current(name, self.arrival.current, now=self._now)
        for collection in self.arrival.kind.belongings:
            if (record := self.arrival.belongings.get(collection.name)) is not None:
                await self._transaction.put(collection, self._records.key(name), record)

    async def _is_there(self, current: Version) -> bool:
        if self.arrival.says_the_same is not None:
            return self.arrival.says_the_same(current)
        if current.id != self.arrival.current.id:
            return False
        for version in self.arrival.versions:
            if await self._records.version(self.arrival.name, version.id) != version:
                return False
        key = self._records.key(self.arrival.name)
        for collection in self.arrival.kind.belongings:
            wanted = self.arrival.belongings.get(collection.name)
            if wanted is not None and await self._transaction.get(collection, key) != wanted:
                return False
        return True
