"""The identity endpoints, each over a store in a file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from arc_site import ArcSite
from identity_site import Site, World

from keyless.gateway.authority import Authority
from keyless.gateway.document_signer import LeafSigner
from keyless.gateway.hosts import DOCUMENT_NAME
from keyless.gateway.key_files import KeyFiles
from keyless.planes.identity import (
    Challenges,
    app_service_plane,
    arc_plane,
    cloud_shell_plane,
    imds_plane,
    instance_plane,
    machine_learning_plane,
    service_fabric_plane,
)
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.issuer import TokenIssuer
from keyless.tokens.keys import KeyRing


@pytest.fixture
def metadata(store: SqliteStore, key_ring: KeyRing, now: int) -> Site:
    """The metadata service."""
    world = World(key_ring)
    return Site(imds_plane(store, world, TokenIssuer()), store, world, now)


@pytest.fixture
def app_service(store: SqliteStore, key_ring: KeyRing, now: int) -> Site:
    """App Service's endpoint."""
    world = World(key_ring)
    return Site(app_service_plane(store, world, TokenIssuer()), store, world, now)


@pytest.fixture
def service_fabric(store: SqliteStore, key_ring: KeyRing, now: int) -> Site:
    """Service Fabric's endpoint."""
    world = World(key_ring)
    return Site(service_fabric_plane(store, world, TokenIssuer()), store, world, now)


@pytest.fixture
def machine_learning(store: SqliteStore, key_ring: KeyRing, now: int) -> Site:
    """Azure Machine Learning's endpoint."""
    world = World(key_ring)
    return Site(machine_learning_plane(store, world, TokenIssuer()), store, world, now)


@pytest.fixture
def arc(store: SqliteStore, key_ring: KeyRing, now: int, tmp_path: Path) -> ArcSite:
    """Azure Arc's endpoint, with its keys in a directory of the test's own."""
    world, keys = World(key_ring), tmp_path / "keys"
    challenges = Challenges(KeyFiles(keys, tmp_path / "nowhere" / "tokens"))
    site = Site(arc_plane(store, world, TokenIssuer(), challenges), store, world, now)
    return ArcSite(site, challenges, keys)


@pytest.fixture
def cloud_shell(store: SqliteStore, key_ring: KeyRing, now: int) -> Site:
    """Cloud Shell's endpoint."""
    world = World(key_ring)
    return Site(cloud_shell_plane(store, world, TokenIssuer()), store, world, now)


@pytest.fixture
def machine(store: SqliteStore, key_ring: KeyRing, now: int, tmp_path: Path) -> Site:
    """The metadata service beside its identities, with a certificate authority of its own."""
    moment = dt.datetime.fromtimestamp(now, dt.UTC)
    authority = Authority.open(tmp_path / "tls", moment)
    signer = LeafSigner(authority, DOCUMENT_NAME, lambda: moment)
    return Site(instance_plane(store, signer), store, World(key_ring), now)
