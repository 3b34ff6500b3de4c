"""Deleted secrets: they can be seen, recovered and purged until their retention period is over.

Nothing runs in the background: a deleted secret whose time is over is treated as gone from that second on,
and removed from the store by the next deletion in its vault, or by whoever takes its name.

Source: https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
"""

from __future__ import annotations

from keyless.model.resources import Vault
from keyless.planes.keyvault.paging import Page, Paging
from keyless.planes.keyvault.secrets.errors import (
    DeletedSecretNotFound,
    PurgeProtected,
    SecretDisabled,
    SecretNotFound,
)
from keyless.planes.keyvault.secrets.vault_records import DeletedSecret, Secret, VaultReader, VaultWriter
from keyless.planes.keyvault.vaults import purge_time
from keyless.store.ports import Store


class DeletedSecrets:
    """The deleted secrets of all vaults in a store. Times (``now``) are epoch seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def delete(self, vault: Vault, name: str, *, now: int) -> DeletedSecret:
        """Delete a live secret with all its versions, so that it can be recovered.

        Raises:
            SecretNotFound: there is no live secret of that name.
        """
        async with self._store.transaction() as transaction:
            records = VaultWriter(transaction, vault)
            secret = await records.live(name)
            if secret is None:
                raise SecretNotFound(name)
            await records.forget_gone(now)
            return await records.delete(secret, now, purge_time(vault, now))

    async def get(self, vault: Vault, name: str, *, now: int) -> DeletedSecret:
        """A deleted secret.

        Raises:
            DeletedSecretNotFound: there is none of that name.
            SecretDisabled: its newest version is disabled.
        """
        deleted = await VaultReader(self._store, vault).deleted(name, now)
        if deleted is None:
            raise DeletedSecretNotFound(name)
        if not deleted.version.enabled:
            raise SecretDisabled
        return deleted

    async def page(self, vault: Vault, paging: Paging, *, now: int) -> Page[DeletedSecret]:
        """A page of deleted secrets."""
        records = VaultReader(self._store, vault)
        heads = await records.deleted_behind(paging.after, paging.size, now)
        found = [(head, await records.version(head.name, head.current)) for head in heads.items]
        return Page([DeletedSecret(head, version) for head, version in found if version], heads.after)

    async def recover(self, vault: Vault, name: str, *, now: int) -> Secret:
        """Bring a deleted secret back, with all its versions.

        Raises:
            SecretNotFound: there is no deleted secret of that name.
        """
        async with self._store.transaction() as transaction:
            records = VaultWriter(transaction, vault)
            deleted = await records.deleted(name, now)
            if deleted is None:
                raise SecretNotFound(name)
            return await records.recover(deleted)

    async def purge(self, vault: Vault, name: str, *, now: int) -> None:
        """Remove a deleted secret for good.

        Raises:
            DeletedSecretNotFound: there is none of that name.
            PurgeProtected: the vault does not allow it.
        """
        async with self._store.transaction() as transaction:
            records = VaultWriter(transaction, vault)
            if await records.deleted(name, now) is None:
                raise DeletedSecretNotFound(name)
            if vault.purge_protection:
                raise PurgeProtected(vault)
            await records.forget(name)
