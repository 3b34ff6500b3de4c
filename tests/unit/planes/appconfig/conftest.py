"""A configuration store to call, over a store of records in a file."""

from __future__ import annotations

import pytest
from app_configuration_caller import Caller, make_store
from app_configuration_site import ConfigurationSite

from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.planes.appconfig.plane import app_configuration_plane
from keyless.store.collections import STORES
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey
from keyless.wire.plane import Plane


@pytest.fixture
def configuration_store() -> ConfigurationStore:
    """The configuration store that the tests are about."""
    return make_store()


@pytest.fixture
async def plane(store: SqliteStore, configuration_store: ConfigurationStore) -> Plane:
    """The plane over a store of records that knows the configuration store."""
    async with store.transaction() as transaction:
        await transaction.put(STORES, (configuration_store.name,), configuration_store)
    return app_configuration_plane(store)


@pytest.fixture
def service(plane: Plane) -> KeyValues:
    """The key-values behind the plane."""
    assert isinstance(plane.service, Configuration)
    return plane.service.key_values


@pytest.fixture
def caller(plane: Plane, configuration_store: ConfigurationStore, now: int) -> Caller:
    """Someone who may do everything."""
    return Caller(plane, configuration_store, now)


@pytest.fixture
async def site(store: SqliteStore, signing_key: SigningKey, now: int) -> ConfigurationSite:
    """The plane behind its dispatcher, which holds every answer to the public documents."""
    made = ConfigurationSite(store, signing_key, now)
    await made.fill()
    return made
