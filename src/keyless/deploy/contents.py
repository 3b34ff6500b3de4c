"""Writing what vaults, stores and applications hold, through the planes' own services.

Planes start with this: what an estate of secrets and settings does not need loads with its use.
"""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from keyless.lifecycle.applications import register
from keyless.model.estate import DeclaredApplication, DeclaredSecret, DeclaredSetting, Estate
from keyless.model.resources import ConfigurationStore, Vault
from keyless.model.secret_text import SecretText
from keyless.model.vault_keys import DeclaredKey
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.contents import StoreContents
from keyless.planes.appconfig.errors import KeyLocked
from keyless.planes.appconfig.key_values.records import KeyValue, Name
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.clock import estate_time
from keyless.store.collections import STORES, VAULTS
from keyless.store.ports import Store, Transaction

if TYPE_CHECKING:
    from keyless.deploy.stores.take_in import Source as Settings
    from keyless.deploy.stores.take_in import TakenIn, Wish
    from keyless.deploy.vaults.found import Found, Making
    from keyless.deploy.vaults.sealed import Opener
    from keyless.planes.keyvault.arrivals import Arrived
    from keyless.planes.keyvault.copies import ObjectCopy
    from keyless.planes.keyvault.held import Held
    from keyless.planes.keyvault.keys.service import Keys
    from keyless.planes.keyvault.objects.objects import Entropy

    Source = Callable[[Vault, Making], Awaitable[Found]]
    """Reads what is to come into a vault."""


