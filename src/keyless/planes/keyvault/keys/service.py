"""Keys of vaults: creating, importing, updating, rotating.

Rules:
- creating or importing under a name that is taken makes a new version, which is the current one from then on;
- an update changes a version's properties, never its material, and leaves alone what it does not name;
- rotating makes a version of the same type, size and properties, which expires as the policy says;
- key material is made before a transaction begins: it can take seconds;
- every write is one transaction.

Source: https://learn.microsoft.com/azure/key-vault/keys/about-keys
"""

from __future__ import annotations

import os

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.keys.errors import KeyNotFound
from keyless.planes.keyvault.keys.material.base64url import encode_number
from keyless.planes.keyvault.keys.material.imported import import_key
from keyless.planes.keyvault.keys.material.jwk import JsonWebKey
from keyless.planes.keyvault.keys.material.kept import KeyMaterial
from keyless.planes.keyvault.keys.material.make import USUAL_EXPONENT, KeySpec, make_key
from keyless.planes.keyvault.keys.material.types import KeyType
from keyless.planes.keyvault.keys.properties import (
    NO_PROPERTIES,
    KeyProperties,
    check_named,
    check_properties,
    check_values,
    continued,
    operations_of,
)
from keyless.planes.keyvault.keys.records import (
    KEY,
    ROTATION_POLICIES,
    KeyVersion,
    LifetimeAction,
    RotationPolicy,
)
from keyless.planes.keyvault.keys.rotation import check_policy, expiry_of_next, rotation_due, whole_actions
from keyless.planes.keyvault.objects.errors import ObjectIsManaged
from keyless.planes.keyvault.objects.objects import Entropy, Objects
from keyless.planes.keyvault.objects.vault_records import Deleted, Live, ObjectReader, ObjectWriter
from keyless.planes.keyvault.vaults import check_name
from keyless.store.ports import Reader, Store, Transaction

Key = Live[KeyVersion]
DeletedKey = Deleted[KeyVersion]
VaultKeys = ObjectWriter[KeyVersion]


