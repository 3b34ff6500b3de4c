"""The upkeep of keys: they rotate, and end soon, when their rotation policies say so.

Rules:
- a key is rotated at the time that its policy gives, or when it got the policy, whichever is later;
- that it ends soon is told when its policy says, or 30 days before where it has none.

Source: https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation
"""

from __future__ import annotations

from typing import Any

from keyless.model.resources import Vault
from keyless.planes.keyvault.keys.records import KEY, ROTATION_POLICIES, RotationPolicy
from keyless.planes.keyvault.keys.rotation import notice_due, rotation_due
from keyless.planes.keyvault.keys.service import Keys
from keyless.planes.keyvault.objects.vault_records import Live
from keyless.planes.keyvault.upkeep import Due, Kept, ObjectUpkeep
from keyless.store.ports import Store

_RANK = 3


class KeyUpkeep(ObjectUpkeep):
    """The upkeep of the keys in a store."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, KEY)
        self._keys = Keys(store)

    async def due_of_live(self, vault: Vault, live: Live[Any]) -> list[Due]:
        """As of every object, and its rotation."""
        due = await super().due_of_live(vault, live)
        name = live.name
        policy = await self._policy(vault, name)
        at = rotation_due(policy, live.version)
        if at is None or policy is None:
            return due
        return [*due, Due(max(at, policy.updated), _RANK, lambda at, now: self._rotate(vault, name, at))]

    async def near_expiry_at(self, vault: Vault, live: Live[Any]) -> int | None:
        """When its policy says that it ends soon."""
        return notice_due(await self._policy(vault, live.name), live.version)

    async def _rotate(self, vault: Vault, name: str, at: int) -> Kept | None:
        rotated = await self._keys.rotate_if_due(vault, name, now=at)
        return None if rotated is None else Kept(at, "rotated", self.noun, rotated.name, vault.name)

    async def _policy(self, vault: Vault, name: str) -> RotationPolicy | None:
        return await self._store.get(ROTATION_POLICIES, (vault.name.casefold(), name.casefold()))
