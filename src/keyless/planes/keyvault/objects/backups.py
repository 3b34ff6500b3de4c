"""Backups of objects: a sealed copy of all versions, for vaults of the same subscription and geography alone.

Rules:
- a backup is AES-256-GCM under a key that belongs to the tenant and subscription and never leaves the store;
  a backup that was altered, was made elsewhere, or is of another kind of object, does not open;
- it says in which geography it was taken, and is restored in that alone;
- it holds at most 500 versions; the name is in it, and restoring needs that name to be free;
- what stands behind an object (the key and the secret of a certificate) is in its backup, and nothing else of
  its name;
- what is restored keeps its version ids and times.

Sources: https://learn.microsoft.com/azure/key-vault/general/backup,
https://learn.microsoft.com/azure/key-vault/general/overview-security-worlds
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keyless.catalog.regions import geography_of
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.planes.keyvault.objects.copies import Copy, belongings_in, copy_of, versions_in
from keyless.planes.keyvault.objects.errors import ObjectIsManaged
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import Version
from keyless.planes.keyvault.objects.vault_records import Live, ObjectReader, ObjectWriter
from keyless.store.collections import TENANT
from keyless.store.ports import Collection, Key, Reader, Store, Transaction
from keyless.wire.errors import InvalidRequest

V = TypeVar("V", bound=Version)

MAX_VERSIONS = 500
MAX_BACKUP_BYTES = 16 * 1024 * 1024
_KEY_BYTES = 32
_NONCE_BYTES = 12
_CLOSED = "Cannot decrypt backup blob."


class BackupKey(msgspec.Struct, frozen=True):
    """The key that a subscription's backups are sealed under (AES-256)."""

    key: bytes

    def __repr__(self) -> str:
        return "BackupKey(…)"


BACKUP_KEYS = Collection("backup-keys", BackupKey, sealed=True)
"""By tenant and subscription."""


class _Backup(msgspec.Struct, frozen=True):
    """What is sealed: where it was taken, and copies of the object and what stands behind it, by noun."""

    geography: str
    copies: dict[str, Copy]


class Backups(Generic[V]):
    """Takes and restores backups of one kind of object. ``entropy`` gives that many random bytes."""

    def __init__(
        self,
        store: Store,
        entropy: Callable[[int], bytes],
        kind: Kind[V],
        behind: tuple[Kind[Any], ...] = (),
    ) -> None:
        self._store = store
        self._entropy = entropy
        self._kind = kind
        self._behind = behind
        self._format = f"keyless {kind.noun} backup 2\n".encode()

    async def take(self, vault: Vault, name: str) -> bytes:
        """A live object with all its versions, sealed.

        Raises:
            ObjectNotFound: there is no live object of that name.
            ObjectIsManaged: it stands behind a certificate.
            InvalidRequest: it has too many versions, or they are too large.
        """
        async with self._store.transaction() as transaction:
            live = await ObjectWriter(transaction, self._kind, vault).live(name)
            if live is None:
                raise self._kind.not_found(name)
            if live.version.managed:
                raise ObjectIsManaged(self._kind.noun, live.name, "backup")
            backup = _Backup(geography_of(vault.location), await self._copies(transaction, vault, name))
            plain = _small(msgspec.msgpack.encode(backup))
            key = await self._key_for(transaction, vault)
        nonce = self._entropy(_NONCE_BYTES)
        return self._format + nonce + AESGCM(key.key).encrypt(nonce, plain, self._format)

    async def restore(self, vault: Vault, backup: bytes, *, now: int) -> Live[V]:
        """Write a backed-up object into a vault.

        Raises:
            InvalidRequest: it is not a backup of this subscription and geography, or was altered.
            ObjectExists: there is a live object of that name.
            ObjectIsDeleted: there is a deleted one.
        """
        async with self._store.transaction() as transaction:
            key = await transaction.get(BACKUP_KEYS, await _owner(transaction, vault))
            copies = self._open(vault, backup, key)
            restored = await _restore(transaction, self._kind, vault, copies[self._kind.noun], now)
            for kind in self._behind:
                if kind.noun in copies:
                    await _restore(transaction, kind, vault, copies[kind.noun], now)
            return restored

    async def name_in(self, vault: Vault, backup: bytes) -> str:
        """The name of the object that a backup is of.

        Raises:
            InvalidRequest: it is not a backup of this subscription and geography, or was altered.
        """
        key = await self._store.get(BACKUP_KEYS, await _owner(self._store, vault))
        return self._open(vault, backup, key)[self._kind.noun].head.name

    async def _copies(self, transaction: Transaction, vault: Vault, name: str) -> dict[str, Copy]:
        """Copies of the object and of what stands behind it, by noun."""
        kinds: list[Kind[Any]] = [self._kind]
        for kind in self._behind:
            found = await ObjectWriter(transaction, kind, vault).live(name)
            if found is not None and found.version.managed:
                kinds.append(kind)
        return {kind.noun: await _copy(transaction, kind, vault, name) for kind in kinds}

    async def _key_for(self, transaction: Transaction, vault: Vault) -> BackupKey:
        """The key of the vault's subscription; made when it is first needed."""
        owner = await _owner(transaction, vault)
        key = await transaction.get(BACKUP_KEYS, owner)
        if key is None:
            key = BackupKey(self._entropy(_KEY_BYTES))
            await transaction.put(BACKUP_KEYS, owner, key)
        return key

    def _open(self, vault: Vault, backup: bytes, key: BackupKey | None) -> dict[str, Copy]:
        at = len(self._format)
        nonce, sealed = backup[at:][:_NONCE_BYTES], backup[at + _NONCE_BYTES :]
        if key is None or not backup.startswith(self._format):
            raise _foreign()
        try:
            plain = AESGCM(key.key).decrypt(nonce, sealed, self._format)
        except (InvalidTag, ValueError) as error:
            raise _foreign() from error
        return _near(vault, msgspec.msgpack.decode(plain, type=_Backup)).copies


