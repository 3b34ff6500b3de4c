"""Backups of secrets: a sealed copy of all versions, which opens only for vaults of the same subscription.

Rules:
- a backup is AES-256-GCM under a key that belongs to the tenant and subscription and never leaves the store;
  a backup that was altered, or was made elsewhere, does not open;
- it holds at most 500 versions; the name is in it, and restoring needs that name to be free;
- what is restored keeps its version ids and times.

Source: https://learn.microsoft.com/azure/key-vault/general/backup
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.planes.keyvault.secrets.errors import SecretNotFound
from keyless.planes.keyvault.secrets.records import BACKUP_KEYS, BackupKey, SecretHead, SecretVersion
from keyless.planes.keyvault.secrets.vault_records import Secret, VaultWriter
from keyless.store.collections import TENANT
from keyless.store.ports import Key, Reader, Store, Transaction
from keyless.wire.errors import InvalidRequest

MAX_VERSIONS = 500
MAX_BACKUP_BYTES = 16 * 1024 * 1024
_KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = b"keyless secret backup 1\n"


class _Copy(msgspec.Struct, frozen=True):
    """What is sealed: the secret's head, and every version."""

    head: SecretHead
    versions: list[SecretVersion]


class SecretBackups:
    """Takes and restores backups. ``entropy`` gives that many random bytes."""

    def __init__(self, store: Store, entropy: Callable[[int], bytes]) -> None:
        self._store = store
        self._entropy = entropy

    async def take(self, vault: Vault, name: str) -> bytes:
        """A live secret with all its versions, sealed.

        Raises:
            SecretNotFound: there is no live secret of that name.
            InvalidRequest: it has too many versions, or they are too large.
        """
        async with self._store.transaction() as transaction:
            records = VaultWriter(transaction, vault)
            head = await records.head(name)
            if head is None:
                raise SecretNotFound(name)
            plain = _encode(_Copy(head, await records.versions(name)))
            key = await self._key_for(transaction, vault)
        nonce = self._entropy(_NONCE_BYTES)
        return _FORMAT + nonce + AESGCM(key.key).encrypt(nonce, plain, _FORMAT)

    async def restore(self, vault: Vault, backup: bytes, *, now: int) -> Secret:
        """Write a backed-up secret into a vault.

        Raises:
            InvalidRequest: it is not a backup of this subscription, or was altered.
            SecretExists: there is a live secret of that name.
            SecretIsDeleted: there is a deleted one.
        """
        async with self._store.transaction() as transaction:
            key = await transaction.get(BACKUP_KEYS, await _owner(transaction, vault))
            copy = _open(backup, key)
            records = VaultWriter(transaction, vault)
            await records.free_name(copy.head.name, now)
            return await records.restore(copy.head, copy.versions)

    async def name_in(self, vault: Vault, backup: bytes) -> str:
        """The name of the secret that a backup is of.

        Raises:
            InvalidRequest: it is not a backup of this subscription, or was altered.
        """
        key = await self._store.get(BACKUP_KEYS, await _owner(self._store, vault))
        return _open(backup, key).head.name

    async def _key_for(self, transaction: Transaction, vault: Vault) -> BackupKey:
        """The key of the vault's subscription; made when it is first needed."""
        owner = await _owner(transaction, vault)
        key = await transaction.get(BACKUP_KEYS, owner)
        if key is None:
            key = BackupKey(self._entropy(_KEY_BYTES))
            await transaction.put(BACKUP_KEYS, owner, key)
        return key


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


def _encode(copy: _Copy) -> bytes:
    if len(copy.versions) > MAX_VERSIONS:
        raise InvalidRequest(
            f"the secret has {len(copy.versions)} versions, and a backup holds {MAX_VERSIONS}", field="name"
        )
    plain = msgspec.msgpack.encode(copy)
    if len(plain) > MAX_BACKUP_BYTES:
        raise InvalidRequest(
            f"the secret's versions have {len(plain)} bytes, and a backup holds {MAX_BACKUP_BYTES}",
            field="name",
        )
    return plain


def _open(backup: bytes, key: BackupKey | None) -> _Copy:
    nonce, sealed = backup[len(_FORMAT) :][:_NONCE_BYTES], backup[len(_FORMAT) + _NONCE_BYTES :]
    if key is None or not backup.startswith(_FORMAT):
        raise _foreign()
    try:
        return msgspec.msgpack.decode(AESGCM(key.key).decrypt(nonce, sealed, _FORMAT), type=_Copy)
    except (InvalidTag, ValueError) as error:
        raise _foreign() from error


def _foreign() -> InvalidRequest:
    return InvalidRequest(
        "the backup is not of a vault of this subscription, or it was altered: restore one that was taken "
        "here, as it was given out",
        field="value",
    )
