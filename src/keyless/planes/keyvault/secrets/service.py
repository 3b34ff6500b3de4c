"""Secrets of vaults: reading, setting, updating, listing, and what a deployment needs of them.

Rules:
- setting a secret makes a new version, which is the current one from then on; older versions stay;
- an update changes a version's properties, never its value, and leaves alone what it does not name;
- a disabled version's value is not given out; `nbf` and `exp` only inform;
- every write is one transaction.

Source: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets
"""

from __future__ import annotations

import enum
import os

import msgspec

from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.objects.errors import ObjectDisabled, ObjectIsManaged
from keyless.planes.keyvault.objects.objects import Entropy, Objects
from keyless.planes.keyvault.objects.vault_records import Deleted, Live, ObjectWriter
from keyless.planes.keyvault.secrets.errors import SecretNotFound
from keyless.planes.keyvault.secrets.properties import (
    NO_PROPERTIES,
    SecretProperties,
    check_properties,
    new_version,
)
from keyless.planes.keyvault.secrets.records import SECRET, SecretVersion
from keyless.planes.keyvault.vaults import check_name
from keyless.store.ports import Store

Secret = Live[SecretVersion]
DeletedSecret = Deleted[SecretVersion]
VaultSecrets = ObjectWriter[SecretVersion]


class Declared(enum.StrEnum):
    """What making a declared secret true came to."""

    CREATED = "created"
    UPDATED = "updated"
    RECOVERED = "recovered"
    UNCHANGED = "unchanged"


class Secrets(Objects[SecretVersion]):
    """The secrets of all vaults in a store. Times (``now``) are epoch seconds."""

    def __init__(self, store: Store, entropy: Entropy = os.urandom) -> None:
        super().__init__(store, SECRET, entropy)

    async def get(self, vault: Vault, name: str, version_id: str | None = None, *, now: int) -> Secret:
        """One version of a live secret whose value may be given out, the newest where none is named.

        Raises:
            SecretNotFound: there is no live secret of that name, or no such version.
            ObjectDisabled: the version is disabled.
        """
        secret = await self.find(vault, name, version_id, now=now)
        if not secret.version.enabled:
            raise ObjectDisabled(SECRET.noun)
        return secret

    async def get_deleted(self, vault: Vault, name: str, *, now: int) -> DeletedSecret:
        """A deleted secret.

        Raises:
            DeletedSecretNotFound: there is none of that name.
            ObjectDisabled: its newest version is disabled.
        """
        deleted = await self.deleted.find(vault, name, now=now)
        if not deleted.version.enabled:
            raise ObjectDisabled(SECRET.noun)
        return deleted

    async def set(
        self,
        vault: Vault,
        name: str,
        value: SecretText,
        properties: SecretProperties = NO_PROPERTIES,
        *,
        now: int,
    ) -> Secret:
        """Make a new version of a secret, which may be its first.

        Raises:
            InvalidRequest: the name, the value or a property is not allowed.
            ObjectIsDeleted: the name belongs to a deleted secret.
            ObjectIsManaged: the secret stands behind a certificate.
        """
        check_name(name)
        version = self._new_version(value, properties, now)
        async with self._store.transaction() as transaction:
            records = VaultSecrets(transaction, SECRET, vault)
            await records.free_name(name, now)
            await _check_own(records, name)
            return await records.put_current(name, version)

    def _new_version(self, value: SecretText, properties: SecretProperties, now: int) -> SecretVersion:
        return new_version(self.new_version_id(), value, properties, now)

    async def update(
        self, vault: Vault, name: str, version_id: str | None, changes: SecretProperties, *, now: int
    ) -> Secret:
        """Change properties of one version, the newest where none is named.

        Raises:
            InvalidRequest: a property is not allowed.
            SecretNotFound: there is no live secret of that name, or no such version.
            ObjectIsManaged: the secret stands behind a certificate.
        """
        check_properties(changes)
        async with self._store.transaction() as transaction:
            records = VaultSecrets(transaction, SECRET, vault)
            head = await records.head(name)
            if head is None:
                raise SecretNotFound(name)
            version = await records.version(name, version_id.lower() if version_id else head.current)
            if version is None:
                raise SecretNotFound(f"{name}/{version_id}")
            if version.managed:
                raise ObjectIsManaged(SECRET.noun, head.name, "update")
            given = {
                field: value for field, value in msgspec.structs.asdict(changes).items() if value is not None
            }
            changed = msgspec.structs.replace(version, updated=now, **given)
            await records.put_version(name, changed)
            return Secret(head.name, changed)

    async def own_names(self, vault: Vault) -> list[str]:
        """The names of a vault's live secrets that stand behind no certificate, in order."""
        found = [await self.current(vault, name) for name in await self.list_names(vault)]
        return [secret.name for secret in found if secret is not None and not secret.version.managed]

    async def current_value(self, vault: Vault, name: str) -> SecretText | None:
        """A live secret's newest value, disabled or not; none where there is no such secret."""
        secret = await self.current(vault, name)
        return None if secret is None else SecretText(secret.version.value)

    async def declare(
        self,
        vault: Vault,
        name: str,
        value: SecretText,
        properties: SecretProperties = NO_PROPERTIES,
        *,
        now: int,
    ) -> Declared:
        """Make sure that a live secret holds a value, with exactly this content type and these tags.

        No version is made where the newest one has that value already; a deleted secret is recovered first.

        Raises:
            InvalidRequest: the name, the value or a property is not allowed.
            ObjectIsManaged: the secret stands behind a certificate.
        """
        check_name(name)
        version = self._new_version(value, properties, now)
        async with self._store.transaction() as transaction:
            records = VaultSecrets(transaction, SECRET, vault)
            deleted = await records.deleted(name, now)
            if deleted is not None:
                _check_unmanaged(deleted.head.name, deleted.version)
                await records.recover(deleted)
            await _check_own(records, name)
            outcome = await _declare(records, name, version)
        return Declared.RECOVERED if deleted is not None else outcome


async def _check_own(records: VaultSecrets, name: str) -> None:
    """Refuse to set a secret that stands behind a certificate."""
    secret = await records.live(name)
    if secret is not None:
        _check_unmanaged(secret.name, secret.version)


def _check_unmanaged(name: str, version: SecretVersion) -> None:
    if version.managed:
        raise ObjectIsManaged(SECRET.noun, name, "set")


async def _declare(records: VaultSecrets, name: str, wanted: SecretVersion) -> Declared:
    """Bring a live or unwritten secret to what is wanted, with as little change as does it."""
    secret = await records.live(name)
    if secret is None:
        await records.free_name(name, wanted.created)
        await records.put_current(name, wanted)
        return Declared.CREATED
    found = secret.version
    if found.value != wanted.value:
        await records.put_current(name, wanted)
        return Declared.UPDATED
    if (found.content_type, found.tags or {}) == (wanted.content_type, wanted.tags or {}):
        return Declared.UNCHANGED
    described = msgspec.structs.replace(
        found, content_type=wanted.content_type, tags=wanted.tags, updated=wanted.updated
    )
    await records.put_version(name, described)
    return Declared.UPDATED
