"""Deleted objects: they can be seen, recovered and purged until their retention period is over.

Rules:
- what stands behind an object (the key and the secret of a certificate) is deleted, recovered and purged
  with it, and never by itself; what merely has its name, as beside a certificate that was never finished, is
  left alone;
- nothing needs to run in the background: a deleted object whose time is over is treated as gone from that
  second on, and removed from the store by the next deletion in its vault, or by whoever takes its name.

Source: https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from keyless.model.resources import Vault
from keyless.planes.keyvault.objects.errors import ObjectIsManaged, PurgeProtected
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import Version
from keyless.planes.keyvault.objects.vault_records import Deleted, Live, ObjectReader, ObjectWriter
from keyless.planes.keyvault.paging import Page, Paging
from keyless.planes.keyvault.vaults import purge_time
from keyless.store.ports import Store, Transaction

V = TypeVar("V", bound=Version)


class DeletedObjects(Generic[V]):
    """The deleted objects of one kind of all vaults in a store, with those of the kinds ``behind`` them.

    Times (``now``) are epoch seconds.
    """

    def __init__(self, store: Store, kind: Kind[V], behind: tuple[Kind[Any], ...] = ()) -> None:
        self._store = store
        self._kind = kind
        self._behind = behind

    async def delete(self, vault: Vault, name: str, *, now: int) -> Deleted[V]:
        """Delete a live object with all its versions, so that it can be recovered.

        Raises:
            ObjectNotFound: there is no live object of that name.
            ObjectIsManaged: it stands behind a certificate.
        """
        async with self._store.transaction() as transaction:
            records = ObjectWriter(transaction, self._kind, vault)
            live = await records.live(name)
            if live is None:
                raise self._kind.not_found(name)
            if live.version.managed:
                raise ObjectIsManaged(self._kind.noun, live.name, "delete")
            for one in self._all(transaction, vault):
                await one.forget_gone(now)
            for behind in self._writers_behind(transaction, vault):
                found = await behind.live(name)
                if found is not None and found.version.managed:
                    await behind.delete(found, now, purge_time(vault, now))
            return await records.delete(live, now, purge_time(vault, now))

    async def find(self, vault: Vault, name: str, *, now: int) -> Deleted[V]:
        """A deleted object.

        Raises:
            DeletedNotFound: there is none of that name.
        """
        deleted = await ObjectReader(self._store, self._kind, vault).deleted(name, now)
        if deleted is None:
            raise self._kind.deleted_not_found(name)
        return deleted

    async def page(self, vault: Vault, paging: Paging, *, now: int) -> Page[Deleted[V]]:
        """A page of deleted objects."""
        records = ObjectReader(self._store, self._kind, vault)
        heads = await records.deleted_behind(paging.after, paging.size, now)
        found = [(head, await records.version(head.name, head.current)) for head in heads.items]
        return Page([Deleted(head, version) for head, version in found if version], heads.after)

    async def recover(self, vault: Vault, name: str, *, now: int) -> Live[V]:
        """Bring a deleted object back, with all its versions.

        Raises:
            ObjectNotFound: there is no deleted object of that name.
            ObjectIsManaged: it stands behind a certificate.
        """
        async with self._store.transaction() as transaction:
            records = ObjectWriter(transaction, self._kind, vault)
            deleted = await records.deleted(name, now)
            if deleted is None:
                raise self._kind.not_found(name)
            if deleted.version.managed:
                raise ObjectIsManaged(self._kind.noun, deleted.head.name, "recover")
            for behind in self._writers_behind(transaction, vault):
                found = await behind.deleted(name, now)
                if found is not None and found.version.managed:
                    await behind.recover(found)
            return await records.recover(deleted)

    async def purge(self, vault: Vault, name: str, *, now: int) -> None:
        """Remove a deleted object for good.

        Raises:
            DeletedNotFound: there is none of that name.
            PurgeProtected: the vault does not allow it.
            ObjectIsManaged: it stands behind a certificate.
        """
        async with self._store.transaction() as transaction:
            deleted = await ObjectWriter(transaction, self._kind, vault).deleted(name, now)
            if deleted is None:
                raise self._kind.deleted_not_found(name)
            if deleted.version.managed:
                raise ObjectIsManaged(self._kind.noun, deleted.head.name, "purge")
            if vault.purge_protection:
                raise PurgeProtected(vault, self._kind.noun)
            for behind in self._writers_behind(transaction, vault):
                found = await behind.deleted(name, now)
                if found is not None and found.version.managed:
                    await behind.forget(name)
            await ObjectWriter(transaction, self._kind, vault).forget(name)

    def _writers_behind(self, transaction: Transaction, vault: Vault) -> list[ObjectWriter[Any]]:
        return [ObjectWriter(transaction, kind, vault) for kind in self._behind]

    def _all(self, transaction: Transaction, vault: Vault) -> list[ObjectWriter[Any]]:
        return [ObjectWriter(transaction, kind, vault) for kind in (self._kind, *self._behind)]
