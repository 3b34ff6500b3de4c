"""Objects of one kind of all vaults: reading and listing, and their deleted ones and backups.

Source: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from keyless.model.resources import Vault
from keyless.planes.keyvault.objects.backups import Backups
from keyless.planes.keyvault.objects.deleted import DeletedObjects
from keyless.planes.keyvault.objects.errors import ObjectNotFound
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import Version
from keyless.planes.keyvault.objects.vault_records import Live, ObjectReader
from keyless.planes.keyvault.paging import Page, Paging
from keyless.store.ports import Store
from keyless.wire.errors import Missing

V = TypeVar("V", bound=Version)
_VERSION_BYTES = 16

Entropy = Callable[[int], bytes]
"""Gives that many random bytes, as `os.urandom` does."""


class Objects(Generic[V]):
    """The objects of one kind of all vaults in a store. Times (``now``) are epoch seconds.

    ``deleted`` are those that can still come back, ``backups`` takes and restores sealed copies; both take
    what stands ``behind`` an object (the key and the secret of a certificate) with it.
    """

    def __init__(
        self,
        store: Store,
        kind: Kind[V],
        entropy: Entropy = os.urandom,
        behind: tuple[Kind[Any], ...] = (),
    ) -> None:
        self._store = store
        self._entropy = entropy
        self.kind = kind
        self.deleted = DeletedObjects(store, kind, behind)
        self.backups = Backups(store, entropy, kind, behind)

    def new_version_id(self) -> str:
        """An id for a version: 32 hexadecimal digits."""
        return self._entropy(_VERSION_BYTES).hex()

    async def find(self, vault: Vault, name: str, version_id: str | None = None, *, now: int) -> Live[V]:
        """One version of a live object, the newest where none is named; disabled or not.

        Raises:
            ObjectNotFound: there is no live object of that name, or no such version.
        """
        records = ObjectReader(self._store, self.kind, vault)
        head = await records.head(name)
        if head is None:
            raise await self._not_found(records, vault, name, now)
        version = await records.version(name, version_id.lower() if version_id else head.current)
        if version is None:
            raise self.kind.not_found(f"{name}/{version_id}")
        return Live(head.name, version)

    async def _not_found(self, records: ObjectReader[V], vault: Vault, name: str, now: int) -> ObjectNotFound:
        """The error for an object that is not live; one that does not exist at all could be declared."""
        deleted = await records.deleted(name, now)
        missing = None if deleted else Missing(self.kind.noun, vault.name, name)
        return self.kind.not_found(name, missing=missing)

    async def page(self, vault: Vault, paging: Paging) -> Page[Live[V]]:
        """A page of live objects, each with its newest version."""
        records = ObjectReader(self._store, self.kind, vault)
        heads = await records.heads_behind(paging.after, paging.size)
        found = [(head, await records.version(head.name, head.current)) for head in heads.items]
        return Page([Live(head.name, version) for head, version in found if version], heads.after)

    async def page_of_versions(self, vault: Vault, name: str, paging: Paging) -> Page[Live[V]]:
        """A page of a live object's versions; empty where there is no such object, as the service answers."""
        records = ObjectReader(self._store, self.kind, vault)
        head = await records.head(name)
        if head is None:
            return Page([], None)
        versions = await records.versions_behind(name, paging.after, paging.size)
        return Page([Live(head.name, version) for version in versions.items], versions.after)

    async def list_names(self, vault: Vault) -> list[str]:
        """The names of every live object of a vault, in order."""
        return [head.name for _, head in await self._store.scan(self.kind.heads, (vault.name.casefold(),))]

    async def spelled(self, vault: Vault, name: str) -> str:
        """An object's name as it was first written, whatever the case; as given where there is none."""
        return await ObjectReader(self._store, self.kind, vault).spelled(name)

    async def current(self, vault: Vault, name: str) -> Live[V] | None:
        """A live object's newest version, disabled or not; none where there is no such object."""
        return await ObjectReader(self._store, self.kind, vault).live(name)
