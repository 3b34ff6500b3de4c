"""One vault's secrets in the store: finding records, and keeping heads and versions together."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import NamedTuple

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.paging import Page
from keyless.planes.keyvault.secrets.errors import SecretExists, SecretIsDeleted
from keyless.planes.keyvault.secrets.records import (
    DELETED_SECRETS,
    SECRET_VERSIONS,
    SECRETS,
    DeletedHead,
    SecretHead,
    SecretVersion,
)
from keyless.store.ports import Key, Reader, Transaction


class Secret(NamedTuple):
    """A version of a live secret, with the secret's own name."""

    name: str
    version: SecretVersion


class DeletedSecret(NamedTuple):
    """A deleted secret, with its newest version."""

    head: DeletedHead
    version: SecretVersion


class VaultReader:
    """Finds a vault's secrets."""

    __slots__ = ("_reader", "_vault")

    def __init__(self, reader: Reader, vault: Vault) -> None:
        self._reader = reader
        self._vault = vault.name.casefold()

    def head(self, name: str) -> Awaitable[SecretHead | None]:
        """A live secret's head."""
        return self._reader.get(SECRETS, self._key(name))

    async def spelled(self, name: str) -> str:
        """A name as the live or deleted secret of that name first had it; as given if there is none."""
        if (live := await self.head(name)) is not None:
            return live.name
        deleted = await self._reader.get(DELETED_SECRETS, self._key(name))
        return name if deleted is None else deleted.name

    async def live(self, name: str) -> Secret | None:
        """A live secret's newest version."""
        head = await self.head(name)
        version = None if head is None else await self.version(name, head.current)
        return None if head is None or version is None else Secret(head.name, version)

    async def deleted(self, name: str, now: int) -> DeletedSecret | None:
        """A deleted secret; none once its time is over."""
        head = await self._reader.get(DELETED_SECRETS, self._key(name))
        if head is None or head.is_gone(now):
            return None
        version = await self.version(name, head.current)
        return None if version is None else DeletedSecret(head, version)

    def version(self, name: str, version_id: str) -> Awaitable[SecretVersion | None]:
        """One version of a live or deleted secret."""
        return self._reader.get(SECRET_VERSIONS, (self._vault, name.casefold(), version_id))

    async def versions(self, name: str) -> list[SecretVersion]:
        """Every version of a live or deleted secret, in the order of their ids."""
        return [version for _, version in await self._reader.scan(SECRET_VERSIONS, self._key(name))]

    async def heads_behind(self, after: str | None, size: int) -> Page[SecretHead]:
        """A page of live secrets' heads, in the order of their names."""
        behind = None if after is None else (self._vault, after)
        found = await self._reader.scan(SECRETS, (self._vault,), after=behind, limit=size + 1)
        return Page([head for _, head in found[:size]], _last_key(found, size))

    async def deleted_behind(self, after: str | None, size: int, now: int) -> Page[DeletedHead]:
        """A page of deleted secrets' heads, in the order of their names.

        Those whose time is over are left out, so that a page can be shorter than asked for.
        """
        behind = None if after is None else (self._vault, after)
        found = await self._reader.scan(DELETED_SECRETS, (self._vault,), after=behind, limit=size + 1)
        items = [head for _, head in found[:size] if not head.is_gone(now)]
        return Page(items, _last_key(found, size))

    async def versions_behind(self, name: str, after: str | None, size: int) -> Page[SecretVersion]:
        """A page of a secret's versions, in the order of their ids."""
        behind = None if after is None else (*self._key(name), after)
        found = await self._reader.scan(SECRET_VERSIONS, self._key(name), after=behind, limit=size + 1)
        return Page([version for _, version in found[:size]], _last_key(found, size))

    def _key(self, name: str) -> tuple[str, str]:
        return (self._vault, name.casefold())


def _last_key(found: Sequence[tuple[Key, object]], size: int) -> str | None:
    """The key to go on behind, where more than a page was found."""
    return found[size - 1][0][-1] if len(found) > size else None


class VaultWriter(VaultReader):
    """Finds and changes a vault's secrets within one transaction."""

    __slots__ = ("_transaction",)

    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        super().__init__(transaction, vault)
        self._transaction = transaction

    async def free_name(self, name: str, now: int) -> None:
        """Make sure that no deleted secret holds the name; one whose time is over is forgotten.

        Raises:
            SecretIsDeleted: a deleted secret holds it, and can still come back.
        """
        deleted = await self._reader.get(DELETED_SECRETS, self._key(name))
        if deleted is None:
            return
        if not deleted.is_gone(now):
            raise SecretIsDeleted(deleted.name)
        await self.forget(name)

    async def put_current(self, name: str, version: SecretVersion) -> Secret:
        """Write a version and make it the current one; a secret keeps the name it was first written with."""
        head = await self.head(name)
        head = (
            SecretHead(name, version.id)
            if head is None
            else msgspec.structs.replace(head, current=version.id)
        )
        await self.put_version(name, version)
        await self._transaction.put(SECRETS, self._key(name), head)
        return Secret(head.name, version)

    async def put_version(self, name: str, version: SecretVersion) -> None:
        """Write a version in its place."""
        await self._transaction.put(SECRET_VERSIONS, (*self._key(name), version.id), version)

    async def delete(self, secret: Secret, deleted_at: int, purge_at: int) -> DeletedSecret:
        """Move a live secret, given by its newest version, to the deleted ones."""
        key = self._key(secret.name)
        head = DeletedHead(secret.name, secret.version.id, deleted_at, purge_at)
        await self._transaction.delete(SECRETS, key)
        await self._transaction.put(DELETED_SECRETS, key, head)
        return DeletedSecret(head, secret.version)

    async def recover(self, deleted: DeletedSecret) -> Secret:
        """Move a deleted secret back to the live ones."""
        name = deleted.head.name
        await self._transaction.delete(DELETED_SECRETS, self._key(name))
        await self._transaction.put(SECRETS, self._key(name), SecretHead(name, deleted.head.current))
        return Secret(name, deleted.version)

    async def forget(self, name: str) -> None:
        """Remove whatever is left of a deleted secret, its versions included."""
        key = self._key(name)
        await self._transaction.delete(DELETED_SECRETS, key)
        for version_key, _ in await self._transaction.scan(SECRET_VERSIONS, key):
            await self._transaction.delete(SECRET_VERSIONS, version_key)

    async def forget_gone(self, now: int) -> None:
        """Remove every deleted secret whose time is over."""
        for _, head in await self._transaction.scan(DELETED_SECRETS, (self._vault,)):
            if head.is_gone(now):
                await self.forget(head.name)

    async def restore(self, head: SecretHead, versions: list[SecretVersion]) -> Secret:
        """Write a secret with all its versions.

        Raises:
            SecretExists: there is a live secret of that name.
        """
        if await self.head(head.name) is not None:
            raise SecretExists(head.name)
        for version in versions:
            await self.put_version(head.name, version)
        await self._transaction.put(SECRETS, self._key(head.name), head)
        current = next(version for version in versions if version.id == head.current)
        return Secret(head.name, current)