class Keys(Objects[KeyVersion]):
    """The keys of all vaults in a store. Times (``now``) are epoch seconds."""

    def __init__(self, store: Store, entropy: Entropy = os.urandom) -> None:
        super().__init__(store, KEY, entropy)

    async def create(
        self, vault: Vault, name: str, spec: KeySpec, properties: KeyProperties = NO_PROPERTIES, *, now: int
    ) -> Key:
        """Make a new version of a key, which may be its first.

        Raises:
            InvalidRequest: the name or a property is not allowed.
            HardwareNotAllowed: the key is of an HSM type, and the vault takes none.
            ObjectIsDeleted: the name belongs to a deleted key.
            ObjectIsManaged: the key stands behind a certificate.
        """
        check_name(name)
        await self._check_addable(vault, name, spec.key_type, properties)
        material = await make_key(spec, self._entropy)
        return await self._add(vault, name, spec.key_type, material, properties, now)

    async def import_key(
        self,
        vault: Vault,
        name: str,
        jwk: JsonWebKey,
        properties: KeyProperties = NO_PROPERTIES,
        *,
        hsm: bool = False,
        now: int,
    ) -> Key:
        """Take a key in full as a new version; with ``hsm`` it is of the HSM type of its family.

        Raises:
            InvalidRequest: the name, the key or a property is not allowed.
            HardwareNotAllowed: the key is of an HSM type, and the vault takes none.
            ObjectIsDeleted: the name belongs to a deleted key.
            ObjectIsManaged: the key stands behind a certificate.
        """
        check_name(name)
        key_type, material = await import_key(jwk)
        key_type = key_type.hardened() if hsm else key_type
        await self._check_addable(vault, name, key_type, properties)
        return await self._add(vault, name, key_type, material, properties, now)

    async def _check_addable(
        self, vault: Vault, name: str, key_type: KeyType, properties: KeyProperties
    ) -> None:
        """Refuse what can be known to be refused before material is made, which takes long."""
        current = await self.current(vault, name)
        if current is not None:
            _check_own(current, "create")
        check_properties(vault, key_type, continued(current and current.version, properties))

    async def _add(
        self,
        vault: Vault,
        name: str,
        key_type: KeyType,
        material: KeyMaterial,
        properties: KeyProperties,
        now: int,
    ) -> Key:
        async with self._store.transaction() as transaction:
            records = VaultKeys(transaction, KEY, vault)
            await records.free_name(name, now)
            live = await records.live(name)
            if live is not None:
                _check_own(live, "create")
            whole = continued(live and live.version, properties)
            check_values(key_type, whole)
            return await records.put_current(name, self._version(key_type, material, whole, now))

    def _version(
        self, key_type: KeyType, material: KeyMaterial, properties: KeyProperties, now: int
    ) -> KeyVersion:
        return KeyVersion(
            id=self.new_version_id(),
            created=now,
            updated=now,
            enabled=properties.enabled is not False,
            tags=None if properties.tags is None else dict(properties.tags),
            not_before=properties.not_before,
            expires=properties.expires,
            key_type=key_type,
            material=material,
            key_ops=operations_of(key_type, properties.key_ops),
            exportable=bool(properties.exportable),
            release_policy=properties.release_policy,
        )

    async def update(
        self, vault: Vault, name: str, version_id: str | None, changes: KeyProperties, *, now: int
    ) -> Key:
        """Change properties of one version, the newest where none is named.

        Raises:
            InvalidRequest: a property is not allowed.
            KeyNotFound: there is no live key of that name, or no such version.
            ObjectIsManaged: the key stands behind a certificate.
        """
        check_named(version_id, changes)
        async with self._store.transaction() as transaction:
            records = VaultKeys(transaction, KEY, vault)
            head = await records.head(name)
            if head is None:
                raise KeyNotFound(name)
            version = await records.version(name, version_id.lower() if version_id else head.current)
            if version is None:
                raise KeyNotFound(f"{name}/{version_id}")
            _check_own(Key(head.name, version), "update")
            changed = _changed(version, changes, now)
            await records.put_version(name, changed)
            return Key(head.name, changed)

    async def rotate(self, vault: Vault, name: str, *, now: int) -> Key:
        """Make a new version that is like the newest.

        Raises:
            KeyNotFound: there is no live key of that name.
            ObjectIsManaged: the key stands behind a certificate.
        """
        while True:
            current = await self.find(vault, name, now=now)
            rotated = await self._rotate_like(vault, current, now)
            if rotated is not None:
                return rotated

    async def _rotate_like(self, vault: Vault, known: Key, now: int) -> Key | None:
        """Rotate a key that was like this a moment ago; none where it is of another type or size by now."""
        _check_own(known, "rotate")
        spec = _spec_of(known.version)
        material = await make_key(spec, self._entropy)
        async with self._store.transaction() as transaction:
            records = VaultKeys(transaction, KEY, vault)
            current = await records.live(known.name)
            if current is None:
                raise KeyNotFound(known.name)
            _check_own(current, "rotate")
            if _spec_of(current.version) != spec:
                return None
            return await self._put_rotated(records, transaction, current, material, now)

    async def rotate_if_due(self, vault: Vault, name: str, *, now: int) -> Key | None:
        """Rotate a key by its policy; none where it is not due, or someone else has just done it."""
        current = await self.current(vault, name)
        if current is None or not await self._is_due(self._store, vault, current, now):
            return None
        material = await make_key(_spec_of(current.version), self._entropy)
        async with self._store.transaction() as transaction:
            records = VaultKeys(transaction, KEY, vault)
            live = await records.live(name)
            if live != current or not await self._is_due(transaction, vault, current, now):
                return None
            return await self._put_rotated(records, transaction, current, material, now)

    async def _is_due(self, reader: Reader, vault: Vault, current: Key, now: int) -> bool:
        policy = await reader.get(ROTATION_POLICIES, ObjectReader(reader, KEY, vault).key(current.name))
        due = rotation_due(policy, current.version)
        return due is not None and due <= now

    async def _put_rotated(
        self, records: VaultKeys, transaction: Transaction, current: Key, material: KeyMaterial, now: int
    ) -> Key:
        policy = await transaction.get(ROTATION_POLICIES, records.key(current.name))
        rotated = msgspec.structs.replace(
            current.version,
            id=self.new_version_id(),
            created=now,
            updated=now,
            enabled=True,
            not_before=None,
            expires=expiry_of_next(policy, now),
            material=material,
        )
        return await records.put_current(current.name, rotated)

    async def rotation_policy(
        self, vault: Vault, name: str, *, now: int
    ) -> tuple[Key, RotationPolicy | None]:
        """A live key, and its rotation policy where it has one.

        Raises:
            KeyNotFound: there is no live key of that name.
        """
        key = await self.find(vault, name, now=now)
        at = ObjectReader(self._store, KEY, vault).key(name)
        return key, await self._store.get(ROTATION_POLICIES, at)

    async def set_rotation_policy(
        self,
        vault: Vault,
        name: str,
        actions: tuple[LifetimeAction, ...],
        expiry_time: str | None,
        *,
        now: int,
    ) -> tuple[Key, RotationPolicy]:
        """Give a live key a rotation policy in place of the one that it has.

        Raises:
            InvalidRequest: the policy is not allowed.
            KeyNotFound: there is no live key of that name.
            ObjectIsManaged: the key stands behind a certificate.
        """
        check_policy(actions, expiry_time)
        async with self._store.transaction() as transaction:
            records = VaultKeys(transaction, KEY, vault)
            live = await records.live(name)
            if live is None:
                raise KeyNotFound(name)
            _check_own(live, "setrotationpolicy")
            known = await transaction.get(ROTATION_POLICIES, records.key(name))
            created = known.created if known else now
            policy = RotationPolicy(whole_actions(actions), created, now, expiry_time)
            await transaction.put(ROTATION_POLICIES, records.key(name), policy)
            return live, policy


def _check_own(live: Key, operation: str) -> None:
    """Refuse what is done to a key that stands behind a certificate."""
    if live.version.managed:
        raise ObjectIsManaged(KEY.noun, live.name, operation)


def _changed(version: KeyVersion, changes: KeyProperties, now: int) -> KeyVersion:
    check_values(version.key_type, continued(version, changes))
    given = {field: value for field, value in msgspec.structs.asdict(changes).items() if value is not None}
    if changes.key_ops is not None:
        given["key_ops"] = operations_of(version.key_type, changes.key_ops)
    return msgspec.structs.replace(version, updated=now, **given)


def _spec_of(version: KeyVersion) -> KeySpec:
    """What to make for a version that is like another."""
    material = version.material
    if material.curve is not None:
        return KeySpec(version.key_type, curve=material.curve)
    exponent = 3 if material.e == encode_number(3) else USUAL_EXPONENT
    return KeySpec(version.key_type, material.bits, exponent=exponent)
