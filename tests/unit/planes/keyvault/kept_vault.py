"""A vault that is kept: its secrets, who is subscribed, and what was told, at times that a test gives."""

from __future__ import annotations

from key_vault_caller import make_vault

from keyless.model.events import Destination, EventSubscription, Waiting
from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.keeper import Keeper
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.planes.keyvault.upkeep import Kept
from keyless.planes.keyvault.upkeeps import upkeeps_of
from keyless.store.collections import EVENT_SUBSCRIPTIONS, EVENTS_WAITING, VAULTS
from keyless.store.sqlite.store import SqliteStore

DAY = 86_400
NEAR, EXPIRED, NEW = "SecretNearExpiry", "SecretExpired", "SecretNewVersionCreated"


class KeptVault:
    """A vault with a keeper of its own."""

    def __init__(self, store: SqliteStore, vault: Vault) -> None:
        self.store = store
        self.vault = vault
        self.secrets = Secrets(store)
        self.keeper = Keeper(store, upkeeps_of(store))

    @classmethod
    async def made(cls, store: SqliteStore, *, name: str = "contoso-orders") -> KeptVault:
        """A vault in a store."""
        vault = make_vault(name)
        async with store.transaction() as transaction:
            await transaction.put(VAULTS, (vault.name,), vault)
        return cls(store, vault)

    async def subscribe(
        self, *types: str, file: str | None = "events.jsonl", webhook: str | None = None
    ) -> None:
        """Let events be told."""
        names = tuple(f"Microsoft.KeyVault.{one}" for one in types)
        subscription = EventSubscription(self.vault.name, file, webhook, names)
        async with self.store.transaction() as transaction:
            await transaction.put(EVENT_SUBSCRIPTIONS, (self.vault.name,), subscription)

    async def set(self, name: str, now: int, expires: int | None = None) -> str:
        """Set a secret; the new version."""
        properties = SecretProperties(expires=expires)
        return (
            await self.secrets.set(self.vault, name, SecretText("hunter2"), properties, now=now)
        ).version.id

    async def keep(self, until: int) -> list[Kept]:
        """Do what is due."""
        return [kept async for kept in self.keeper.keep(until)]

    async def waiting(self, destination: Destination = Destination.FILE) -> list[Waiting]:
        """What waits to be told, in order."""
        found = [one for _, one in await self.store.scan(EVENTS_WAITING)]
        return [one for one in found if one.destination is destination]

    async def noted(self) -> list[tuple[str, str, int]]:
        """What waits to be told: its type, the object's name, and the time."""
        return [
            (one.event.type.removeprefix("Microsoft.KeyVault."), one.event.subject.name, one.event.time)
            for one in await self.waiting()
        ]
