"""One vault's objects of one kind in the store: finding records, and keeping heads and versions together."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Generic, NamedTuple, TypeVar

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.objects.errors import ObjectExists, ObjectIsDeleted
from keyless.planes.keyvault.objects.events import note_new_version
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import DeletedHead, Head, Version
from keyless.planes.keyvault.paging import Page
from keyless.store.collections import EXPIRY_TOLD
from keyless.store.ports import Key, Reader, Transaction

V = TypeVar("V", bound=Version)


class Live(NamedTuple, Generic[V]):
    """A version of a live object, with the object's own name."""

    name: str
    version: V


class Deleted(NamedTuple, Generic[V]):
    """A deleted object, with its newest version."""

    head: DeletedHead
    version: V


class ObjectReader(Generic[V]):
    """Finds a vault's objects of one kind."""

    __slots__ = ("_kind", "_reader", "_vault")

    def __init__(self, reader: Reader, kind: Kind[V], vault: Vault) -> None:
        self._reader = reader
        self._kind = kind
        self._vault = vault.name.casefold()

    def head(self, name: str) -> Awaitable[Head | None]:
        """A live object's head."""
        return self._reader.get(self._kind.heads, self.key(name))

    async def spelled(self, name: str) -> str:
        """A name as the live or deleted object of that name first had it; as given if there is none."""
        if (live := await self.head(name)) is not None:
            return live.name
        deleted = await self._reader.get(self._kind.deleted, self.key(name))
        return name if deleted is None else deleted.name

    async def live(self, name: str) -> Live[V] | None:
        """A live object's newest version."""
        head = await self.head(name)
        version = None if head is None else await self.version(name, head.current)
        return None if head is None or version is None else Live(head.name, version)

    async def deleted(self, name: str, now: int) -> Deleted[V] | None:
        """A deleted object; none once its time is over."""
        head = await self._reader.get(self._kind.deleted, self.key(name))
        if head is None or head.is_gone(now):
            return None
        version = await self.version(name, head.current)
        return None if version is None else Deleted(head, version)

    def version(self, name: str, version_id: str) -> Awaitable[V | None]:
        """One version of a live or deleted object."""
        return self._reader.get(self._kind.versions, (self._vault, name.casefold(), version_id))

    async def versions(self, name: str) -> list[V]:
        """Every version of a live or deleted object, in the order of their ids."""
        return [version for _, version in await self._reader.scan(self._kind.versions, self.key(name))]

    async def heads_behind(self, after: str | None, size: int) -> Page[Head]:
        """A page of live objects' heads, in the order of their names."""
        behind = None if after is None else (self._vault, after)
        found = await self._reader.scan(self._kind.heads, (self._vault,), after=behind, limit=size + 1)
        return Page([head for _, head in found[:size]], _last_key(found, size))

    async def deleted_behind(self, after: str | None, size: int, now: int) -> Page[DeletedHead]:
        """A page of deleted objects' heads, in the order of their names.

        Those whose time is over are left out, so that a page can be shorter than asked for.
        """
        behind = None if after is None else (self._vault, after)
        found = await self._reader.scan(self._kind.deleted, (self._vault,), after=behind, limit=size + 1)
        items = [head for _, head in found[:size] if not head.is_gone(now)]
        return Page(items, _last_key(found, size))

    async def versions_behind(self, name: str, after: str | None, size: int) -> Page[V]:
        """A page of an object's versions, in the order of their ids."""
        behind = None if after is None else (*self.key(name), after)
        found = await self._reader.scan(self._kind.versions, self.key(name), after=behind, limit=size + 1)
        return Page([version for _, version in found[:size]], _last_key(found, size))

    def key(self, name: str) -> tuple[str, str]:
        """The key of everything that is kept of an object as a whole."""
        return (self._vault, name.casefold())


def _last_key(found: Sequence[tuple[Key, object]], size: int) -> str | None:
    """The key to go on behind, where more than a page was found."""
    return found[size - 1][0][-1] if len(found) > size else None


class ObjectWriter(ObjectReader[V]):
    """Finds and changes a vault's objects of one kind within one transaction."""

    __slots__ = ("_in", "_transaction")

    def __init__(self, transaction: Transaction, kind: Kind[V], vault: Vault) -> None:
        super().__init__(transaction, kind, vault)
        self._transaction = transaction
        self._in = vault

    async def free_name(self, name: str, now: int) -> None:
        """Make sure that no deleted object holds the name; one whose time is over is forgotten.

        Raises:
            ObjectIsDeleted: a deleted object holds it, and can still come back.
        """
        deleted = await self._reader.get(self._kind.deleted, self.key(name))
        if deleted is None:
            return
        if not deleted.is_gone(now):
            raise ObjectIsDeleted(self._kind.noun, deleted.name)
        await self.forget(name)

    async def put_current(self, name: str, version: V, *, now: int | None = None) -> Live[V]:
        """Write a version and make it the current one; an object keeps the name it was first written with.

        Whoever is subscribed to the vault's events is to be told. ``now`` is given where that is later than
        the version's own times, in epoch seconds.
        """
        head = await self.head(name)
        head = Head(name, version.id) if head is None else msgspec.structs.replace(head, current=version.id)
        await self.put_version(name, version)
        await self._transaction.put(self._kind.heads, self.key(name), head)
        await note_new_version(self._transaction, self._in, self._kind, head.name, version, now)
        return Live(head.name, version)

    async def put_version(self, name: str, version: V) -> None:
        """Write a version in its place."""
        await self._transaction.put(self._kind.versions, (*self.key(name), version.id), version)

    async def delete(self, live: Live[V], deleted_at: int, purge_at: int) -> Deleted[V]:
        """Move a live object, given by its newest version, to the deleted ones."""
        key = self.key(live.name)
        head = DeletedHead(live.name, live.version.id, deleted_at, purge_at)
        await self._transaction.delete(self._kind.heads, key)
        await self._transaction.put(self._kind.deleted, key, head)
        return Deleted(head, live.version)

    async def recover(self, deleted: Deleted[V]) -> Live[V]:
        """Move a deleted object back to the live ones."""
        name = deleted.head.name
        await self._transaction.delete(self._kind.deleted, self.key(name))
        await self._transaction.put(self._kind.heads, self.key(name), Head(name, deleted.head.current))
        return Live(name, deleted.version)

    async def forget(self, name: str) -> None:
        """Remove whatever is left of a deleted object, its versions included."""
        key = self.key(name)
        for whole in (self._kind.deleted, *self._kind.belongings):
            await self._transaction.delete(whole, key)
        await self._transaction.delete(EXPIRY_TOLD, (self._vault, self._kind.noun, name.casefold()))
        for version_key, _ in await self._transaction.scan(self._kind.versions, key):
            await self._transaction.delete(self._kind.versions, version_key)

    async def forget_gone(self, now: int) -> None:
        """Remove every deleted object whose time is over."""
        for _, head in await self._transaction.scan(self._kind.deleted, (self._vault,)):
            if head.is_gone(now):
                await self.forget(head.name)

    async def restore(self, head: Head, versions: Sequence[V]) -> Live[V]:
        """Write an object with all its versions.

        Raises:
            ObjectExists: there is a live object of that name.
        """
        if await self.head(head.name) is not None:
            raise ObjectExists(self._kind.noun, head.name)
        for version in versions:
            await self.put_version(head.name, version)
        await self._transaction.put(self._kind.heads, self.key(head.name), head)
        current = next(version for version in versions if version.id == head.current)
        return Live(head.name, current)
