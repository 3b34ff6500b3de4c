"""Writing what vaults, stores and applications hold, through the planes' own services."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from keyless.model.estate import DeclaredApplication, DeclaredSecret, DeclaredSetting
from keyless.model.resources import ConfigurationStore, Vault
from keyless.planes.entra.applications import register
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.collections import STORES, VAULTS
from keyless.store.ports import Store


class UnknownContainer(Exception):
    """There is no such vault or store; the message names the nearest."""


class PlaneContents:
    """Writes contents into one store. ``clock`` gives epoch seconds."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._secrets = Secrets(store)

    async def ensure_secret(self, secret: DeclaredSecret) -> None:
        """Make sure that a vault holds a secret with this value."""
        vault = await self._vault(secret.vault)
        properties = SecretProperties(content_type=secret.content_type, tags=secret.tags or None)
        await self._secrets.declare(vault, secret.name, secret.value, properties, now=self._now())

    async def ensure_setting(self, setting: DeclaredSetting) -> None:
        """Make sure that a store holds a key-value with this value."""
        await self._configuration_store(setting.store)

    async def secret_names(self) -> dict[str, list[str]]:
        """The names of every live secret, by vault."""
        vaults = [vault for _, vault in await self._store.scan(VAULTS)]
        return {vault.name: await self._secrets.list_names(vault) for vault in vaults}

    async def ensure_application(self, application: DeclaredApplication) -> None:
        """Make sure that an application is registered with this client secret."""
        await register(self._store, application)

    async def _vault(self, name: str) -> Vault:
        found = await self._store.get(VAULTS, (name.casefold(),))
        if found is None:
            raise UnknownContainer(
                _unknown("vault", name, [v.name for _, v in await self._store.scan(VAULTS)])
            )
        return found

    async def _configuration_store(self, name: str) -> ConfigurationStore:
        found = await self._store.get(STORES, (name.casefold(),))
        if found is None:
            raise UnknownContainer(
                _unknown("store", name, [s.name for _, s in await self._store.scan(STORES)])
            )
        return found

    def _now(self) -> int:
        return int(self._clock())


def _unknown(kind: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"there is no {kind} `{name}`: did you mean `{near[0]}`?"
    return (
        f"there is no {kind} `{name}`: declare it in `keyless.yaml`, or run your app with "
        "`keyless run --learn`, which makes it when the app names it"
    )
