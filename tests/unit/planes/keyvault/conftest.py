"""A vault to call, over a store in a file."""

from __future__ import annotations

import pytest
from key_vault_caller import Caller, make_vault
from vault_site import VaultSite

from keyless.model.resources import Tenant, Vault
from keyless.planes.keyvault.plane import key_vault_plane
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.planes.keyvault.service import KeyVault
from keyless.store.collections import TENANT, VAULTS
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey
from keyless.wire.plane import Plane


@pytest.fixture
def vault() -> Vault:
    """A vault with the defaults: 90 days of retention, purging allowed."""
    return make_vault()


@pytest.fixture
async def plane(store: SqliteStore, vault: Vault) -> Plane:
    """The plane over a store that knows the tenant and the vault."""
    tenant = Tenant(
        "7e4a0000-0000-4000-8000-000000000001", "contoso", "5e1f0000-0000-4000-8000-000000000001", "dev"
    )
    async with store.transaction() as transaction:
        await transaction.put(TENANT, ("tenant",), tenant)
        await transaction.put(VAULTS, (vault.name,), vault)
    return key_vault_plane(store)


@pytest.fixture
def secrets(plane: Plane) -> Secrets:
    """The plane's service."""
    service = plane.service
    assert isinstance(service, KeyVault)
    return service.secrets


@pytest.fixture
def caller(plane: Plane, vault: Vault, now: int) -> Caller:
    """Someone who may do everything."""
    return Caller(plane, vault, now)


@pytest.fixture
async def site(store: SqliteStore, signing_key: SigningKey, now: int) -> VaultSite:
    """The plane behind its dispatcher, which holds every answer to the public documents."""
    made = VaultSite(store, signing_key, now)
    await made.fill()
    return made