class UnknownContainer(Exception):
    """There is no such vault or store; the message names the nearest of those that are ``known``."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown(kind, name, list(known)))
        self._kind, self._name = kind, name

    def declared_in(self, estate: Estate) -> str:
        """What to say where an estate declares it, and it was not made yet; empty where it does not."""
        declared = estate.vaults if self._kind == "vault" else estate.stores
        if not any(one.name.casefold() == self._name.casefold() for one in declared):
            return ""
        return f"{self._kind} `{self._name}` is declared and not made yet: `keyless estate apply` makes it"


class PlaneContents:
    """Writes contents into one store. ``clock`` gives the machine's time, in epoch seconds."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._secrets = Secrets(store)
        self._key_values = KeyValues(store)

    @cached_property
    def _keys(self) -> Keys:
        from keyless.planes.keyvault.keys.service import Keys

        return Keys(self._store)

    async def ensure_secret(self, secret: DeclaredSecret) -> None:
        """Make sure that a vault holds a secret with this value."""
        vault = await self._vault(secret.vault)
        properties = SecretProperties(content_type=secret.content_type, tags=secret.tags or None)
        await self._secrets.declare(
            vault, secret.name, secret.value, properties, now=await self._estate_time()
        )

    async def take_in(
        self, vault_name: str, found: Source, *, renew: bool, keep: bool
    ) -> tuple[Found, list[Arrived]]:
        """Bring what a source holds into a vault, all or nothing; also what became of each object.

        With ``renew`` what differs gets a new version; without ``keep`` nothing is written.

        Raises:
            UnknownContainer: there is no such vault.
            NotASource: it is no source, or several of its things would have one name.
        """
        from keyless.deploy.sources import NotASource
        from keyless.deploy.vaults.found import Making
        from keyless.planes.keyvault.arrivals import Arrivals

        vault = await self._vault(vault_name)
        now = await self._estate_time()
        read = await found(vault, Making(now, self._secrets.new_version_id))
        if clashes := read.clashes():
            raise NotASource("\n".join(clashes))
        arrivals = Arrivals(self._store)
        return read, await arrivals.take_in(vault, read.arrivals, renew=renew, keep=keep, now=now)

    async def take_in_settings(
        self, store_name: str, found: Settings, wish: Wish, *, vault_name: str | None = None
    ) -> TakenIn:
        """Bring what a source holds into a configuration store, and what looks like a secret into a vault.

        Raises:
            UnknownContainer: there is no such store or vault.
            NotASource: it is no source, or several of its things are in each other's way.
        """
        from keyless.deploy.stores.take_in import take_in
        from keyless.deploy.vaults.found import Making

        target = await self._configuration_store(store_name)
        vault = await self._vault(vault_name) if vault_name is not None else None
        making = Making(await self._estate_time(), self._secrets.new_version_id)
        return await take_in(self._store, self._key_values, target, vault, await found(), wish, making)

    async def key_values(self, store_name: str) -> tuple[ConfigurationStore, Sequence[KeyValue]]:
        """What a configuration store holds, in order.

        Raises:
            UnknownContainer: there is no such store.
        """
        found = await self._configuration_store(store_name)
        return found, await self._key_values.list_all(found.name)

    async def export(
        self, vault_name: str, opener: Opener, entropy: Entropy
    ) -> tuple[bytes, list[ObjectCopy]]:
        """Everything that lives in a vault as one sealed file; also what is in that.

        Raises:
            UnknownContainer: there is no such vault.
        """
        from keyless.deploy.vaults.export import exported
        from keyless.planes.keyvault.copies import copies_of

        vault = await self._vault(vault_name)
        copies = await copies_of(self._store, vault)
        return exported(vault.name, copies, opener, entropy, await self._estate_time()), copies

    async def held(self, vault_name: str) -> list[Held]:
        """What a vault holds, live and deleted, each with its newest version.

        Raises:
            UnknownContainer: there is no such vault.
        """
        from keyless.planes.keyvault.held import held_in

        return await held_in(self._store, await self._vault(vault_name), await self._estate_time())

    async def ensure_key(self, key: DeclaredKey) -> None:
        """Make sure that a vault holds a key of this kind."""
        from keyless.planes.keyvault.keys.declared import declare_key

        await declare_key(self._keys, await self._vault(key.vault), key, now=await self._estate_time())

    async def keys(self) -> list[DeclaredKey]:
        """Every live key that stands behind no certificate, as a file would declare it."""
        from keyless.planes.keyvault.keys.declared import declared_keys

        now = await self._estate_time()
        vaults = [vault for _, vault in await self._store.scan(VAULTS)]
        return [one for vault in vaults for one in await declared_keys(self._keys, vault, now=now)]

    async def remove_key(self, vault: str, name: str) -> None:
        """Delete a live key, so that it can be recovered."""
        await self._keys.deleted.delete(await self._vault(vault), name, now=await self._estate_time())

    async def ensure_setting(self, setting: DeclaredSetting) -> None:
        """Make sure that a store holds a key-value with this value."""
        found = await self._configuration_store(setting.store)
        await self._key_values.declared(found.name, setting, await self._estate_time())

    async def forget_vault(self, transaction: Transaction, name: str) -> None:
        """Take away everything that a vault held."""
        from keyless.planes.keyvault.contents import VaultContents

        await VaultContents().forget(transaction, name)

    async def forget_store(self, transaction: Transaction, name: str) -> None:
        """Take away everything that a store held."""
        await StoreContents(Configuration.over(self._store)).forget(transaction, name)

    async def remove_secret(self, vault: str, name: str) -> None:
        """Delete a live secret, so that it can be recovered."""
        await self._secrets.deleted.delete(await self._vault(vault), name, now=await self._estate_time())

    async def remove_setting(self, setting: DeclaredSetting) -> bool:
        """Delete a key-value; false where it is locked."""
        try:
            name = Name(setting.key, setting.label)
            await self._key_values.delete(setting.store, name, await self._estate_time())
        except KeyLocked:
            return False
        return True

    async def secret_names(self) -> dict[str, list[str]]:
        """The names of every live secret that stands behind no certificate, by vault."""
        vaults = [vault for _, vault in await self._store.scan(VAULTS)]
        return {vault.name: await self._secrets.own_names(vault) for vault in vaults}

    async def setting_keys(self) -> dict[str, list[tuple[str, str | None]]]:
        """The key and label of every key-value, by configuration store."""
        return {
            name: [(one.key, one.label) for one in found] for name, found in (await self._settings()).items()
        }

    async def secrets(self) -> list[DeclaredSecret]:
        """Every live secret that stands behind no certificate, as a file would declare it."""
        found: list[DeclaredSecret] = []
        for vault_name, names in (await self.secret_names()).items():
            vault = await self._vault(vault_name)
            for name in names:
                secret = await self._secrets.current(vault, name)
                if secret is not None:
                    found.append(
                        DeclaredSecret(
                            vault_name,
                            name,
                            SecretText(secret.version.value),
                            secret.version.content_type,
                            dict(secret.version.tags or {}),
                        )
                    )
        return found

    async def settings(self) -> list[DeclaredSetting]:
        """Every key-value, as a file would declare it."""
        return [
            DeclaredSetting(name, one.key, one.value or "", one.label, one.content_type, _texts(one.tags))
            for name, found in (await self._settings()).items()
            for one in found
        ]

    async def _settings(self) -> dict[str, Sequence[KeyValue]]:
        stores = [found for _, found in await self._store.scan(STORES)]
        return {found.name: await self._key_values.list_all(found.name) for found in stores}

    async def ensure_application(self, application: DeclaredApplication) -> None:
        """Make sure that an application is registered with just these credentials."""
        await register(self._store, application)

    async def _vault(self, name: str) -> Vault:
        found = await self._store.get(VAULTS, (name.casefold(),))
        if found is None:
            raise UnknownContainer("vault", name, [one.name for _, one in await self._store.scan(VAULTS)])
        return found

    async def _configuration_store(self, name: str) -> ConfigurationStore:
        found = await self._store.get(STORES, (name.casefold(),))
        if found is None:
            raise UnknownContainer("store", name, [one.name for _, one in await self._store.scan(STORES)])
        return found

    def now(self) -> int:
        """The machine's time, in epoch seconds."""
        return int(self._clock())

    async def _estate_time(self) -> int:
        """The time by which what vaults and stores hold is written."""
        return await estate_time(self._store, self._clock())


def _texts(tags: Mapping[str, str | None]) -> dict[str, str]:
    """Tags with values: a file has no way to write a tag without one."""
    return {name: value or "" for name, value in tags.items()}


def _unknown(kind: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"there is no {kind} `{name}`: did you mean `{near[0]}`?"
    return (
        f"there is no {kind} `{name}`: declare it in `keyless.yaml`, or run your app with "
        "`keyless run --learn`, which makes it when the app names it"
    )
