"""The login hosts over a store in a file, with one application that has a client secret."""

from __future__ import annotations

import pytest
from login_site import LEGACY, Login

from keyless.lifecycle.applications import register
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import KeyRing


@pytest.fixture
def login(store: SqliteStore, key_ring: KeyRing, now: int) -> Login:
    """The login hosts, without an application."""
    return Login(store, key_ring, now)


@pytest.fixture
async def legacy(login: Login) -> Login:
    """The login hosts, with the application registered."""
    await register(login.store, LEGACY)
    return login
