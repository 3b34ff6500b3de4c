"""The access keys of configuration stores, as the store of the estate keeps them.

Source: https://learn.microsoft.com/azure/azure-app-configuration/howto-disable-access-key-authentication
"""

from __future__ import annotations

from dataclasses import dataclass

from keyless.model.access_keys import AccessKey
from keyless.model.resources import ConfigurationStore
from keyless.store.collections import ACCESS_KEYS
from keyless.store.ports import Store

_MAX_KEY_ID = 128


@dataclass(frozen=True, slots=True)
class StoreKeys:
    """Looks keys up for each request: they stay sealed in between."""

    store: Store

    def target(self, resource: ConfigurationStore) -> str:
        """The store's own address."""
        return f"https://{resource.name.lower()}.azconfig.io"

    def disabled(self, resource: ConfigurationStore) -> bool:
        """Whether `disableLocalAuth` is set."""
        return resource.disable_local_auth

    async def key(self, resource: ConfigurationStore, key_id: str) -> AccessKey | None:
        """One of the store's keys; ids compare with case."""
        if len(key_id) > _MAX_KEY_ID:
            return None
        return await self.store.get(ACCESS_KEYS, (resource.name.casefold(), key_id))
