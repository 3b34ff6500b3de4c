"""A management plane to ask."""

from __future__ import annotations

import pytest
from arm_site import ArmSite

from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey


@pytest.fixture
async def arm(store: SqliteStore, signing_key: SigningKey) -> ArmSite:
    """The plane over a store with a tenant and a resource group."""
    made = ArmSite(store, signing_key)
    await made.fill()
    return made
