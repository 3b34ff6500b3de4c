"""Finding the vault that a route names, live or deleted.

Rules:
- a vault lies deleted for as many days as it was made with; after that it is gone, whoever asks;
- a vault that is there under the same name again is not deleted any more.

Source: https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.model.resources import DeletedVault, Vault
from keyless.planes.arm.errors import ResourceNotFound
from keyless.planes.arm.keyvault.access import of_vault
from keyless.planes.arm.places import group_of
from keyless.planes.arm.service import Arm
from keyless.store.collections import DELETED_VAULTS, VAULTS
from keyless.store.ports import Reader

DAY_S = 24 * 60 * 60


async def vault_named(arm: Arm, params: Mapping[str, str], reader: Reader | None = None) -> Vault:
    """The vault that the route names.

    Raises:
        SubscriptionNotFound, ResourceGroupNotFound, ResourceNotFound: it is not there, or its place is not.
    """
    found = await vault_there(reader or arm.store, params)
    if found is None:
        await group_of(arm, params, reader)
        raise ResourceNotFound(of_vault(None, params))
    return found


async def vault_there(reader: Reader, params: Mapping[str, str]) -> Vault | None:
    """The vault that the route names, or none; one of that name in another group is not it."""
    found = await reader.get(VAULTS, (params["vault_name"].casefold(),))
    lies_here = found is not None and found.resource_id.casefold() == of_vault(None, params).text.casefold()
    return found if lies_here else None


async def deleted_vault(reader: Reader, name: str, now: float) -> DeletedVault | None:
    """The deleted vault of that name, where it can still come back."""
    found = await reader.get(DELETED_VAULTS, (name.casefold(),))
    if found is None or found.purge_at <= now:
        return None
    return found if await reader.get(VAULTS, (name.casefold(),)) is None else None


async def deleted_vaults(reader: Reader, now: float) -> list[DeletedVault]:
    """Every deleted vault that can still come back, by name."""
    names = [key[0] for key, _ in await reader.scan(DELETED_VAULTS)]
    found = [await deleted_vault(reader, name, now) for name in names]
    return [one for one in found if one is not None]