async def _copy(transaction: Transaction, kind: Kind[Any], vault: Vault, name: str) -> Copy:
    """A copy of a live object.

    Raises:
        ObjectNotFound: there is no such object.
        InvalidRequest: it has too many versions.
    """
    head = await ObjectReader(transaction, kind, vault).head(name)
    if head is None:
        raise kind.not_found(name)
    copy = await copy_of(transaction, kind, vault, head)
    if len(copy.versions) > MAX_VERSIONS:
        raise InvalidRequest(
            f"the {kind.noun} has {len(copy.versions)} versions, and a backup holds {MAX_VERSIONS}",
            field="name",
        )
    return copy


async def _restore(transaction: Transaction, kind: Kind[V], vault: Vault, copy: Copy, now: int) -> Live[V]:
    records = ObjectWriter(transaction, kind, vault)
    name = copy.head.name
    await records.free_name(name, now)
    belongings = belongings_in(copy, kind)
    for one in kind.belongings:
        if one.name in belongings:
            await transaction.put(one, records.key(name), belongings[one.name])
    return await records.restore(copy.head, versions_in(copy, kind))


async def _owner(reader: Reader, vault: Vault) -> Key:
    """Whose backups can be restored into a vault: those of its tenant and subscription."""
    tenant = await reader.get(TENANT, ("tenant",))
    subscription_id = ResourceId.parse(vault.resource_id).subscription_id or ""
    return ("" if tenant is None else tenant.tenant_id.casefold(), subscription_id.casefold())


def read_backup(text: str) -> bytes:
    """A backup as it is written on the wire, in base64url.

    Raises:
        InvalidRequest: it is not base64url.
    """
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidRequest("the backup in `value` must be base64url", field="value") from None


def written_backup(backup: bytes) -> str:
    """A backup in base64url, without padding."""
    return base64.urlsafe_b64encode(backup).rstrip(b"=").decode()


def _small(plain: bytes) -> bytes:
    if len(plain) > MAX_BACKUP_BYTES:
        raise InvalidRequest(
            f"the versions have {len(plain)} bytes, and a backup holds {MAX_BACKUP_BYTES}", field="name"
        )
    return plain


def _near(vault: Vault, backup: _Backup) -> _Backup:
    """A backup, if it is of the vault's geography."""
    geography = geography_of(vault.location)
    if backup.geography != geography:
        raise InvalidRequest(
            f"{_CLOSED} It was taken in the geography {backup.geography}, and this vault is in {geography}: "
            f"restore it into a vault in a region of {backup.geography}",
            field="value",
        )
    return backup


def _foreign() -> InvalidRequest:
    return InvalidRequest(
        f"{_CLOSED} It is not of a vault of this subscription, or it was altered: restore one that was taken "
        "here, as it was given out",
        field="value",
    )
